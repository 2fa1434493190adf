// The drawing as a file: BPMN, SVG, PNG. And a file as the drawing.
import { say } from './words.js';

export function save(name, content, type) {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(content instanceof Blob ? content : new Blob([content], { type }));
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 1000);
}

export async function download(board, kind) {
  if (kind === 'bpmn') { save(`${board.key}.bpmn`, await board.content(), 'application/xml'); return; }
  const { svg } = await board.modeler.saveSVG();
  if (kind === 'svg') save(`${board.key}.svg`, svg, 'image/svg+xml');
  else save(`${board.key}.png`, await picture(svg));
}

const SCALE = 2;
const LARGEST = 12000;

function picture(svg) {
  return new Promise((resolve, reject) => {
    const image = new Image();
    image.onload = () => {
      const scale = Math.min(SCALE, LARGEST / Math.max(image.width, image.height));
      const canvas = Object.assign(document.createElement('canvas'), { width: image.width * scale, height: image.height * scale });
      const pen = canvas.getContext('2d');
      pen.fillStyle = '#fff';
      pen.fillRect(0, 0, canvas.width, canvas.height);
      pen.drawImage(image, 0, 0, canvas.width, canvas.height);
      canvas.toBlob((blob) => (blob ? resolve(blob) : reject(new Error('png'))), 'image/png');
    };
    image.onerror = () => reject(new Error('svg'));
    image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(svg)}`;
  });
}

/** Put a file's drawing in place of this one, as one change that is saved. Its process is called as this one. */
export async function take(board, text) {
  const moddle = board.modeler.get('moddle');
  const { rootElement } = await moddle.fromXML(text);
  const processes = (rootElement.rootElements ?? []).filter((each) => each.$type === 'bpmn:Process');
  if (processes.length !== 1) throw new Error(say('文件里须恰好有一个流程，现有 {count} 个', { count: processes.length }));
  processes[0].set('id', board.key);
  return (await moddle.toXML(rootElement, { format: true })).xml;
}
