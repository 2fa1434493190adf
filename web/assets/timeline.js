// The history: system steps are open on a desk and folded on a phone, or as the person last chose.
import './timeline.css';

const card = document.querySelector('[data-timeline]');
const filter = card?.querySelector('.timeline-filter');

if (filter) {
  filter.hidden = false;
  filter.addEventListener('click', (event) => {
    const lines = event.target.closest('[data-lines]')?.dataset.lines;
    if (!lines) return;
    show(lines);
    try { localStorage.setItem('timeline', lines); } catch { /* a browser that keeps nothing */ }
  });
  show(chosen() ?? (window.matchMedia('(min-width: 768px)').matches ? 'all' : 'folded'));
}

function chosen() {
  try { return localStorage.getItem('timeline'); } catch { return null; }
}

function show(lines) {
  card.classList.toggle('only-people', lines === 'people');
  for (const fold of card.querySelectorAll('[data-system]')) fold.open = lines === 'all';
  for (const button of filter.children) button.setAttribute('aria-pressed', String(button.dataset.lines === lines));
}
