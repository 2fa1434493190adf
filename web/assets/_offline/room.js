// The snapshot page's own parts: which is shown, what is wrong with the form, what the button says.
import { say } from './words.js';

export const page = document.querySelector('[data-snapshot]');
export const find = (name) => page.querySelector(`[data-${name}]`);
export const form = find('report');
export const description = form.elements.description;

export function show(part) {
  form.hidden = part !== form;
  find('thanks').hidden = part === form;
  if (part !== form) {
    part.focus({ preventScroll: true });
    window.scrollTo({ top: 0, behavior: 'smooth' });
  }
}

export function fault(name, words) {
  const place = form.querySelector(`[data-fault="${name}"]`);
  if (!place) return;
  place.hidden = !words;
  place.querySelector('span').textContent = words;
  place.closest('.field').classList.toggle('is-wrong', Boolean(words));
}

export function refusal(words) {
  find('refusal').hidden = !words;
  find('refusal').querySelector('span').textContent = words;
}

export function busy(words) {
  find('send').classList.toggle('is-busy', Boolean(words));
  find('send').setAttribute('aria-busy', String(Boolean(words)));
  find('send-words').textContent = words || say('提交');
}

export function count() {
  const length = description.value.length;
  find('count').textContent = length > 1800 ? `${length} / 2000` : '';
}

export function network() {
  find('offline').hidden = navigator.onLine;
}
