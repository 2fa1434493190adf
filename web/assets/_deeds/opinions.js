// 常用意见: one tap puts a ready sentence where the cursor is in the opinion.
import { el } from '../_icon.js';

document.addEventListener('click', (event) => {
  const ready = event.target.closest('[data-canned]');
  const box = document.getElementById('opinion');
  if (!ready || !box) return;
  const [from, to] = [box.selectionStart, box.selectionEnd];
  box.setRangeText(ready.dataset.canned, from, to, 'end');
  box.dispatchEvent(new Event('input', { bubbles: true }));
  box.focus();
});

// The list was changed in its sheet: the taps beside the opinion follow.
document.addEventListener('anlan:content', () => {
  const list = document.querySelector('.sheet [data-canned-list]');
  const ready = document.querySelector('[data-ready]');
  if (!list || !ready) return;
  ready.querySelectorAll('[data-canned]').forEach((old) => old.remove());
  ready.prepend(...[...list.querySelectorAll('[data-phrase]')].slice(0, 6).map(({ dataset }) => el(
    'button', { class: 'canned', type: 'button', 'data-canned': dataset.phrase, 'data-text': true }, dataset.phrase)));
});
