// The inbox in the browser: refreshes itself, filters as you type, moves by j and k.
import './inbox.css';

const EVERY = 20000;
const htmx = window.htmx;
const live = () => document.getElementById('inbox-live');
const ticks = () => [...document.querySelectorAll('[data-bulk-kind]')];
const links = () => [...document.querySelectorAll('.inbox-link')];

// ── refresh: asked only while somebody looks, swapped only when something changed (the server answers 204 otherwise) ──

let asking = false;
async function refresh() {
  const list = live();
  if (asking || document.hidden || ticks().some((tick) => tick.checked) || !list?.dataset.live) return;
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

// ── bulk: rows of one kind of step at a time; the bar shows the buttons of that kind ──

function showBulk() {
  const bar = document.querySelector('[data-bulk]');
  if (!bar) return;
  const chosen = ticks().filter((tick) => tick.checked);
  const kind = chosen[0]?.dataset.bulkKind;
  for (const tick of ticks()) tick.disabled = Boolean(kind) && tick.dataset.bulkKind !== kind;
  for (const room of bar.querySelectorAll('[data-kind]')) room.hidden = room.dataset.kind !== kind;
  bar.hidden = chosen.length === 0;
  const count = bar.querySelector('[data-bulk-count]');
  count.textContent = count.dataset.words.replace('{count}', chosen.length);
  const key = bar.querySelector('[data-bulk-key]');
  key.value ||= crypto.randomUUID?.() ?? `${Date.now()}-${Math.random()}`;
}
document.addEventListener('change', (event) => { if (event.target.matches('[data-bulk-kind]')) showBulk(); });
document.addEventListener('htmx:afterSettle', showBulk);
showBulk();

// ── keys: j and k move, / searches, Enter opens (it is a link), a and r open to agree or to send back ──

document.addEventListener('keydown', (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest('input, select, textarea, dialog')) return;
  if (event.key === '/') {
    event.preventDefault();
    document.getElementById('inbox-q').focus();
  }
  if (event.key === 'x') tickHere();
  if (event.key === 'a' || event.key === 'r') openHere(event.key === 'a' ? '#agree' : '#return');
  if (event.key === 'j' || event.key === 'k') step(event.key === 'j' ? 1 : -1);
});

function step(by) {
  const all = links();
  const at = all.findIndex((link) => link.closest('[data-row]').contains(document.activeElement));
  const next = all[at < 0 ? 0 : Math.min(Math.max(at + by, 0), all.length - 1)];
  next?.focus();
  next?.scrollIntoView({ block: 'nearest' });
}

function openHere(to) {
  const link = document.activeElement.closest('[data-row]')?.querySelector('a[href^="/tasks/"]');
  if (link) location.assign(new URL(to, link.href));
}

function tickHere() {
  const tick = document.activeElement.closest('[data-row]')?.querySelector('[data-bulk-kind]:not(:disabled)');
  if (tick) tick.click();
}
