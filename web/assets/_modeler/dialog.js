// A dialog of the modeler: words, and buttons that each mean something. Resolves to the word of the button, '' when it is closed.
import { el } from '../_icon.js';

export function choose(title, words, buttons, { firm = false } = {}) {
  return new Promise((resolve) => {
    const box = el('dialog', { class: 'ask mo-ask', 'aria-labelledby': 'mo-ask-title' });
    const deeds = el('div', { class: 'mo-ask-deeds' });
    for (const [word, label, style = ''] of buttons) {
      const button = el('button', { type: 'button', class: `btn ${style}`, 'data-word': word }, label);
      button.addEventListener('click', () => box.close(word));
      deeds.append(button);
    }
    box.append(el('h2', { id: 'mo-ask-title' }, title), ...[words].flat().map((each) => el('p', {}, each)), deeds);
    if (firm) box.addEventListener('cancel', (event) => event.preventDefault());
    box.addEventListener('close', () => { resolve(box.returnValue); box.remove(); });
    document.body.append(box);
    box.showModal();
  });
}
