// What the parts of the modeler share: the drawing, the server, the lists, and small questions about the diagram.
import { isAny } from 'bpmn-js/lib/util/ModelUtil';
import { settle } from './fields/base.jsx';
import { Known } from './known.js';
import { parsed, processOf, property } from './settings.js';

const token = () => document.querySelector('meta[name="csrf-token"]').content;
export const DONE = [{ value: 'done', label: '提交' }];

const PALETTE = 164; // pixels that the palette takes, with some air
const MARGIN = 32;
const LEGIBLE = 0.7;

export class Refused extends Error {
  constructor(status, words, login = '') {
    super(words);
    this.status = status;
    this.login = login;
  }
}

export class Board {
  constructor(data, english) {
    Object.assign(this, data); // key, name, xml, revision, mayEdit, urls, me …
    this.english = english;
    this.lists = null;
    this.modeler = null;
    this.drawn = 0; // grows when a field must show again what the diagram holds
    this.known = new Known(this);
    this.forms = new Map();
    this.unit = ''; // the entry of the data that says where the case is at home, for patterns and new candidates
  }

  get modeling() {
    return this.modeler.get('modeling');
  }

  create(type, attributes) {
    const made = this.modeler.get('bpmnFactory').create(type, attributes);
    for (const value of Object.values(attributes)) for (const each of [value].flat()) if (each?.$type && !each.$parent) each.$parent = made;
    return made;
  }

  /** Several changes of moddle elements as one step of undo: [[element, moddleElement, properties], …]. */
  together(changes) {
    this.modeler.get('commandStack').execute('properties-panel.multi-command-executor', changes.map(([element, moddleElement, properties]) => (
      { cmd: 'element.updateModdleProperties', context: { element, moddleElement, properties } })));
  }

  redraw(element) {
    this.drawn += 1;
    this.modeler.get('eventBus').fire('propertiesPanel.providersChanged', { element });
  }

  /** Show a file, the whole of it. */
  async draw(xml) {
    const { warnings } = await this.modeler.importXML(xml);
    const serious = warnings.filter(({ message }) => /unparsable|unresolved/.test(message));
    if (serious.length) window.anlan.note(serious[0].message.slice(0, 200), 'danger');
    const canvas = this.modeler.get('canvas');
    this.fit(canvas);
  }

  /** All of it right of the palette; when that is too small to read, its beginning. */
  fit(canvas = this.modeler.get('canvas'), whole = false) {
    const { inner, outer } = canvas.viewbox();
    const left = this.mayEdit ? PALETTE : MARGIN;
    const fitting = Math.min((outer.width - left - MARGIN) / inner.width, (outer.height - 2 * MARGIN) / inner.height, 1);
    const scale = whole ? fitting : Math.max(fitting, LEGIBLE);
    const top = Math.max(MARGIN, (outer.height - inner.height * scale) / 2);
    canvas.viewbox({ x: inner.x - left / scale, y: inner.y - top / scale, width: outer.width / scale, height: outer.height / scale });
  }

  /** What the process is called now. */
  title() {
    return (processOf(this)?.name || this.name || this.key).slice(0, 100);
  }

  /** The file as it is drawn now. */
  async content() {
    settle();
    const { xml } = await this.modeler.saveXML({ format: true });
    return xml;
  }

  /** The lists as they are now; fields show them when one comes back. */
  async refresh() {
    const lists = await this.get(this.urls.lists);
    if (!lists.functions || JSON.stringify(lists) === JSON.stringify(this.lists)) return;
    this.lists = lists;
    this.forms.clear();
    this.known.forget();
    this.modeler.get('eventBus').fire('propertiesPanel.providersChanged');
  }

  // ── questions about the diagram ──

  /** Steps that people do, with their buttons. */
  tasks() {
    return this.modeler.get('elementRegistry').filter((element) => !element.labelTarget && isPerson(element.businessObject))
      .map(({ businessObject }) => ({ id: businessObject.id, name: businessObject.name }));
  }

  laneOf(element) {
    return (element.businessObject.get('lanes') ?? [])[0]?.name ?? '';
  }

  /** The step of a person that leads straight to a node, with its buttons. */
  stepBefore(node, seen = new Set()) {
    if (!node || seen.has(node)) return null;
    seen.add(node);
    if (isPerson(node)) return { id: node.id, name: node.name, outcomes: outcomesOf(node) };
    for (const { sourceRef } of node.get('incoming') ?? []) {
      const found = this.stepBefore(sourceRef, seen);
      if (found) return found;
    }
    return null;
  }

  freeId(prefix) {
    const { ids } = this.modeler.get('moddle');
    let number = 1;
    while (ids.assigned(`${prefix}_${number}`)) number += 1;
    return `${prefix}_${number}`;
  }

  /** Learn which place the data names: at an end everything is known. */
  async learn() {
    const end = this.modeler.get('elementRegistry').find((element) => element.type === 'bpmn:EndEvent') ?? this.modeler.get('canvas').getRootElement();
    const { fields } = await this.known.at(end);
    const places = fields.filter(({ type }) => type === 'unit').map(({ path }) => path);
    this.unit = places.find((path) => path.startsWith('start.')) ?? places[0] ?? '';
  }

  // ── the server ──

  /** Ask the server. Rejects with Refused, or with a TypeError when there is no connection. */
  async send(name, body, method = 'POST') {
    const answer = await fetch(this.urls[name], {
      method, body: body && JSON.stringify(body), credentials: 'same-origin',
      headers: { Accept: 'application/json', 'Content-Type': 'application/json', 'X-CSRFToken': token(), ...(name === 'visit' ? { 'X-Background': '1' } : {}) },
    });
    const found = (answer.headers.get('Content-Type') ?? '').includes('json') ? await answer.json() : {};
    if (!answer.ok) throw new Refused(answer.status, found.error ?? answer.statusText, found.login);
    return found;
  }

  get(address) {
    return fetch(address, { headers: { Accept: 'application/json' } }).then((answer) => (answer.ok ? answer.json() : {}), () => ({}));
  }

  async fields(form) {
    if (!this.forms.has(form)) this.forms.set(form, this.get(this.urls.fields.replace('FORM', encodeURIComponent(form))).then(({ fields }) => fields ?? []));
    return this.forms.get(form);
  }

  find(text) {
    return this.get(`${this.urls.people}?q=${encodeURIComponent(text)}`).then(({ items }) => items ?? []);
  }
}

function isPerson(bo) {
  return isAny(bo, ['bpmn:UserTask', 'bpmn:ManualTask']) || bo.$type === 'bpmn:Task';
}

export function outcomesOf(bo) {
  const said = parsed(property(bo, 'outcomes'), []);
  return Array.isArray(said) && said.length ? said : DONE;
}

