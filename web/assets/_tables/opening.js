// The editor is large and comes only where there is room for it.
import { Saving } from './saving.js';
import { say } from './words.js';

/** Let the editor take the place of the table to be read; what went wrong is said in its place. */
export async function open(desk, place) {
  try {
    await load(place.dataset.script);
    const kept = Saving.left(desk);
    desk.editor = await window.anlan.openTable(place, kept ?? desk.xml, () => desk.changed());
    document.querySelector('[data-reader]').hidden = true;
    new Saving(desk);
    if (kept) desk.changed();
  } catch (problem) {
    place.querySelector('.tb-loading').textContent = say('打不开这张表：{problem}', { problem: problem.message });
  }
}

function load(address) {
  return new Promise((resolve, reject) => {
    const script = Object.assign(document.createElement('script'), { src: address });
    script.addEventListener('load', resolve);
    script.addEventListener('error', () => reject(new Error(say('网络不通，请稍后再试。'))));
    document.head.append(script);
  });
}
