// A deed's form over the page: a dialog on a desk, a sheet from below on a phone. Without scripts its address is a page of its own.
import { el } from '../_icon.js';
import { speaker } from '../_words.js';

const say = speaker({ '网络不通，请稍后再试。': 'No network, please try again later.', '关闭': 'Close' });
const headers = () => ({ 'HX-Request': 'true', 'HX-Current-URL': location.href, 'X-CSRFToken': document.querySelector('meta[name=csrf-token]').content });
let sheet = null;

document.addEventListener('click', (event) => {
  const link = event.target.closest('a[data-sheet]');
  if (!link || event.metaKey || event.ctrlKey) return;
  event.preventDefault();
  document.querySelectorAll('details.menu[open]').forEach((menu) => { menu.open = false; });
  load(link.href);
});

async function load(address) {
  try {
    const answer = await fetch(address, { headers: headers() });
    if (!follow(answer)) show(await answer.text());
  } catch { window.anlan.note(say('网络不通，请稍后再试。'), 'danger'); }
}

/** Where the answer sends the browser; true when it does. */
function follow(answer) {
  const address = answer.headers.get('HX-Redirect') ?? answer.headers.get('X-Login');
  if (!address) return false;
  document.dispatchEvent(new Event('anlan:leaving'));
  if (address === location.pathname + location.search) location.reload();
  else location.assign(address);
  return true;
}

function show(html) {
  if (!sheet) {
    const close = el('button', { type: 'button', class: 'sheet-close', 'aria-label': say('关闭'), 'data-sheet-close': true }, '×');
    sheet = el('dialog', { class: 'sheet', 'aria-labelledby': 'sheet-title' }, close, el('div', { class: 'sheet-body', tabindex: '-1', autofocus: true }));
    sheet.addEventListener('click', (event) => { if (event.target === sheet) sheet.close(); });
    sheet.addEventListener('submit', send);
    document.body.append(sheet);
  }
  const body = sheet.querySelector('.sheet-body');
  body.innerHTML = html;
  if (!sheet.open) sheet.showModal();
  document.dispatchEvent(new Event('anlan:content'));
  body.querySelector('[aria-invalid=true], .refusal')?.focus(); // else nothing: no list drops down, no keyboard rises unasked
}

document.addEventListener('click', (event) => {
  if (!event.target.closest('[data-sheet-close]') || !sheet?.open) return;
  event.preventDefault();
  sheet.close();
});

// One submission at a time is seen to by base.js (data-once); the answer is the form again, or where to go.
async function send(event) {
  const form = event.target.closest('form[data-ask]');
  if (!form || event.defaultPrevented) return;
  event.preventDefault();
  if (form.dataset.sending) return;
  form.dataset.sending = '1';
  const button = form.querySelector('button:not([type=button])');
  button.classList.add('is-busy');
  try {
    const answer = await fetch(form.action, { method: 'POST', headers: headers(), body: new FormData(form) });
    if (follow(answer)) return;
    show(await answer.text());
  } catch {
    window.anlan.note(say('网络不通，请稍后再试。'), 'danger');
    button.classList.remove('is-busy');
  }
  delete form.dataset.sending;
  delete form.dataset.sent;
}
