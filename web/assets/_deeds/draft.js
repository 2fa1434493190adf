// A half-filled form is kept on the server while somebody types: after a pause, and when asked.
import { speaker } from '../_words.js';

const say = speaker({
  '正在暂存…': 'Saving draft…', '已暂存 {time}': 'Draft saved {time}', '没有网络，暂未保存': 'No network, draft not saved yet',
  '登录已失效，草稿未保存': 'Signed out, draft not saved', '有未暂存的修改': 'Unsaved changes',
});
const PAUSE = 3000;
const LARGEST = 50000; // letters of a field: what a page may still send while it closes is limited
const form = document.querySelector('form[data-draft]');
const state = document.querySelector('[data-draft-state]');
const button = document.querySelector('[data-draft-save]');
let timer = 0;
let leaving = false;

if (form && button) {
  button.hidden = false;
  button.addEventListener('click', keep);
  form.addEventListener('input', later);
  form.addEventListener('change', later);
  form.addEventListener('submit', () => { leaving = true; clearTimeout(timer); });
  window.addEventListener('pageshow', () => { leaving = false; });
  document.addEventListener('visibilitychange', () => { if (document.hidden && timer && !leaving) keep(); });
}

function later() {
  tell(say('有未暂存的修改'));
  clearTimeout(timer);
  timer = setTimeout(keep, PAUSE);
}

async function keep() {
  clearTimeout(timer);
  timer = 0;
  if (leaving) return;
  tell(say('正在暂存…'));
  const body = new FormData(form);
  const drawn = body.get('signature');
  for (const [name, value] of [...body]) if (value instanceof File || value.length > LARGEST) body.delete(name);
  try {
    const answer = await fetch(form.dataset.draft, {
      method: 'POST', body, keepalive: true, headers: { Accept: 'application/json', 'X-CSRFToken': document.querySelector('meta[name=csrf-token]').content },
    });
    if (answer.status === 401) return void tell(say('登录已失效，草稿未保存'), true);
    if (!answer.ok) return void tell((await answer.json()).error, true);
    named(drawn, (await answer.json()).signature);
    tell(say('已暂存 {time}', { time: new Date().toTimeString().slice(0, 5) }));
    if (!timer) document.dispatchEvent(new Event('anlan:kept'));
  } catch {
    tell(say('没有网络，暂未保存'), true);
    timer ||= setTimeout(keep, 5 * PAUSE);
  }
}

// A drawing that has been kept goes by its number from now on, so that it is not sent again.
function named(drawn, id) {
  const field = form.elements.signature;
  if (id && field?.value === drawn) field.value = id;
}

function tell(words, bad = false) {
  state.textContent = words;
  state.classList.toggle('is-bad', bad);
}
