// Marks on a drawn diagram, for comparisons, coverage and heat maps: classes on elements, and badges at their feet.
import './_marks.css';

/**
 * Put a class on each element and a badge on some. Ids that are not drawn are passed over.
 * @param viewer   a bpmn-js viewer with a diagram in it
 * @param classes  {element id: class or classes}
 * @param badges   {element id: text, or {text, title, className}}
 */
export function mark(viewer, classes, badges = {}) {
  const canvas = viewer.get('canvas');
  const registry = viewer.get('elementRegistry');
  for (const [id, names] of Object.entries(classes)) {
    if (registry.get(id)) for (const name of [names].flat()) canvas.addMarker(id, name);
  }
  for (const [id, words] of Object.entries(badges)) if (registry.get(id)) badge(viewer, id, words);
}

/** Take all badges off, and these classes. */
export function unmark(viewer, classes = {}) {
  const canvas = viewer.get('canvas');
  for (const [id, names] of Object.entries(classes)) {
    if (viewer.get('elementRegistry').get(id)) for (const name of [names].flat()) canvas.removeMarker(id, name);
  }
  viewer.get('overlays').remove({ type: 'an-mark' });
}

function badge(viewer, id, words) {
  const { text, title = '', className = '' } = typeof words === 'object' ? words : { text: words };
  const label = Object.assign(document.createElement('div'), { className: `an-mark-badge ${className}`, textContent: text, title });
  viewer.get('overlays').add(id, 'an-mark', { position: { bottom: -4, left: 0 }, html: label });
}
