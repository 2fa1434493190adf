// What every page does in the browser: htmx with our token, dialogs before grave deeds, notes that come and go.
import htmx from 'htmx.org/dist/htmx.esm.js';
import './base.css';

window.htmx = htmx;
const words = document.body.dataset;
const meta = (name) => document.querySelector(`meta[name="${name}"]`)?.content ?? '';

// ── htmx: every request carries the token; what the page asks by itself says so (it is no sign of a person at work) ──

document.addEventListener('htmx:configRequest', ({ detail }) => {
  detail.headers['X-CSRFToken'] = meta('csrf-token');
  if (!detail.triggeringEvent && detail.verb === 'get') detail.headers['X-Background'] = '1';
});
document.addEventListener('htmx:sendError', ({ detail }) => {
  if (detail.requestConfig?.headers['X-Background'] !== '1') note(words.offline, 'danger');
});
document.addEventListener('htmx:responseError', ({ detail }) => {
  const login = detail.xhr.getResponseHeader('X-Login');
  if (login) return noteOnce('login', words.again, 'danger', login);
  if (detail.requestConfig?.headers['X-Background'] === '1') return undefined;
  const answer = new DOMParser().parseFromString(detail.xhr.responseText, 'text/html');
  return note(answer.querySelector('[data-toast]')?.textContent || words.offline, 'danger');
});

// ── notes at the edge of the screen ──

/** Show a note; `address` makes it a link that stays until it is followed. */
export function note(text, kind = 'info', address = '') {
  const box = document.createElement(address ? 'a' : 'div');
  box.className = `toast-note toast-${kind}`;
  box.textContent = text;
  if (address) box.href = address;
  document.getElementById('toasts').append(box);
  if (!address) leaveLater(box);
  return box;
}

function noteOnce(key, text, kind, address) {
  if (document.querySelector(`[data-note="${key}"]`)) return;
  note(text, kind, address).dataset.note = key;
}

function leaveLater(box) {
  setTimeout(() => box.classList.add('is-leaving'), 5000);
  setTimeout(() => box.remove(), 5400);
}

window.anlan = { note, htmx };
document.querySelectorAll('.toasts .toast-note').forEach(leaveLater);

// ── a question before a grave deed: <button data-confirm="…"> ──

const agreed = new WeakSet();
document.addEventListener('click', (event) => {
  const asked = event.target.closest('[data-confirm]');
  if (!asked || agreed.has(asked)) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  ask(asked.dataset.confirm).then((yes) => {
    if (!yes) return;
    agreed.add(asked);
    asked.click();
    agreed.delete(asked);
  });
}, true);

/** A dialog with the question; resolves to true when the person agrees. */
export function ask(question) {
  const dialog = document.createElement('dialog');
  dialog.className = 'ask';
  const text = Object.assign(document.createElement('p'), { textContent: question, id: 'ask-words' });
  const deeds = Object.assign(document.createElement('div'), { className: 'deeds' });
  const no = Object.assign(document.createElement('button'), { type: 'button', className: 'btn', textContent: words.cancel });
  const yes = Object.assign(document.createElement('button'), { type: 'button', className: 'btn btn-primary', textContent: words.ok });
  deeds.append(no, yes);
  dialog.append(text, deeds);
  dialog.setAttribute('aria-labelledby', 'ask-words');
  document.body.append(dialog);
  return new Promise((resolve) => {
    no.addEventListener('click', () => dialog.close());
    yes.addEventListener('click', () => dialog.close('yes'));
    dialog.addEventListener('close', () => { resolve(dialog.returnValue === 'yes'); dialog.remove(); });
    dialog.addEventListener('click', (event) => { if (event.target === dialog) dialog.close(); });
    dialog.showModal();
  });
}
window.anlan.ask = ask;

// ── menus: <details class="menu"> closes on Escape, on a click elsewhere and when another one opens ──

document.addEventListener('click', (event) => closeMenus(event.target.closest('details.menu')));
document.addEventListener('keydown', (event) => {
  if (event.key !== 'Escape') return;
  const open = document.querySelector('details.menu[open]');
  closeMenus(null);
  open?.querySelector('summary').focus();
});

function closeMenus(except) {
  document.querySelectorAll('details.menu[open]').forEach((menu) => { if (menu !== except) menu.open = false; });
}

// ── forms: one submission at a time, and after a refusal the eye is led to what is wrong ──

document.addEventListener('submit', (event) => {
  const form = event.target;
  if (!form.matches('[data-once]')) return;
  if (form.dataset.sent) return void event.preventDefault();
  form.dataset.sent = '1';
  form.querySelector('button:not([type=button])')?.classList.add('is-busy');
});
window.addEventListener('pageshow', () => document.querySelectorAll('[data-sent]').forEach((form) => {
  delete form.dataset.sent;
  form.querySelectorAll('.is-busy').forEach((button) => button.classList.remove('is-busy'));
}));

(document.querySelector('main [aria-invalid=true]') ?? document.querySelector('main .refusal'))?.focus();

document.addEventListener('click', (event) => {
  if (!event.target.closest('[data-back]') || history.length < 2) return;
  event.preventDefault();
  history.back();
});
