// Versions of a diagram: one to look at, or two side by side that move together, with what is different in colour.
import Viewer from 'bpmn-js/lib/NavigatedViewer';
import OutlineModule from 'diagram-js/lib/features/outline';
import 'bpmn-js/dist/assets/diagram-js.css';
import 'bpmn-js/dist/assets/bpmn-js.css';
import './viewer.css';
import './versions.css';
import { mark } from './_marks.js';

for (const room of document.querySelectorAll('[data-version]')) one(room);
for (const frame of document.querySelectorAll('[data-compare]')) two(frame);

async function one(room) {
  await attempt(room, room.dataset.failed, async () => {
    const { xml, marks = {}, marked = {} } = await answer(room.dataset.version);
    const viewer = await drawn(room, xml);
    mark(viewer, marks, marked);
    fit(viewer);
  });
}

async function two(frame) {
  const rooms = [...frame.querySelectorAll('[data-side]')];
  const viewers = {};
  let sides;
  try {
    sides = await answer(frame.dataset.compare);
  } catch {
    for (const room of rooms) fail(room, frame.dataset.failed);
    return;
  }
  for (const room of rooms) {
    const { xml, marks } = sides[room.dataset.side];
    await attempt(room, frame.dataset.failed, async () => {
      const viewer = await drawn(room, xml);
      mark(viewer, Object.fromEntries(Object.entries(marks).map(([id, how]) => [id, `cmp-${how}`])));
      viewers[room.dataset.side] = viewer;
    });
  }
  if (viewers.old && viewers.new) together(viewers.old, viewers.new);
  if (viewers.new ?? viewers.old) fit(viewers.new ?? viewers.old);
  frame.dataset.ready = 'yes';
  document.addEventListener('click', (event) => {
    const id = event.target.closest('[data-go]')?.dataset.go;
    if (id) point(frame, viewers, id);
  });
}

async function answer(address) {
  const got = await fetch(address, { headers: { Accept: 'application/json' } });
  if (!got.ok) throw new Error(String(got.status));
  return got.json();
}

async function attempt(room, words, deed) {
  try {
    await deed();
    room.querySelector('[data-diagram-status]')?.remove();
  } catch {
    fail(room, words);
  }
}

function fail(room, words) {
  const status = room.querySelector('[data-diagram-status]');
  status.textContent = words;
  status.classList.add('text-danger');
}

async function drawn(room, xml) {
  const viewer = new Viewer({ container: room.querySelector('[data-diagram-canvas]'), additionalModules: [OutlineModule] });
  await viewer.importXML(xml);
  const wheel = viewer.get('zoomScroll'); // the wheel scrolls the page until somebody has taken hold of the drawing
  wheel.toggle(false);
  room.addEventListener('pointerdown', () => wheel.toggle(true));
  room.addEventListener('pointerleave', () => wheel.toggle(false));
  const tools = room.querySelector('[data-diagram-tools]');
  tools.hidden = false;
  tools.addEventListener('click', (event) => {
    const how = event.target.closest('[data-zoom]')?.dataset.zoom;
    const canvas = viewer.get('canvas');
    if (how === 'fit') fit(viewer);
    else if (how) canvas.zoom(canvas.zoom() * (how === 'in' ? 1.25 : 0.8), 'auto');
  });
  return viewer;
}

function fit(viewer) {
  const canvas = viewer.get('canvas');
  canvas.zoom('fit-viewport', 'auto');
  if (canvas.zoom() > 1) canvas.zoom(1, 'auto');
}

// What one shows, the other shows.
function together(left, right) {
  let following = false;
  const follow = (from, to) => from.on('canvas.viewbox.changed', () => {
    if (following) return;
    following = true;
    const { x, y, width, height } = from.get('canvas').viewbox();
    to.get('canvas').viewbox({ x, y, width, height });
    following = false;
  });
  follow(left, right);
  follow(right, left);
}

function point(frame, viewers, id) {
  for (const viewer of Object.values(viewers)) {
    const canvas = viewer.get('canvas');
    const registry = viewer.get('elementRegistry');
    for (const lit of registry.filter((element) => canvas.hasMarker(element, 'cmp-here'))) canvas.removeMarker(lit, 'cmp-here');
    if (registry.get(id)) canvas.addMarker(id, 'cmp-here');
  }
  const [viewer] = [viewers.new, viewers.old].filter((each) => each?.get('elementRegistry').get(id));
  if (!viewer) return;
  viewer.get('canvas').zoom(0.8, 'auto');
  viewer.get('canvas').scrollToElement(id, 80);
  frame.scrollIntoView({ block: 'start', behavior: 'smooth' });
}
