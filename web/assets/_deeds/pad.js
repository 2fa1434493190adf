// 手写签名: strokes by finger, pen or mouse; what is sent is a small PNG of just the strokes.
const WIDE = 2.4; // of the pen, in CSS pixels
const INK = '#12212c';
const LARGEST = [800, 320];

function Pad(room) {
  const canvas = room.querySelector('canvas');
  const field = room.querySelector('input[type=hidden]');
  const fault = room.parentElement.querySelector('[data-pad-error]'); // none in a designed form: the server says it
  const paper = canvas.getContext('2d');
  let strokes = [];
  let kept = field.dataset.image ? Object.assign(new Image(), { src: field.dataset.image }) : null;

  this.begin = () => {
    canvas.addEventListener('pointerdown', (event) => {
      if (event.button > 0) return;
      event.preventDefault();
      canvas.setPointerCapture(event.pointerId);
      if (kept) { kept = null; strokes = []; }
      strokes.push([at(event)]);
      canvas.addEventListener('pointermove', draw);
      room.classList.add('is-signed');
    });
    for (const end of ['pointerup', 'pointercancel']) canvas.addEventListener(end, done);
    room.querySelector('[data-pad-undo]').addEventListener('click', () => { strokes.pop(); kept = null; done(); });
    room.querySelector('[data-pad-clear]').addEventListener('click', () => { strokes = []; kept = null; done(); });
    new ResizeObserver(paint).observe(canvas);
    kept?.addEventListener('load', paint);
  };

  const at = (event) => {
    const box = canvas.getBoundingClientRect();
    return [event.clientX - box.left, event.clientY - box.top];
  };

  function draw(event) {
    for (const part of event.getCoalescedEvents?.() ?? [event]) strokes.at(-1).push(at(part));
    paint();
  }

  function done() {
    canvas.removeEventListener('pointermove', draw);
    paint();
    room.classList.toggle('is-signed', strokes.length > 0);
    field.value = strokes.length ? picture() : '';
    if (field.value) blame('');
    field.dispatchEvent(new Event('change', { bubbles: true }));
  }

  function paint() {
    const scale = window.devicePixelRatio || 1;
    const box = canvas.getBoundingClientRect();
    canvas.width = Math.round(box.width * scale);
    canvas.height = Math.round(box.height * scale);
    paper.setTransform(scale, 0, 0, scale, 0, 0);
    if (kept?.complete && kept.naturalWidth) {
      const by = Math.min(box.width / kept.naturalWidth, box.height / kept.naturalHeight, 1);
      paper.drawImage(kept, (box.width - kept.naturalWidth * by) / 2, (box.height - kept.naturalHeight * by) / 2, kept.naturalWidth * by, kept.naturalHeight * by);
    }
    ink(paper, strokes);
  }

  /** Just the strokes, with a little air around them, on clear ground. */
  function picture() {
    const points = strokes.flat();
    const [left, top] = [0, 1].map((i) => Math.min(...points.map((p) => p[i])) - 8);
    const [right, bottom] = [0, 1].map((i) => Math.max(...points.map((p) => p[i])) + 8);
    const by = Math.min(2, LARGEST[0] / (right - left), LARGEST[1] / (bottom - top));
    const sheet = document.createElement('canvas');
    sheet.width = Math.max(1, Math.round((right - left) * by));
    sheet.height = Math.max(1, Math.round((bottom - top) * by));
    const pen = sheet.getContext('2d');
    pen.setTransform(by, 0, 0, by, -left * by, -top * by);
    ink(pen, strokes);
    return sheet.toDataURL('image/png');
  }

  function blame(words) {
    if (!fault) return;
    fault.hidden = !words;
    fault.querySelector('span').textContent = words;
    room.classList.toggle('is-invalid', Boolean(words));
  }

  // An answer that needs a signature says so before the way to the server.
  document.addEventListener('click', (event) => {
    const button = event.target.closest('button[form=step-form]');
    if (!fault || !button || event.defaultPrevented) return;
    const missing = 'signature' in button.dataset && !field.value;
    blame(missing ? fault.dataset.needed : '');
    if (!missing) return;
    event.preventDefault();
    room.scrollIntoView({ block: 'center' });
    canvas.focus();
  });
}

function ink(pen, strokes) {
  pen.lineWidth = WIDE;
  pen.lineCap = pen.lineJoin = 'round';
  pen.strokeStyle = pen.fillStyle = INK;
  for (const stroke of strokes) {
    pen.beginPath();
    if (stroke.length === 1) pen.arc(...stroke[0], WIDE / 2, 0, 7);
    else stroke.forEach(([x, y], i) => (i ? middle(pen, stroke[i - 1], [x, y]) : pen.moveTo(x, y)));
    if (stroke.length === 1) pen.fill();
    else { pen.lineTo(...stroke.at(-1)); pen.stroke(); }
  }
}

const middle = (pen, [ax, ay], [bx, by]) => pen.quadraticCurveTo(ax, ay, (ax + bx) / 2, (ay + by) / 2);

export function begin(room) {
  if ('ready' in room.dataset) return;
  room.dataset.ready = '';
  new Pad(room).begin();
}

document.querySelectorAll('[data-pad]').forEach(begin);
