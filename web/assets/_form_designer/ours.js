// The house's own fields in form-js's palette: a person, a unit, a grid, a word of a dictionary, photos, files, a signature.
import { h } from './preact.js';
import { english } from './chinese.js';

const KINDS = {
  person: ['人员', 'Person', 'selection', 'M12 12a4 4 0 1 0 0-8 4 4 0 0 0 0 8ZM5 20a7 7 0 0 1 14 0'],
  unit: ['部门或单位', 'Department or unit', 'selection', 'M4 20V9l8-5 8 5v11M9 20v-6h6v6'],
  grid: ['网格', 'Grid', 'selection', 'M4 4h16v16H4ZM4 12h16M12 4v16'],
  dictionary: ['字典项', 'Dictionary item', 'selection', 'M5 4h11a3 3 0 0 1 3 3v13H8a3 3 0 0 1-3-3ZM9 8h6M9 12h6'],
  photo: ['照片', 'Photos', 'basic-input', 'M4 8h3l2-3h6l2 3h3v11H4ZM12 16a3 3 0 1 0 0-6 3 3 0 0 0 0 6Z'],
  attachment: ['附件', 'Files', 'basic-input', 'M15 7l-6.5 6.5a2 2 0 0 0 3 3L18 10a4 4 0 0 0-6-6l-6.5 6.5a6 6 0 0 0 8.500 8.500L20 13'],
  signature: ['手写签名', 'Signature', 'basic-input', 'M3 17c3-8 6-10 6-6s-3 6-1 6 3-4 5-4 0 4 2 4 2-2 6-2'],
};
const ENTRIES = ['label', 'description', 'key', 'required', 'readonly'];

function drawing(path) {
  return () => h('svg', { width: 54, height: 54, viewBox: '-9 -9 42 42', fill: 'none', stroke: 'currentColor', 'stroke-width': 1.5 }, h('path', { d: path }));
}

function component(type, [zh, en, group, path]) {
  const name = english ? en : zh;
  const Shown = ({ field }) => h('div', { class: `fjs-form-field fjs-form-field-${type}` },
    h('label', { class: 'fjs-form-field-label' }, field.label || '', field.validate?.required && h('span', { class: 'fjs-asterix' }, '*')),
    h('div', { class: 'fd-ours' }, h('svg', { width: 18, height: 18, viewBox: '0 0 24 24', fill: 'none', stroke: 'currentColor', 'stroke-width': 1.5 }, h('path', { d: path })), name),
    field.description && h('div', { class: 'fjs-form-field-description' }, field.description));
  Shown.config = {
    type, keyed: true, name, group, icon: drawing(path), emptyValue: null, sanitizeValue: ({ value }) => value, propertiesPanelEntries: ENTRIES,
    create: (options = {}) => ({ label: name, ...options }),
  };
  return Shown;
}

class Ours {
  constructor(formFields) {
    for (const [type, said] of Object.entries(KINDS)) formFields.register(type, component(type, said));
  }
}
Ours.$inject = ['formFields'];

export const ours = { __init__: ['ours'], ours: ['type', Ours] };
export const OWN = Object.keys(KINDS);
