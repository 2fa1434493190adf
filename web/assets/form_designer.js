// 表单: one designed form on its page: drawn on a large screen, checked and shown by the server everywhere.
import './form_designer.css';
import { Desk } from './_tables/desk.js';
import { draw } from './_form_designer/drawing.js';
import { Findings } from './_form_designer/findings.js';
import { Preview } from './_form_designer/preview.js';

const desk = new Desk(JSON.parse(document.getElementById('desk').textContent));
const preview = new Preview(desk, document.querySelector('[data-preview]'));
const findings = new Findings(desk);
const place = document.querySelector('[data-editor]');
const roomy = window.matchMedia('(min-width: 768px)').matches;
const name = document.querySelector('[data-name]');

desk.title = () => (name?.value.trim() || desk.name).slice(0, 100);
name?.addEventListener('input', () => { if (desk.editor) desk.changed(); });
for (const tab of document.querySelectorAll('[data-tab]')) tab.addEventListener('click', () => turn(tab.dataset.tab));

if (place && roomy) {
  draw(desk, place).finally(() => findings.now());
} else {
  turn('look');
  findings.now();
}
window.anlan.desk = desk; // for the tests

function turn(to) {
  for (const tab of document.querySelectorAll('[data-tab]')) tab.setAttribute('aria-selected', String(tab.dataset.tab === to));
  const [board, look, widths] = ['#fd-draw', '#fd-look', '[data-widths]'].map((one) => document.querySelector(one));
  if (board) board.hidden = to !== 'draw' && roomy;
  look.hidden = to !== 'look';
  widths.hidden = to !== 'look';
  if (to === 'look') preview.show();
}
