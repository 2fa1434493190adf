// @ in a comment offers colleagues as one types; who is picked is told of it.
import { el } from '../_icon.js';

const CALL = /@([^\s@]{0,20})$/;
let list = null;
let box = null;
let at = -1;
let timer = 0;

document.addEventListener('input', (event) => {
  if (!event.target.matches('[data-mentions]')) return;
  box = event.target;
  forget(box);
  const called = CALL.exec(box.value.slice(0, box.selectionStart));
  clearTimeout(timer);
  if (!called) return close();
  timer = setTimeout(() => ask(called[1]), 150);
});

async function ask(words) {
  const answer = await fetch(`/org/people?q=${encodeURIComponent(words)}`, { headers: { Accept: 'application/json' } }).catch(() => null);
  if (!answer?.ok) return close();
  const { items } = await answer.json();
  close();
  if (!items.length || document.activeElement !== box) return;
  list = el('ul', { class: 'picker-list mention-list', role: 'listbox', 'data-text': true }, ...items.slice(0, 8).map((one) => el(
    'li', { role: 'option', 'data-id': one.id, 'data-name': one.name }, el('span', {}, one.name), el('span', { class: 'quiet' }, one.detail))));
  list.addEventListener('mousedown', (event) => { event.preventDefault(); choose(event.target.closest('[data-id]')); });
  box.parentElement.append(list);
  move(1);
}

function close() {
  list?.remove();
  list = null;
  at = -1;
}

function move(by) {
  const rows = [...list.children];
  rows[at]?.classList.remove('is-at');
  at = (at + by + rows.length) % rows.length;
  rows[at].classList.add('is-at');
  rows[at].scrollIntoView({ block: 'nearest' });
}

function choose(row) {
  if (!row) return;
  const before = box.value.slice(0, box.selectionStart).replace(CALL, `@${row.dataset.name} `);
  const after = box.value.slice(box.selectionStart);
  box.value = before + after;
  box.setSelectionRange(before.length, before.length);
  box.form.append(el('input', { type: 'hidden', name: 'mentions', value: row.dataset.id, 'data-name': row.dataset.name }));
  close();
}

/** A name taken out of the text again is not told. */
function forget(text) {
  text.form.querySelectorAll('[name=mentions]').forEach((input) => { if (!text.value.includes(`@${input.dataset.name}`)) input.remove(); });
}

document.addEventListener('keydown', (event) => {
  if (!list || event.target !== box) return;
  if (event.key === 'ArrowDown' || event.key === 'ArrowUp') move(event.key === 'ArrowDown' ? 1 : -1);
  else if (event.key === 'Enter' || event.key === 'Tab') choose(list.children[at]);
  else if (event.key === 'Escape') close();
  else return;
  event.preventDefault();
});
document.addEventListener('focusout', (event) => { if (event.target === box) close(); });
