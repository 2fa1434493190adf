// What lint on the server says of the drawing: marks on the elements, a list below, and a click that leads to the property.
import { el, icon } from '../_icon.js';
import { settle } from './fields/base.jsx';
import { groupOf } from './provider.js';
import { say } from './words.js';

const PAUSE = 900;

export class Findings {
  constructor(board, list, show) {
    Object.assign(this, { board, list, show, found: [], timer: 0, asked: 0 });
    board.modeler.on('commandStack.changed', () => this.later());
    this.now();
  }

  later() {
    this.board.known.forget();
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.now(), PAUSE);
  }

  async now() {
    clearTimeout(this.timer);
    this.asked += 1;
    const mine = this.asked;
    try {
      const { xml } = await this.board.modeler.saveXML({ format: true });
      const { findings } = await this.board.send('check', { content: xml });
      if (mine === this.asked) this.draw(findings);
    } catch {
      this.show(null);
    }
  }

  draw(found) {
    this.found = found;
    this.show(found);
    this.marks();
    this.list.replaceChildren(...(found.length ? found.map((one) => this.line(one)) : [el('li', { class: 'mo-fine' }, icon('circle-check'), say('没有发现问题，可以部署'))]));
  }

  line(one) {
    const element = this.at(one);
    const button = el('button', { type: 'button', class: `mo-finding mo-finding-${one.severity}` }, icon(one.severity === 'error' ? 'circle-x' : 'alert-triangle'),
      el('span', { class: 'mo-finding-where', 'data-text': true }, element?.businessObject?.name || one.element || say('整个流程')), el('span', { 'data-text': true }, one.text));
    button.addEventListener('click', () => this.lead(one));
    return el('li', {}, button);
  }

  at({ element }) {
    const registry = this.board.modeler.get('elementRegistry');
    return registry.get(element) ?? registry.find((each) => each.businessObject?.processRef?.id === element || each.businessObject?.id === element) ?? this.owner(element);
  }

  /** A message or signal is not on the canvas: the first event that names it is. */
  owner(id) {
    return this.board.modeler.get('elementRegistry').find(({ businessObject: bo }) => (bo?.eventDefinitions ?? []).some((each) => [each.messageRef, each.signalRef, each.errorRef, each.escalationRef].some((ref) => ref?.id === id)));
  }

  marks() {
    const overlays = this.board.modeler.get('overlays');
    overlays.remove({ type: 'mo-finding' });
    const byElement = grouped(this.found, (one) => this.at(one)?.id ?? '');
    const registry = this.board.modeler.get('elementRegistry');
    for (const [id, found] of byElement) {
      const element = registry.get(id);
      if (!element || !element.parent) continue;
      const worst = found.some(({ severity }) => severity === 'error') ? 'error' : 'warning';
      const mark = el('button', { type: 'button', class: `mo-mark mo-mark-${worst}`, title: found.map(({ text }) => text).join('\n'), 'aria-label': found[0].text }, icon(worst === 'error' ? 'circle-x' : 'alert-triangle'));
      mark.addEventListener('click', () => this.lead(found[0]));
      overlays.add(id, 'mo-finding', { position: element.waypoints ? { top: -11, left: 0 } : { top: -12, left: -12 }, html: mark });
    }
  }

  /** Select the element, and put the person at the property. */
  lead(one) {
    const { modeler } = this.board;
    const element = this.at(one) ?? modeler.get('canvas').getRootElement();
    settle();
    const canvas = modeler.get('canvas');
    const root = canvas.findRoot(element);
    if (root && root !== canvas.getRootElement()) canvas.setRootElement(root);
    modeler.get('selection').select(element.parent ? element : null);
    if (element.parent) canvas.scrollToElement(element, { top: 120, bottom: 260, left: 160, right: 80 });
    if (one.property) requestAnimationFrame(() => this.open(element, one.property));
  }

  open(element, name) {
    const group = groupOf(element, name);
    const section = document.querySelector(`.mo-panel [data-group-id="group-${group}"]`);
    if (section && !section.querySelector('.bio-properties-panel-group-entries.open')) section.querySelector('.bio-properties-panel-group-header').click();
    setTimeout(() => {
      const field = document.querySelector(`.mo-panel [data-entry-id="${CSS.escape(name)}"]`);
      if (!field) return;
      field.scrollIntoView({ block: 'center' });
      field.classList.add('is-pointed-at');
      setTimeout(() => field.classList.remove('is-pointed-at'), 2500);
      field.querySelector('input, select, textarea, button.mo-add')?.focus();
    }, 60);
  }
}

function grouped(list, key) {
  const found = new Map();
  for (const one of list) found.set(key(one), [...(found.get(key(one)) ?? []), one]);
  return found;
}
