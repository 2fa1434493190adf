// The live diagram of a case: done path, waiting steps, failures. task.js loads it once it is wanted.
import Viewer from 'bpmn-js/lib/NavigatedViewer';
import 'bpmn-js/dist/assets/diagram-js.css';
import 'bpmn-js/dist/assets/bpmn-js.css';
import './viewer.css';

const MARKERS = { done: 'an-done', flows: 'an-flow', current: 'an-current', failed: 'an-failed' };

async function load(frame) {
  if (frame.dataset.shown) return;
  frame.dataset.shown = 'yes';
  const status = frame.querySelector('[data-diagram-status]');
  try {
    const answer = await fetch(frame.dataset.diagram, { headers: { Accept: 'application/json' } });
    if (!answer.ok) throw new Error(String(answer.status));
    const marks = await answer.json();
    await draw(frame, marks);
    status.remove();
  } catch (error) {
    frame.dataset.shown = '';
    status.textContent = frame.dataset.failed;
    status.classList.add('text-danger');
  }
}

async function draw(frame, marks) {
  const viewer = new Viewer({ container: frame.querySelector('[data-diagram-canvas]') });
  await viewer.importXML(marks.xml);
  const canvas = viewer.get('canvas');
  const registry = viewer.get('elementRegistry');
  for (const [kind, marker] of Object.entries(MARKERS)) {
    for (const id of marks[kind]) if (registry.get(id)) canvas.addMarker(id, marker);
  }
  for (const [id, words] of Object.entries(marks.badges)) if (registry.get(id)) badge(viewer, id, words, marks);
  show(canvas, 'here');
  equip(viewer, frame);
}

function badge(viewer, id, words, marks) {
  const label = document.createElement('div');
  label.className = marks.failed.includes(id) ? 'an-badge an-badge-failed' : 'an-badge';
  label.textContent = words;
  viewer.get('overlays').add(id, { position: { bottom: -4, left: 0 }, html: label });
}

const LEGIBLE = 0.75;

function show(canvas, how) {
  if (how === 'in' || how === 'out') return void canvas.zoom(canvas.zoom() * (how === 'in' ? 1.25 : 0.8), 'auto');
  canvas.zoom('fit-viewport', 'auto');
  if (canvas.zoom() > 1) canvas.zoom(1, 'auto');
  if (how === 'fit' || canvas.zoom() >= 0.6) return undefined;
  return here(canvas);
}

// The whole is too small to read: show the waiting step at a legible size; the rest by dragging, or by "show all".
function here(canvas) {
  const at = canvas.getContainer().querySelector('.an-failed, .an-current') ?? lastDone(canvas);
  canvas.zoom(LEGIBLE, 'auto');
  if (!at) return;
  const { x, y, width, height } = canvas._elementRegistry.get(at.dataset.elementId);
  const view = canvas.viewbox();
  canvas.viewbox({ x: x + width / 2 - view.width / 2, y: y + height / 2 - view.height / 2, width: view.width, height: view.height });
}

function lastDone(canvas) {
  return [...canvas.getContainer().querySelectorAll('.djs-shape.an-done')].pop();
}

// The wheel scrolls the page; inside the diagram it works once somebody has taken hold of it.
function tameWheel(viewer, room) {
  const wheel = viewer.get('zoomScroll');
  wheel.toggle(false);
  room.addEventListener('pointerdown', () => wheel.toggle(true));
  room.addEventListener('pointerleave', () => { if (!document.fullscreenElement) wheel.toggle(false); });
}

function equip(viewer, frame) {
  const room = frame.querySelector('.an-diagram-room');
  const tools = frame.querySelector('[data-diagram-tools]');
  tools.hidden = false;
  tools.querySelector('[data-zoom=whole]').hidden = !document.fullscreenEnabled;
  tools.addEventListener('click', (event) => {
    const how = event.target.closest('[data-zoom]')?.dataset.zoom;
    if (how === 'whole') return void (document.fullscreenElement ? document.exitFullscreen() : room.requestFullscreen());
    if (how) show(viewer.get('canvas'), how);
    return undefined;
  });
  room.addEventListener('fullscreenchange', () => { viewer.get('canvas').resized(); show(viewer.get('canvas'), 'fit'); });
  tameWheel(viewer, room);
}

for (const frame of document.querySelectorAll('[data-diagram]')) load(frame);
