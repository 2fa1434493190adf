// The diagram of a try, drawn from what came with the page; where one looked is kept from step to step.
import Viewer from 'bpmn-js/lib/NavigatedViewer';
import 'bpmn-js/dist/assets/diagram-js.css';
import 'bpmn-js/dist/assets/bpmn-js.css';
import { mark } from '../_marks.js';

const LEGIBLE = 0.7;

export async function draw(frame) {
  if (frame.dataset.shown) return;
  frame.dataset.shown = 'yes';
  const board = JSON.parse(frame.querySelector('[data-board]').textContent);
  const viewer = new Viewer({ container: frame.querySelector('[data-diagram-canvas]') });
  await viewer.importXML(board.xml);
  mark(viewer, classes(board.marks), board.badges);
  equip(viewer, frame, board);
  if (!again(viewer)) look(viewer, board.whole ? 'fit' : 'here');
}

// Marks come as {class: ids}; an element may wear several.
function classes(marks) {
  const found = {};
  for (const [name, ids] of Object.entries(marks)) for (const id of ids) found[id] = [...(found[id] ?? []), name];
  return found;
}

function look(viewer, how) {
  const canvas = viewer.get('canvas');
  if (how === 'in' || how === 'out') return void canvas.zoom(canvas.zoom() * (how === 'in' ? 1.25 : 0.8), 'auto');
  canvas.zoom('fit-viewport', 'auto');
  if (canvas.zoom() > 1) canvas.zoom(1, 'auto');
  if (how === 'fit' || canvas.zoom() >= LEGIBLE) return undefined;
  return here(viewer, canvas);
}

function here(viewer, canvas) {
  const room = canvas.getContainer();
  const at = room.querySelector('.an-failed, .an-current') ?? [...room.querySelectorAll('.djs-shape.an-done')].pop();
  canvas.zoom(LEGIBLE, 'auto');
  if (!at) return;
  const { x, y, width, height } = viewer.get('elementRegistry').get(at.dataset.elementId);
  const view = canvas.viewbox();
  canvas.viewbox({ x: x + width / 2 - view.width / 2, y: y + height / 2 - view.height / 2, width: view.width, height: view.height });
}

// After a step the page is new; a look that shows the waiting step as well stays as it was.
const KEPT = `anlan-try:${location.pathname}`;

function again(viewer) {
  const kept = sessionStorage.getItem(KEPT);
  if (!kept) return false;
  const canvas = viewer.get('canvas');
  const { x, y, width, height } = JSON.parse(kept);
  const current = canvas.getContainer().querySelector('.an-failed, .an-current');
  if (current) {
    const shape = viewer.get('elementRegistry').get(current.dataset.elementId);
    if (shape.x < x || shape.y < y || shape.x + shape.width > x + width || shape.y + shape.height > y + height) return false;
  }
  canvas.viewbox({ x, y, width, height });
  return true;
}

function equip(viewer, frame, board) {
  const room = frame.querySelector('.an-diagram-room');
  const tools = frame.querySelector('[data-diagram-tools]');
  tools.hidden = false;
  tools.addEventListener('click', (event) => {
    const how = event.target.closest('[data-zoom]')?.dataset.zoom;
    if (how) look(viewer, how);
  });
  const wheel = viewer.get('zoomScroll');
  wheel.toggle(false);
  room.addEventListener('pointerdown', () => wheel.toggle(true));
  room.addEventListener('pointerleave', () => wheel.toggle(false));
  if (board.whole) return;
  viewer.get('eventBus').on('canvas.viewbox.changed', ({ viewbox }) => {
    const { x, y, width, height } = viewbox;
    sessionStorage.setItem(KEPT, JSON.stringify({ x, y, width, height }));
  });
}
