// Ledgers: a whole row opens its record, photos open large.
import './_badge.css';
import './ledger.css';
import { lightbox } from './_photos/lightbox.js';

document.addEventListener('click', (event) => {
  const row = event.target.closest('tr[data-href]');
  if (!row || event.target.closest('a, button') || String(getSelection())) return;
  location.href = row.dataset.href;
});
lightbox(document);
