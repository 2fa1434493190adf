// The patterns of the house: 审批, 会签, 整改, 通知 as steps that are set up already, 超时升级 as what is added to a step.
import { is, isAny } from 'bpmn-js/lib/util/ModelUtil';
import { expression, json } from './settings.js';
import { say } from './words.js';

const APPROVE = [{ value: 'agree', label: '同意', style: 'primary' }, { value: 'return', label: '退回', opinion: true, style: 'danger' }];

export const PATTERNS = [
  { id: 'approval', label: '审批', icon: 'bpmn-icon-user', help: '一人审批：同意或退回，两个工作日', type: 'bpmn:UserTask', set: {
    candidates: ['fgld(UNIT) or gm(UNIT)'], due: 'P2D', form: 'none', duty: 'approve', outcomes: json(APPROVE), returnable_to: 'starter' } },
  { id: 'countersign', label: '会签', icon: 'bpmn-icon-parallel-mi-marker', help: '几个人各自表态，全部同意才通过', type: 'bpmn:UserTask', set: {
    candidates: ['fgld(UNIT) + gm(UNIT)'], due: 'P3D', form: 'none', duty: 'approve', outcomes: json([APPROVE[0], { ...APPROVE[1], value: 'disagree', label: '不同意' }]), signing: json({ mode: 'all', veto: true }) } },
  { id: 'rectify', label: '整改', icon: 'bpmn-icon-manual', help: '由网格负责人整改，五个工作日', type: 'bpmn:UserTask', set: {
    candidates: ['grid_owner(UNIT)'], due: 'P5D', form: 'none', duty: 'do', allow: 'transfer', outcomes: json([{ value: 'done', label: '提交整改结果', style: 'primary' }]) } },
  { id: 'notify', label: '通知', icon: 'bpmn-icon-service', help: '给一些人发通知，不产生待办', type: 'bpmn:ServiceTask', operator: ['flow.notify', { code: '"N-13"', to: 'starter()', text: '"您发起的“{title}”有新进展"' }] },
  { id: 'escalation', label: '超时升级', icon: 'bpmn-icon-intermediate-event-catch-non-interrupting-timer', help: '给选中的步骤加上：到时给上一级负责人增加任务并通知', to: true },
];

/** An expression about a place, written with the place this flow knows; whoever started it when there is none. */
function placed(board, said) {
  const text = Array.isArray(said) ? said[0] : said;
  return text.includes('UNIT') && !board.unit ? 'starter()' : text.replaceAll('UNIT', board.unit);
}

/** A shape as the pattern sets it up, not yet on the canvas. */
export function shape(board, pattern) {
  const attributes = { name: say(pattern.label) };
  if (pattern.set) attributes.extensionElements = extensions(board, properties(board, pattern.set));
  if (pattern.operator) attributes.extensionElements = extensions(board, operator(board, ...pattern.operator));
  const made = board.modeler.get('elementFactory').createShape({ type: pattern.type });
  Object.assign(made.businessObject, attributes);
  if (attributes.extensionElements) attributes.extensionElements.$parent = made.businessObject;
  return made;
}

function extensions(board, value) {
  return board.create('bpmn:ExtensionElements', { values: [value] });
}

function properties(board, said) {
  return board.create('spiffworkflow:Properties', { properties: Object.entries(said).map(([name, value]) => board.create('spiffworkflow:Property', { name, value: placed(board, value) })) });
}

function operator(board, id, said) {
  const parameters = Object.entries(said).map(([name, value]) => board.create('spiffworkflow:Parameter', { id: name, type: 'str', value }));
  return board.create('spiffworkflow:ServiceTaskOperator', { id, resultVariable: '', parameterList: board.create('spiffworkflow:Parameters', { parameters }) });
}

/** The first place from here down where a step with an end behind it stands on no other shape. */
function room(board, task, x, y) {
  const others = board.modeler.get('elementRegistry').filter((each) => each.width && !each.waypoints && each !== task.parent && each.parent && !isAny(each, ['bpmn:Participant', 'bpmn:Lane']));
  const taken = (top) => others.some((each) => each.x < x + 180 && each.x + each.width > x - 60 && each.y < top + 50 && each.y + each.height > top - 50);
  const free = Array.from({ length: 12 }, (_, row) => y + row * 60).find((top) => !taken(top));
  return { x, y: free ?? y };
}

/** Boundary timer, escalation and end, hung on a step. */
export function escalate(board, task) {
  const { modeling } = board;
  const parent = task.parent;
  const factory = board.modeler.get('elementFactory');
  const timer = modeling.createShape(factory.createShape({ type: 'bpmn:BoundaryEvent', eventDefinitionType: 'bpmn:TimerEventDefinition', cancelActivity: false }),
    { x: task.x + task.width - 25, y: task.y + task.height }, task, { attach: true });
  modeling.updateLabel(timer, say('2 个工作日'));
  const [definition] = timer.businessObject.eventDefinitions;
  modeling.updateModdleProperties(timer, definition, { timeDate: expression(board, definition, 'workdays(2)') });
  const step = modeling.appendShape(timer, factory.createShape({ type: 'bpmn:ServiceTask' }), room(board, task, timer.x + 110, timer.y + 110), parent);
  modeling.updateLabel(step, say('升级上一级'));
  const made = operator(board, 'flow.escalate', { element: JSON.stringify(task.id) });
  const holder = extensions(board, made);
  holder.$parent = step.businessObject;
  modeling.updateProperties(step, { extensionElements: holder });
  modeling.appendShape(step, factory.createShape({ type: 'bpmn:EndEvent' }), { x: step.x + step.width + 70, y: step.y + step.height / 2 }, parent);
  board.modeler.get('selection').select(timer);
}

export function takesEscalation(element) {
  return Boolean(element) && is(element, 'bpmn:UserTask');
}

