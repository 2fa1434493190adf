// Only what the engine runs is offered. The list comes from the server, which asks lint; here the menus are sieved by it.
import { PopupEntries } from 'bpmn-js/lib/features/popup-menu/PopupEntries';
import * as replace from 'bpmn-js/lib/features/replace/ReplaceOptions';
import { is } from 'bpmn-js/lib/util/ModelUtil';

const targets = new Map();
for (const options of Object.values(replace)) {
  for (const list of Array.isArray(options) ? [options] : Object.values(options)) {
    for (const each of list) if (each.actionName && each.target) targets.set(each.actionName, [...(targets.get(each.actionName) ?? []), each.target]);
  }
}
const REFUSED = ['toggle-adhoc', 'toggle-is-for-compensation', 'replace-with-empty-pool', 'replace-with-collapsed-pool'];
const PREFIX = /^(create|append)-/;

/** The name lint's list has for what an entry of a menu makes. */
function nameOf(target, inEventSubProcess) {
  const tag = target.type.slice(5, 6).toLowerCase() + target.type.slice(6);
  const kind = target.eventDefinitionType?.replace(/^bpmn:|EventDefinition$/g, '').toLowerCase();
  if (target.triggeredByEvent) return 'eventSubProcess';
  if (tag === 'startEvent' && kind && (inEventSubProcess || target.isInterrupting === false)) return `eventSubProcess:${kind}${target.isInterrupting === false ? ':non' : ''}`;
  if (!kind) return tag;
  return `${tag}:${kind}${tag === 'boundaryEvent' && target.cancelActivity === false ? ':non' : ''}`;
}

const ALWAYS = new Set(['startEvent', 'endEvent', 'participant', 'lane', 'textAnnotation', 'group', 'sequenceFlow']);

export function sieve(drawable) {
  const runs = new Set(drawable);
  const eventSubProcesses = drawable.some((name) => name.startsWith('eventSubProcess:'));
  const may = (target, inside) => {
    const name = nameOf(target, inside);
    if (target.instantiate || target.type === 'bpmn:ComplexGateway' && !runs.has('complexGateway')) return false;
    return ALWAYS.has(name) || runs.has(name) || (name === 'eventSubProcess' && eventSubProcesses);
  };
  const fits = (id, inside) => {
    if (REFUSED.includes(id)) return false;
    const plain = id.replace(PREFIX, '');
    const known = targets.get(plain) ?? targets.get(id) ?? [PopupEntries[plain]?.target ?? PopupEntries[plain.replace(/^replace-with-/, '')]?.target].filter(Boolean);
    return !known.length || known.some((target) => may(target, inside));
  };
  return { fits, may };
}

/** Runs after the providers of bpmn-js and takes out what would not run. */
export class Sieve {
  static $inject = ['popupMenu', 'board'];

  constructor(popupMenu, board) {
    for (const menu of ['bpmn-replace', 'bpmn-append', 'bpmn-create']) popupMenu.registerProvider(menu, 200, this);
    this.board = board;
  }

  getPopupMenuEntries(element) {
    return (entries) => this.kept(entries, element);
  }

  getPopupMenuHeaderEntries(element) {
    return (entries) => this.kept(entries, element);
  }

  kept(entries, element) {
    const inside = Boolean(element?.parent && is(element.parent, 'bpmn:SubProcess') && element.parent.businessObject.triggeredByEvent);
    const { fits } = sieve(this.board.lists.drawable);
    return Object.fromEntries(Object.entries(entries).filter(([id]) => fits(id, inside)));
  }
}
