// 决策表: one table on its page: lint and test rows from the server, values tried, and on a large screen the editor.
import './tables.css';
import { Checking } from './_tables/checking.js';
import { Desk } from './_tables/desk.js';
import { Saving } from './_tables/saving.js';
import { Trying } from './_tables/trying.js';
import { say } from './_tables/words.js';

const desk = new Desk(JSON.parse(document.getElementById('desk').textContent));
const trying = new Trying(desk);
const checking = new Checking(desk, trying);
trying.checking = checking;
const place = document.querySelector('[data-editor]');

if (place && window.matchMedia('(min-width: 768px)').matches) open().catch((problem) => fail(problem));
else checking.now();
window.anlan.desk = desk; // for the tests

async function open() {
  await load(place.dataset.script);
  const kept = Saving.left(desk);
  desk.editor = await window.anlan.openTable(place, kept ?? desk.xml, () => desk.changed());
  document.querySelector('[data-reader]').hidden = true;
  new Saving(desk);
  if (kept) desk.changed();
  await checking.now();
}

function fail(problem) {
  place.querySelector('.tb-loading').textContent = say('打不开这张表：{problem}', { problem: problem.message });
  checking.now();
}

function load(address) {
  return new Promise((resolve, reject) => {
    const script = Object.assign(document.createElement('script'), { src: address });
    script.addEventListener('load', resolve);
    script.addEventListener('error', () => reject(new Error(say('网络不通，请稍后再试。'))));
    document.head.append(script);
  });
}
