/** @jsx h */
// Ways out of gateways, and steps done many times.
import { h } from '@bpmn-io/properties-panel/preact';
import { is } from 'bpmn-js/lib/util/ModelUtil';
import { expression, owner } from '../settings.js';
import { say } from '../words.js';
import { Field, Pick, Text } from './base.jsx';
import { Expression } from './expression.jsx';

const chooses = (bo) => Boolean(bo) && (is(bo, 'bpmn:ExclusiveGateway') || is(bo, 'bpmn:InclusiveGateway'));

/** Whether a condition on the flow is read at all, or one stands there that should go. */
export function hasCondition(element) {
  const bo = owner(element);
  return is(bo, 'bpmn:SequenceFlow') && (chooses(bo.sourceRef) || Boolean(bo.conditionExpression));
}

export function Condition({ board, element }) {
  const flow = owner(element);
  const isDefault = flow.sourceRef.get('default') === flow;
  const source = flow.conditionExpression?.body ?? '';
  const keep = (text) => board.modeling.updateProperties(element, { conditionExpression: text ? expression(board, flow, text) : undefined });
  const setDefault = (on) => {
    const gateway = board.modeler.get('elementRegistry').get(flow.sourceRef.id);
    if (on && source) keep('');
    board.modeling.updateProperties(gateway, { default: on ? flow : undefined });
  };
  return (
    <div>
      {chooses(flow.sourceRef) && (
        <Field id="flow-default" label="" help={say('其他条件都不成立时走这条线')}>
          <label class="mo-check"><input type="checkbox" checked={isDefault} onChange={(event) => setDefault(event.target.checked)} /><span>{say('默认分支')}</span></label>
        </Field>
      )}
      {(!isDefault || source) && (
        <div>
          <Ready board={board} flow={flow} source={source} keep={keep} />
          <Expression board={board} element={element} id="condition" label={say('条件')} value={source} keep={keep} placeholder='confirm.outcome == "close"' help={say('成立时走这条线。输入字段或函数的开头，列表会给出可用的数据')} />
        </div>
      )}
    </div>
  );
}

/** The usual condition, picked: which button was pressed at the step before. */
function Ready({ board, flow, source, keep }) {
  const step = board.stepBefore(flow.sourceRef);
  if (!step) return null;
  const options = step.outcomes.map(({ value, label }) => ({ value: `${step.id}.outcome == ${JSON.stringify(value)}`, label: say('“{step}”选了“{button}”', { step: step.name || step.id, button: label }) }));
  return <Pick id="condition-ready" label={say('常用条件')} help={say('前一步按了哪个按钮')} value={options.some((each) => each.value === source) ? source : ''} options={options} empty={source ? say('（见下面的表达式）') : say('请选择')} keep={(text) => text && keep(text)} />;
}

export function Default({ board, element }) {
  const bo = owner(element);
  const flows = bo.get('outgoing') ?? [];
  const keep = (id) => {
    const flow = flows.find((each) => each.id === id);
    const shape = flow && board.modeler.get('elementRegistry').get(flow.id);
    if (flow?.conditionExpression) board.modeling.updateProperties(shape, { conditionExpression: undefined });
    board.modeling.updateProperties(element, { default: flow });
  };
  return <Pick id="default" label={say('默认分支')} help={say('其他条件都不成立时走这条线；没有默认分支，遇到没想到的情况流程会出错')} value={bo.get('default')?.id ?? ''} empty={say('请选择')} keep={keep}
    options={flows.map((flow) => ({ value: flow.id, label: [flow.name, flow.targetRef?.name || flow.targetRef?.id].filter(Boolean).join(' → ') }))} />;
}

// ── multi-instance and loops ──

export function loopOf(element) {
  return is(element, 'bpmn:Activity') ? owner(element).get('loopCharacteristics') : undefined;
}

export function Loop({ board, element }) {
  const bo = owner(element);
  const said = loopOf(element);
  const many = Boolean(said) && is(said, 'bpmn:MultiInstanceLoopCharacteristics');
  const value = !said ? '' : !many ? 'loop' : said.get('isSequential') ? 'sequential' : 'parallel';
  const choose = (next) => {
    if (!next) { board.modeling.updateProperties(element, { loopCharacteristics: undefined }); return; }
    const made = next === 'loop' ? board.create('bpmn:StandardLoopCharacteristics', { loopMaximum: 10 })
      : board.create('bpmn:MultiInstanceLoopCharacteristics', { isSequential: next === 'sequential' });
    made.$parent = bo;
    if (next !== 'loop') made.loopCardinality = many && said.get('loopCardinality') ? said.get('loopCardinality') : expression(board, made, '2');
    board.modeling.updateProperties(element, { loopCharacteristics: made });
  };
  const set = (changes) => board.modeling.updateModdleProperties(element, said, changes);
  return (
    <div>
      <Pick id="loop" label={say('做几次')} help={say('多人各自表态请用上面的会签；这里用于按数量重复同一步')} value={value} empty={say('一次')} keep={choose}
        options={[{ value: 'parallel', label: say('多次，同时进行') }, { value: 'sequential', label: say('多次，一个接一个') }, { value: 'loop', label: say('循环，直到条件不成立') }]} />
      {many && !said.get('loopDataInputRef') && <Expression board={board} element={element} id="loop-count" label={say('次数')} help={say('数，或给出数的表达式，如 len(start.assignees)')} rows={1} value={said.get('loopCardinality')?.body ?? ''} keep={(text) => set({ loopCardinality: text ? expression(board, said, text) : undefined })} />}
      {many && said.get('loopDataInputRef') && <Collection said={said} set={set} />}
      {value === 'loop' && (
        <div>
          <Expression board={board} element={element} id="loop-condition" label={say('条件')} help={say('成立时再做一次')} rows={1} value={said.get('loopCondition')?.body ?? ''} keep={(text) => set({ loopCondition: text ? expression(board, said, text) : undefined })} />
          <Text id="loop-maximum" label={say('最多几次')} type="number" min="1" value={String(said.get('loopMaximum') ?? '')} keep={(text) => set({ loopMaximum: text ? Math.max(1, Math.round(Number(text))) : undefined })} />
        </div>
      )}
    </div>
  );
}

function Collection({ said, set }) {
  const ref = said.get('loopDataInputRef');
  return (
    <Field id="loop-collection" label={say('逐项办理')} group>
      <p class="mo-hint">{say('集合：{name}', { name: ref.name || ref.id })}</p>
      <button type="button" class="mo-link" onClick={() => set({ loopDataInputRef: undefined, loopDataOutputRef: undefined, inputDataItem: undefined, outputDataItem: undefined })}>{say('改用次数')}</button>
    </Field>
  );
}
