// A designed form in the browser: what its conditions hide, its rows, and a word beside a field before the way to the server.
import '../_designed.css';
import './documents.js';
import { equip as photos } from '../_photos/widget.js';
import { begin as pad } from '../_deeds/pad.js';
import { el, icon } from '../_icon.js';
import { held, value } from './when.js';

export function begin(form) {
  const words = JSON.parse(form.dataset.words || '{}');
  const show = () => look(form, {}, false);
  form.addEventListener('input', show);
  form.addEventListener('change', (event) => { show(); judge(event.target, words); });
  form.addEventListener('click', (event) => {
    const add = event.target.closest('[data-rows-add]');
    const drop = event.target.closest('[data-rows-drop]');
    if (add) addRow(add.closest('[data-rows]'));
    if (drop) drop.closest('[data-row]').remove();
    if (add || drop) { form.dispatchEvent(new Event('input', { bubbles: true })); show(); }
  });
  for (const button of form.querySelectorAll('[data-rows-add], [data-rows-drop]')) button.hidden = false;
  show();
}

// From the top down, as the server: a condition looks at what stands before it, and what is hidden is null to the rest.
function look(room, known, off) {
  for (const one of parts(room)) {
    const gone = off || ('hide' in one.dataset && value(JSON.parse(one.dataset.hide), known) === true);
    one.hidden = gone;
    if (one.dataset.kind === 'dynamiclist') {
      known[one.dataset.key] = gone ? null : held(one, '');
      for (const row of one.querySelectorAll('[data-row]')) look(row, { ...known }, gone);
    } else if (one.dataset.key) {
      known[one.dataset.key] = gone ? null : held(one, nameOf(one));
    } else {
      look(one, known, gone);
    }
  }
}

const parts = (room) => [...room.querySelectorAll('.drawn')].filter((one) => one.parentElement.closest('.drawn, [data-row], [data-designed]') === room);
const nameOf = (one) => one.querySelector('[data-field]')?.dataset.field ?? '';

function addRow(list) {
  const rows = list.querySelector('[data-rows-list]');
  const next = 1 + Math.max(-1, ...[...rows.children].map((row) => Number(/-(\d+)-/.exec(row.querySelector('[data-field]')?.dataset.field ?? '')?.[1] ?? -1)));
  const copy = document.createElement('div');
  copy.append(list.querySelector('template').content.cloneNode(true));
  for (const one of copy.querySelectorAll('*')) {
    for (const { name, value: said } of [...one.attributes]) if (said.includes('-__i__-')) one.setAttribute(name, said.replaceAll('-__i__-', `-${next}-`));
  }
  const row = copy.firstElementChild;
  rows.append(row);
  for (const button of row.querySelectorAll('[data-rows-drop]')) button.hidden = false;
  row.querySelectorAll('[data-photos]').forEach((room) => photos(room));
  row.querySelectorAll('[data-pad]').forEach((room) => pad(room));
  document.dispatchEvent(new CustomEvent('anlan:content'));
  row.querySelector('input, select, textarea')?.focus();
}

// The same rules as the server's, by the attributes of the control; the server has the last word.
function judge(control, words) {
  const room = control.closest?.('[data-field]');
  if (!room || !control.validity || control.type === 'file') return;
  room.querySelectorAll('.field-error').forEach((fault) => fault.remove());
  const wrong = Object.keys(words).find((kind) => control.validity[kind]);
  control.classList.toggle('is-invalid', Boolean(wrong));
  if (wrong) room.append(el('div', { class: 'field-error', role: 'alert' }, icon('alert-circle'), el('span', {}, words[wrong].replace('{limit}', wrong === 'rangeUnderflow' ? control.min : control.max))));
}

document.querySelectorAll('[data-designed]').forEach(begin);
