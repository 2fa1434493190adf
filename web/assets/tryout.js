// 试运行 in the browser: the live diagram, open on a desk and on demand on a phone.
import './tryout.css';
import './_designed/form.js';
import { draw } from './_tryout/board.js';

const NARROW = window.matchMedia('(max-width: 767.98px)');

for (const frame of document.querySelectorAll('[data-try-diagram]')) {
  if (NARROW.matches) frame.open = false;
  if (frame.open) draw(frame);
  frame.addEventListener('toggle', () => { if (frame.open) draw(frame); });
}

// A moment chosen for the clock goes along to whoever begins.
document.getElementById('begins')?.addEventListener('change', (event) => {
  for (const way of document.querySelectorAll('.try-person')) {
    const address = new URL(way.href);
    address.searchParams.set('begins', event.target.value);
    way.href = address.href;
  }
});

// The form of a step must not be lost to a stray click on another person.
let typed = false;
const form = document.getElementById('try-form');
form?.addEventListener('input', () => { typed = true; });
document.addEventListener('submit', () => { typed = false; });
window.addEventListener('beforeunload', (event) => { if (typed) event.preventDefault(); });
form?.addEventListener('keydown', (event) => {
  if (event.key === 'Enter' && event.target.matches('input:not([type=submit])')) event.preventDefault();
});
