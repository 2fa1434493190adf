// The inbox in the browser: refreshes itself, filters as you type, moves by j and k.
import './inbox.css';

const EVERY = 20000;
const htmx = window.htmx;
const live = () => document.getElementById('inbox-live');
const links = () => [...document.querySelectorAll('.inbox-link')];

// ── refresh: asked only while somebody looks, swapped only when something changed (the server answers 204 otherwise) ──

let asking = false;
async function refresh() {
  const list = live();
  if (asking || document.hidden || !list?.dataset.live) return;
  asking = true;
  const join = list.dataset.live.includes('?') ? '&' : '?';
  const address = `${list.dataset.live}${join}shown=${links().length}&seen=${list.dataset.seen}`;
  try {
    await htmx.ajax('GET', address, { target: '#inbox-live', swap: 'outerHTML' });
  } finally {
    asking = false;
  }
}
setInterval(refresh, EVERY);
document.addEventListener('visibilitychange', refresh);
window.addEventListener('pageshow', (event) => { if (event.persisted) refresh(); });

// On a phone the tabs scroll: the open one is brought into view.
document.querySelector('.inbox-tabs [aria-current]')?.scrollIntoView({ inline: 'center', block: 'nearest' });

// ── filters: an empty one does not stand in the address ──

document.addEventListener('htmx:configRequest', ({ detail }) => {
  if (!detail.elt.matches?.('[data-inbox-filters]')) return;
  for (const [name, value] of Object.entries(detail.parameters)) if (value === '') delete detail.parameters[name];
});

// ── keys: j and k move, / searches, Enter opens (it is a link) ──

document.addEventListener('keydown', (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest('input, select, textarea, dialog')) return;
  if (event.key === '/') {
    event.preventDefault();
    document.getElementById('inbox-q').focus();
  }
  if (event.key === 'j' || event.key === 'k') step(event.key === 'j' ? 1 : -1);
});

function step(by) {
  const all = links();
  const at = all.findIndex((link) => link.closest('[data-row]').contains(document.activeElement));
  const next = all[at < 0 ? 0 : Math.min(Math.max(at + by, 0), all.length - 1)];
  next?.focus();
  next?.scrollIntoView({ block: 'nearest' });
}
