/** @jsx h */
// Events: when, which message or signal, and what it carries.
import { h } from '@bpmn-io/properties-panel/preact';
import { is } from 'bpmn-js/lib/util/ModelUtil';
import { expression, owner, setText, textOf } from '../settings.js';
import { say } from '../words.js';
import { Pick, Text } from './base.jsx';
import { Expression } from './expression.jsx';
import { Timer as TimerField } from './time.jsx';

const TAGS = ['timeDate', 'timeDuration', 'timeCycle'];
const KINDS = { 'bpmn:MessageEventDefinition': 'message', 'bpmn:SignalEventDefinition': 'signal', 'bpmn:ErrorEventDefinition': 'error', 'bpmn:EscalationEventDefinition': 'escalation' };

export function definition(element) {
  return owner(element).get('eventDefinitions')?.[0];
}

/** message, signal, error or escalation; '' for the rest. */
export function kindOf(element) {
  const bo = owner(element);
  if (is(bo, 'bpmn:SendTask') || is(bo, 'bpmn:ReceiveTask')) return 'message';
  return is(bo, 'bpmn:Event') ? KINDS[definition(element)?.$type] ?? '' : '';
}

export function isTimer(element) {
  return is(element, 'bpmn:Event') && Boolean(definition(element)) && is(definition(element), 'bpmn:TimerEventDefinition');
}

export function isConditional(element) {
  return is(element, 'bpmn:Event') && Boolean(definition(element)) && is(definition(element), 'bpmn:ConditionalEventDefinition');
}

export function Timer({ board, element }) {
  const said = definition(element);
  const tag = TAGS.find((each) => said.get(each)) ?? 'timeDate';
  const source = said.get(tag)?.body ?? '';
  const keep = (next, text) => {
    if (next === tag && text === source) return;
    const changes = Object.fromEntries(TAGS.map((each) => [each, each === next && text ? expression(board, said, text) : undefined]));
    board.modeling.updateModdleProperties(element, said, changes);
  };
  return <TimerField board={board} element={element} source={source} tag={tag} keep={keep} start={is(element, 'bpmn:StartEvent')} once={happensOnce(element)} />;
}

export function Condition({ board, element }) {
  const said = definition(element);
  return <Expression board={board} element={element} id="condition" label={say('条件')} help={say('成立时触发')} value={said.get('condition')?.body ?? ''}
    keep={(text) => board.modeling.updateModdleProperties(element, said, { condition: text ? expression(board, said, text) : undefined })} />;
}

/** The token goes on from here, or the activity is interrupted: no cycle. */
function happensOnce(element) {
  return is(element, 'bpmn:IntermediateCatchEvent') || (is(element, 'bpmn:BoundaryEvent') && owner(element).get('cancelActivity') !== false);
}

// ── message, signal, error, escalation: by name ──

const WORDS = {
  message: { label: '消息', fresh: '新消息', help: '按名称收发：发送方和接收方选同一个' }, signal: { label: '信号', fresh: '新信号', help: '广播：所有在等这个信号的流程都会收到' },
  error: { label: '错误', fresh: '新错误', help: '由边界事件接住；不选则接住任何错误' }, escalation: { label: '升级', fresh: '新升级', help: '由边界事件接住；不选则接住任何升级' },
};

function place(element) {
  return is(owner(element), 'bpmn:Event') ? definition(element) : owner(element);
}

export function Reference({ board, element }) {
  const kind = kindOf(element);
  const on = place(element);
  const type = `bpmn:${kind[0].toUpperCase()}${kind.slice(1)}`;
  const definitions = board.modeler.getDefinitions();
  const all = definitions.rootElements.filter((each) => is(each, type));
  const chosen = on.get(`${kind}Ref`);
  const code = `${kind}Code`;
  const choose = (id) => {
    if (id !== '+') { board.modeling.updateModdleProperties(element, on, { [`${kind}Ref`]: all.find((each) => each.id === id) }); return; }
    const made = board.create(type, { id: board.freeId(kind), name: say(WORDS[kind].fresh), ...(kind === 'error' || kind === 'escalation' ? { [code]: board.freeId(kind) } : {}) });
    made.$parent = definitions;
    board.together([[element, definitions, { rootElements: [...definitions.rootElements, made] }], [element, on, { [`${kind}Ref`]: made }]]);
  };
  return (
    <div>
      <Pick id="reference" label={say(WORDS[kind].label)} help={say(WORDS[kind].help)} value={chosen?.id ?? ''} empty={say('请选择')} keep={choose}
        options={[...all.map((each) => ({ value: each.id, label: each.name || each.id })), { value: '+', label: say('＋ 新建…') }]} />
      {chosen && <Text id="reference-name" label={say('名称')} value={chosen.name ?? ''} keep={(name) => board.modeling.updateModdleProperties(element, chosen, { name })} />}
      {chosen && (kind === 'error' || kind === 'escalation') && <Text id="reference-code" label={say('代码')} help={say('抛出和接住按代码对上')} value={chosen.get(code) ?? ''} keep={(text) => board.modeling.updateModdleProperties(element, chosen, { [code]: text })} />}
    </div>
  );
}

/** What it carries, and under which name it is kept. A message says so at each event, the others once for all. */
export function Payload({ board, element }) {
  const kind = kindOf(element);
  const holder = kind === 'message' ? place(element) : place(element).get(`${kind}Ref`);
  if (!holder) return null;
  const [content, variable] = kind === 'message' ? ['MessagePayload', 'MessageVariable'] : ['PayloadExpression', 'VariableName'];
  const throwing = is(element, 'bpmn:ThrowEvent') || is(element, 'bpmn:SendTask');
  return (
    <div>
      {(throwing || textOf(holder, content)) && <Expression board={board} element={element} id="payload" label={say('内容')} help={say('随它送去的数据')} value={textOf(holder, content)} keep={(text) => setText(board, element, content, text, holder)} />}
      {(!throwing || textOf(holder, variable)) && <Text id="variable" label={say('存为')} help={say('收到的内容以这个名字进入流程数据')} value={textOf(holder, variable)} keep={(text) => setText(board, element, variable, text.trim(), holder)} />}
    </div>
  );
}

export function Link({ board, element }) {
  const said = definition(element);
  return <Text id="link" label={say('连接名')} value={said.get('name') ?? ''} keep={(name) => board.modeling.updateModdleProperties(element, said, { name })} />;
}
