// The editor is large and comes only where there is room for it; what went wrong is said in its place.
import { Saving } from '../_tables/saving.js';
import { say } from './words.js';

export async function draw(desk, place) {
  try {
    await load(place.dataset.script);
    const kept = Saving.left(desk);
    desk.editor = await window.anlan.openForm(place, kept ?? desk.xml, () => desk.changed(), { title: () => desk.title(), dictionaries: desk.dictionaries });
    new Saving(desk);
    if (kept) desk.changed();
  } catch (problem) {
    place.querySelector('.tb-loading')?.replaceChildren(say('打不开这张表单：{problem}', { problem: problem.message }));
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
