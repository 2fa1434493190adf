// Copy and paste between diagrams, in other tabs too: what is copied lies in this browser's store. It needs no HTTPS and asks for no permission.
import { createReviver } from 'bpmn-js-native-copy-paste/lib/PasteUtil.js';

const SHELF = 'anlan-clipboard';

export class Clip {
  static $inject = ['eventBus', 'moddle'];

  constructor(eventBus, moddle) {
    eventBus.on('copyPaste.elementsCopied', 2050, ({ tree }) => {
      try { localStorage.setItem(SHELF, JSON.stringify(tree)); } catch { /* too large: it stays in this tab */ }
    });
    eventBus.on('copyPaste.pasteElements', 2050, (event) => {
      const kept = Clip.kept();
      if (!event.tree && kept) event.tree = JSON.parse(kept, createReviver(moddle));
    });
  }

  static kept() {
    try { return localStorage.getItem(SHELF); } catch { return null; }
  }
}
