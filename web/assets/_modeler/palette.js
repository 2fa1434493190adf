// What can be drawn: an own palette with words, the patterns in the menus, a user task where bpmn-js would append a bare one.
import { sieve } from './drawable.js';
import { PATTERNS, escalate, shape, takesEscalation } from './patterns.js';
import { say } from './words.js';

const TOOLS = [['hand-tool', 'bpmn-icon-hand-tool', '移动画布', (m) => m.get('handTool').activateHand()], ['lasso-tool', 'bpmn-icon-lasso-tool', '框选', (m, e) => m.get('lassoTool').activateSelection(e)],
  ['space-tool', 'bpmn-icon-space-tool', '腾出空间', (m, e) => m.get('spaceTool').activateSelection(e)], ['global-connect-tool', 'bpmn-icon-connection-multi', '连线', (m, e) => m.get('globalConnect').start(e)]];
const DRAWN = [
  ['event', 'bpmn:StartEvent', 'bpmn-icon-start-event-none', '开始'], ['event', 'bpmn:EndEvent', 'bpmn-icon-end-event-none', '结束'],
  ['event', 'bpmn:IntermediateCatchEvent', 'bpmn-icon-intermediate-event-catch-timer', '等待', { eventDefinitionType: 'bpmn:TimerEventDefinition' }],
  ['event', 'bpmn:IntermediateThrowEvent', 'bpmn-icon-intermediate-event-none', '事件'],
  ['step', 'bpmn:UserTask', 'bpmn-icon-user-task', '用户任务'], ['step', 'bpmn:ServiceTask', 'bpmn-icon-service-task', '自动执行'],
  ['step', 'bpmn:BusinessRuleTask', 'bpmn-icon-business-rule-task', '决策表'], ['step', 'bpmn:ScriptTask', 'bpmn-icon-script-task', '脚本'],
  ['step', 'bpmn:CallActivity', 'bpmn-icon-call-activity', '调用流程'], ['step', 'bpmn:SubProcess', 'bpmn-icon-subprocess-expanded', '子流程', { isExpanded: true }],
  ['gateway', 'bpmn:ExclusiveGateway', 'bpmn-icon-gateway-xor', '选一条'], ['gateway', 'bpmn:ParallelGateway', 'bpmn-icon-gateway-parallel', '都走'],
  ['other', 'bpmn:Participant', 'bpmn-icon-participant', '泳池'], ['other', 'bpmn:TextAnnotation', 'bpmn-icon-text-annotation', '注释'],
];

// What BPMN calls it, for those who learned that word.
const BPMN = { 自动执行: '自动执行：BPMN 服务任务', 选一条: '选一条：BPMN 排他网关', 都走: '都走：BPMN 并行网关' };
const titled = (words) => say(BPMN[words] ?? words);

export class Palette {
  static $inject = ['palette', 'board', 'create', 'elementFactory', 'injector', 'popupMenu', 'canvas', 'selection', 'contextPad'];

  constructor(palette, board, create, elementFactory, injector, popupMenu, canvas, selection, contextPad) {
    Object.assign(this, { board, create, factory: elementFactory, injector, popupMenu, canvas, selection });
    palette.registerProvider(200, this);
    contextPad.registerProvider(200, this);
    for (const menu of ['bpmn-append', 'bpmn-create']) popupMenu.registerProvider(menu, 1500, { getPopupMenuEntries: (element) => this.menu(menu, element) });
  }

  getPaletteEntries() {
    return (entries) => {
      const { may } = sieve(this.board.lists.drawable);
      const own = Object.fromEntries(TOOLS.map(([id, icon, words, run]) => [id, { group: 'tools', html: face(icon, words), title: say(words), action: { click: (event) => run(this.injector, event) } }]));
      own['tool-separator'] = { group: 'tools', separator: true };
      for (const [group, type, icon, words, more] of DRAWN.filter(([, type, , , more]) => may({ type, ...more }))) {
        const start = (event) => this.begin(event, type, more);
        own[`create.${icon}`] = { group, html: face(icon, words), title: titled(words), action: { dragstart: start, click: start } };
      }
      for (const pattern of PATTERNS) {
        own[`pattern.${pattern.id}`] = { group: 'patterns', html: face(pattern.icon, pattern.label), title: say(pattern.help), action: { click: (event) => this.put(event, pattern), dragstart: (event) => this.put(event, pattern) } };
      }
      if (entries.create) own.create = { ...entries.create, group: 'more', html: face('bpmn-icon-screw-wrench', '更多'), title: say('更多元素') };
      return own;
    };
  }

  begin(event, type, more) {
    if (type === 'bpmn:Participant') { this.create.start(event, this.factory.createParticipantShape()); return; }
    const made = this.factory.createShape({ type, ...more });
    if (type !== 'bpmn:SubProcess') { this.create.start(event, made); return; }
    const inner = this.factory.createShape({ type: 'bpmn:StartEvent', x: 40, y: 82, parent: made });
    Object.assign(made, { x: 0, y: 0 });
    this.create.start(event, [made, inner], { hints: { autoSelect: [made] } });
  }

  put(event, pattern) {
    if (!pattern.to) { this.create.start(event, shape(this.board, pattern)); return; }
    const [chosen] = this.selection.get();
    if (takesEscalation(chosen)) escalate(this.board, chosen);
    else window.anlan.note(say('请先选中一个用户任务'));
  }

  getContextPadEntries(element) {
    return (entries) => {
      const { 'append.append-task': bare, ...kept } = entries;
      const append = (event, target) => { this.injector.get('autoPlace').append(target, this.factory.createShape({ type: 'bpmn:UserTask' })); };
      const drag = (event, target) => this.create.start(event, this.factory.createShape({ type: 'bpmn:UserTask' }), { source: target });
      const user = bare && { group: 'model', className: 'bpmn-icon-user-task', title: say('接一个用户任务'), action: { click: append, dragstart: drag } };
      const late = takesEscalation(element) && { group: 'edit', className: 'bpmn-icon-intermediate-event-catch-non-interrupting-timer', title: say('超时升级'), action: { click: () => escalate(this.board, element) } };
      return { ...(user ? { 'append.append-user-task': user } : {}), ...kept, ...(late ? { 'pattern.escalation': late } : {}) };
    };
  }

  menu(menu, element) {
    const group = { id: 'patterns', name: say('常用写法') };
    const fitting = PATTERNS.filter((pattern) => !pattern.to || (menu === 'bpmn-append' && takesEscalation(element)));
    return Object.fromEntries(fitting.map((pattern) => [`pattern-${pattern.id}`, { label: say(pattern.label), description: say(pattern.help), className: pattern.icon, group, action: this.actionOf(menu, element, pattern) }]));
  }

  actionOf(menu, element, pattern) {
    const close = () => this.popupMenu.close();
    if (pattern.to) return () => { close(); escalate(this.board, element); };
    if (menu === 'bpmn-create') return (event) => { close(); this.create.start(event, shape(this.board, pattern)); };
    return { click: () => { close(); this.injector.get('autoPlace').append(element, shape(this.board, pattern)); }, dragstart: (event) => { close(); this.create.start(event, shape(this.board, pattern), { source: element }); } };
  }
}

function face(icon, words) {
  return `<div class="entry mo-face" draggable="true"><i class="${icon}"></i><span>${say(words)}</span></div>`;
}

