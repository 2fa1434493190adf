// Task, case and start pages in the browser: opinion before a grave answer, the diagram when wanted, copy, search of flows.
import './task.css';
import './_deeds.css';
import './_deeds/sheet.js';
import './_deeds/draft.js';
import './_deeds/pad.js';
import './_deeds/mentions.js';
import './_deeds/counter.js';
import './_deeds/opinions.js';
import './_deeds/keys.js';
import './_designed/form.js';
import { lightbox } from './_photos/lightbox.js';

lightbox(document);

// ── an answer that needs an opinion: say so before the way to the server ──

const opinion = document.getElementById('opinion');
const fault = document.getElementById('opinion-error');
document.addEventListener('click', (event) => {
  const button = event.target.closest('button[form=step-form]');
  if (button?.closest('details.menu')) button.closest('details.menu').open = false;
  if (!button || !opinion) return;
  const missing = 'opinion' in button.dataset && !opinion.value.trim();
  blame(missing ? fault.dataset.needed : '');
  if (!missing) return;
  event.preventDefault();
  opinion.focus();
});
opinion?.addEventListener('input', () => { if (opinion.value.trim()) blame(''); });

function blame(words) {
  fault.hidden = !words;
  fault.querySelector('span').textContent = words;
  opinion.classList.toggle('is-invalid', Boolean(words));
  opinion.toggleAttribute('aria-invalid', Boolean(words));
}

// Enter in a one-line field must not press the first answer by accident.
document.getElementById('step-form')?.addEventListener('keydown', (event) => {
  if (event.key === 'Enter' && event.target.matches('input:not([type=submit])')) event.preventDefault();
});

// Half-typed answers are not lost to a stray click.
let typed = false;
document.getElementById('step-form')?.addEventListener('input', () => { typed = true; });
for (const gone of ['submit', 'anlan:leaving', 'anlan:kept']) document.addEventListener(gone, () => { typed = false; });
window.addEventListener('beforeunload', (event) => { if (typed) event.preventDefault(); });

// ── the diagram: open on a desk, on demand on a phone; its script is fetched once it is wanted ──

const frame = document.querySelector('[data-diagram]');
if (frame) {
  frame.addEventListener('toggle', () => { if (frame.open) loadViewer(frame.dataset.script); });
  if (window.matchMedia('(min-width: 768px)').matches) whenNear(frame, () => { frame.open = true; });
}

function whenNear(element, deed) {
  const watcher = new IntersectionObserver((seen) => {
    if (seen.some((entry) => entry.isIntersecting)) { watcher.disconnect(); deed(); }
  }, { rootMargin: '300px' });
  watcher.observe(element);
}

function loadViewer(address) {
  if (document.querySelector('script[data-viewer]')) return;
  const script = document.createElement('script');
  script.src = address;
  script.dataset.viewer = '';
  document.head.append(script);
}

// ── copy what can no longer be submitted ──

document.addEventListener('click', async (event) => {
  const button = event.target.closest('[data-copy]');
  if (!button) return;
  await navigator.clipboard.writeText(document.getElementById(button.dataset.copy).innerText);
  button.classList.add('is-busy');
  setTimeout(() => button.classList.remove('is-busy'), 600);
});

// ── the search box of the start page ──

const search = document.querySelector('[data-start-search]');
if (search) {
  search.hidden = false;
  search.querySelector('input').addEventListener('input', (event) => narrow(event.target.value.trim().toLowerCase()));
}

function narrow(words) {
  let found = 0;
  for (const group of document.querySelectorAll('[data-start-group]')) {
    let here = 0;
    for (const card of group.querySelectorAll('[data-start-card]')) {
      card.hidden = !card.textContent.toLowerCase().includes(words);
      here += card.hidden ? 0 : 1;
    }
    group.hidden = here === 0;
    found += here;
  }
  document.querySelector('[data-start-none]').hidden = found > 0;
}
