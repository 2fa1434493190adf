// Which groups of fields each kind of element shows. Components are made once here: made anew on each change, typed text would land elsewhere.
import { Group } from '@bpmn-io/properties-panel';
import { h } from '@bpmn-io/properties-panel/preact';
import { useService } from 'bpmn-js-properties-panel';
import { is, isAny } from 'bpmn-js/lib/util/ModelUtil';
import * as automatic from './fields/automatic.jsx';
import * as events from './fields/events.jsx';
import * as flow from './fields/flow.jsx';
import * as general from './fields/general.jsx';
import * as outcomes from './fields/outcomes.jsx';
import * as task from './fields/task.jsx';
import { extension, owner } from './settings.js';
import { say } from './words.js';

const PERSON = (element) => isAny(element, ['bpmn:UserTask', 'bpmn:ManualTask']) || element.businessObject.$type === 'bpmn:Task';
const PROCESS = (element) => is(owner(element), 'bpmn:Process');
const SCRIPTED = (element) => is(element, 'bpmn:Activity') && !is(element, 'bpmn:ScriptTask');
const WITHOUT_ID = ['bpmn:TextAnnotation', 'bpmn:Group', 'bpmn:Collaboration', 'bpmn:Association'];

const numbers = new WeakMap();
let last = 0;

/** Which element it is, whatever it is called: a new id does not take the cursor away. */
function numberOf(element) {
  if (!numbers.has(element)) { last += 1; numbers.set(element, last); }
  return numbers.get(element);
}

const entry = (id, Component, when) => ({
  id, when,
  component: function Entry(props) {
    const board = useService('board');
    return h('fieldset', { class: 'mo-entry', disabled: !board.mayEdit }, h(Component, { board, element: props.element, key: `${numberOf(props.element)}:${board.drawn}` }));
  },
});

const GROUPS = [
  ['general', '基本', () => true, [
    entry('name', general.Name), entry('id', general.Id, (element) => !isAny(owner(element), WITHOUT_ID)),
    entry('category', general.Category, PROCESS), entry('starters', general.Starters, PROCESS), entry('when_parent_ends', general.WhenParentEnds, PROCESS),
    entry('executable', general.Executable, PROCESS), entry('documentation', general.Documentation)]],
  ['form', '表单', (element) => PERSON(element) || isPlainStart(element), [entry('form', task.Form)]],
  ['who', '办理人', PERSON, [entry('candidates', task.Who), entry('not', task.Barred), entry('duty', task.Duty), entry('on_empty', task.OnEmpty), entry('flags', task.Flags)]],
  ['time', '时限', PERSON, [entry('due', task.Due), entry('priority', task.Priority), entry('urgency', task.Urgency), entry('on_timeout', task.OnTimeout)]],
  ['outcomes', '按钮与会签', PERSON, [entry('outcomes', outcomes.Outcomes), entry('signing', outcomes.Signing), entry('repeat', task.Repeat)]],
  ['deeds', '退回与其他操作', PERSON, [entry('returnable_to', task.Returnable), entry('allow', task.Allow)]],
  ['timer', '时间', events.isTimer, [entry('timer', events.Timer), entry('on_timeout', task.OnTimeout, ringsBeside)]],
  ['reference', '消息与信号', (element) => Boolean(events.kindOf(element)), [entry('reference', events.Reference), entry('payload', events.Payload)]],
  ['condition-event', '条件', events.isConditional, [entry('condition', events.Condition)]],
  ['link', '连接', (element) => is(element, 'bpmn:Event') && events.definition(element)?.$type === 'bpmn:LinkEventDefinition', [entry('link', events.Link)]],
  ['operation', '自动执行', (element) => is(element, 'bpmn:ServiceTask'), [entry('operation', automatic.Operation)]],
  ['script', '脚本', (element) => is(element, 'bpmn:ScriptTask'), [entry('script', automatic.Script)]],
  ['table', '决策表', (element) => is(element, 'bpmn:BusinessRuleTask'), [entry('table', automatic.Table)]],
  ['called', '调用流程', (element) => is(element, 'bpmn:CallActivity'), [entry('called', automatic.Called)]],
  ['default', '分支', (element) => isAny(element, ['bpmn:ExclusiveGateway', 'bpmn:InclusiveGateway']) && owner(element).get('outgoing').length > 1, [entry('default', flow.Default)]],
  ['condition', '条件', flow.hasCondition, [entry('condition', flow.Condition)]],
  ['loop', '重复', (element) => is(element, 'bpmn:Activity'), [entry('loop', flow.Loop)]],
  ['around', '前后脚本', SCRIPTED, [entry('around', automatic.Around)]],
];
const OPEN = new Set(['general', 'form', 'who', 'time', 'outcomes', 'timer', 'reference', 'condition-event', 'operation', 'script', 'table', 'called', 'default', 'condition']);

function isPlainStart(element) {
  return is(element, 'bpmn:StartEvent') && !owner(element).get('eventDefinitions')?.length && is(owner(element).$parent, 'bpmn:Process');
}

function ringsBeside(element) {
  return is(element, 'bpmn:BoundaryEvent') && owner(element).cancelActivity === false && PERSON(element.host ?? { businessObject: {} , $instanceOf: () => false });
}

/** Which group of the panel holds a property, for findings that lead there. */
export function groupOf(element, name) {
  const found = GROUPS.find(([, , fits, entries]) => fits(element) && entries.some((each) => each.id === name));
  const inside = { personal: 'who', bulk: 'who', fields: 'form', resubmit: 'deeds', preScript: 'around', postScript: 'around' }[name];
  return found?.[0] ?? inside ?? '';
}

export class Provider {
  static $inject = ['propertiesPanel'];

  constructor(panel) {
    panel.registerProvider(500, this);
  }

  getGroups(element) {
    return () => GROUPS.filter(([, , fits]) => fits(element)).map(([id, label, , entries]) => ({
      id, label: say(label), component: Group, shouldOpen: OPEN.has(id) || (id === 'loop' && Boolean(flow.loopOf(element))) || (id === 'around' && hasScripts(element)),
      entries: entries.filter((each) => !each.when || each.when(element)),
    }));
  }
}

function hasScripts(element) {
  return Boolean(extension(owner(element), 'PreScript') || extension(owner(element), 'PostScript'));
}
