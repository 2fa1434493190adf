// Lists of 流程监控: choosing several, and filters that send themselves. Everything works without this too.
import './operations.css';

const boxes = () => [...document.querySelectorAll('[data-ops-case]')];
const bar = document.querySelector('[data-ops-bar]');

function count() {
  if (!bar) return;
  const chosen = boxes().filter((box) => box.checked).length;
  const words = bar.querySelector('[data-ops-count]');
  words.textContent = chosen ? words.dataset.words.replace('{count}', chosen) : '';
  for (const deed of bar.querySelectorAll('[data-ops-deed]')) deed.disabled = chosen === 0;
  const all = bar.querySelector('[data-ops-all]');
  all.checked = chosen > 0 && chosen === boxes().length;
  all.indeterminate = chosen > 0 && chosen < boxes().length;
}

document.addEventListener('change', (event) => {
  if (event.target.matches('[data-ops-all]')) for (const box of boxes()) box.checked = event.target.checked;
  if (event.target.matches('[data-ops-all], [data-ops-case]')) count();
  if (event.target.matches('[data-sends]')) event.target.form.requestSubmit();
});

// An empty filter does not stand in the address.
document.addEventListener('submit', (event) => {
  if (event.target.method !== 'get' || event.submitter?.formMethod === 'post') return;
  for (const field of event.target.elements) if (field.name && !field.value) field.disabled = true;
});
window.addEventListener('pageshow', count);
count();
