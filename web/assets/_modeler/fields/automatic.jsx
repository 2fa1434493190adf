/** @jsx h */
// What the house does by itself: operations with their arguments, scripts, decision tables, called processes.
import { h } from '@bpmn-io/properties-panel/preact';
import { useEffect, useState } from '@bpmn-io/properties-panel/preact/hooks';
import { quoted, unquoted } from '../chain.js';
import { extension, owner, setExtension, setText, textOf } from '../settings.js';
import { say } from '../words.js';
import { Area, Cell, Field, Pick } from './base.jsx';
import { Candidates } from './candidates.jsx';
import { Expression } from './expression.jsx';

// ── service task ──

export function Operation({ board, element }) {
  const operator = extension(owner(element), 'ServiceTaskOperator');
  const name = operator?.id ?? '';
  const said = board.lists.operations.find((each) => each.name === name);
  const given = Object.fromEntries((operator?.parameterList?.parameters ?? []).map((each) => [each.id, each.value]));
  const options = board.lists.operations.map((each) => ({ value: each.name, label: each.label, group: each.library ? say('通用') : say('业务') }));
  const set = (id, value) => write(board, element, name, { ...given, [id]: value });
  const choose = (next) => write(board, element, next, Object.fromEntries((board.lists.operations.find((each) => each.name === next)?.arguments ?? []).filter((each) => each.required).map((each) => [each.name, given[each.name] ?? ''])));
  const others = Object.keys(given).filter((id) => !said?.arguments.some((each) => each.name === id));
  return (
    <div>
      <Pick id="operation" label={say('做什么')} help={say('系统到达这一步时自动执行，失败时成为异常，由流程管理员重试')} value={name} options={options} empty={say('请选择')} keep={choose} />
      {said?.help && <p class="mo-hint mo-indent">{said.help}</p>}
      {said?.arguments.map((each) => <Parameter key={`${name}-${each.name}`} board={board} element={element} said={each} source={given[each.name] ?? ''} keep={(value) => set(each.name, value)} />)}
      {others.map((id) => <Expression key={`${name}-${id}`} board={board} element={element} id={`parameter-${id}`} label={id} value={given[id]} kind="candidates" rows={1} keep={(value) => set(id, value)} />)}
      {said?.open && <More taken={[...said.arguments.map((each) => each.name), ...others]} add={(id) => set(id, '""')} />}
    </div>
  );
}

function write(board, element, name, given) {
  const before = extension(owner(element), 'ServiceTaskOperator');
  if (!name) { setExtension(board, element, 'ServiceTaskOperator', null); return; }
  const kept = before?.parameterList?.parameters ?? [];
  const ids = [...kept.map((each) => each.id).filter((id) => id in given), ...Object.keys(given).filter((id) => !kept.some((each) => each.id === id))];
  const optional = board.lists.operations.find((each) => each.name === name)?.arguments.filter((each) => !each.required).map((each) => each.name) ?? [];
  const parameters = ids.filter((id) => given[id] !== '' || !optional.includes(id))
    .map((id) => board.create('spiffworkflow:Parameter', { id, type: kept.find((each) => each.id === id)?.type ?? 'str', value: given[id] }));
  const parameterList = board.create('spiffworkflow:Parameters', { parameters });
  const made = board.create('spiffworkflow:ServiceTaskOperator', { id: name, resultVariable: before?.resultVariable ?? '', parameterList, ...(before?.retry ? { retry: before.retry } : {}) });
  parameterList.$parent = made;
  setExtension(board, element, 'ServiceTaskOperator', made);
}

function Parameter({ board, element, said, source, keep }) {
  const id = `parameter-${said.name}`;
  const literal = (options, empty) => <Pick id={id} label={said.label} help={said.help} value={unquoted(source)} options={options} empty={empty ?? say('请选择')} keep={(value) => keep(quoted(value))} />;
  switch (said.takes) {
    case 'candidates': return <Candidates board={board} element={element} id={id} label={said.label} help={said.help} value={source} keep={keep} empty={said.required ? say('请添加') : said.help} />;
    case 'notice': return literal(board.lists.notices.map(({ value, label }) => ({ value, label: `${label}（${value}）` })));
    case 'task': return literal(board.tasks().map(({ id: value, name }) => ({ value, label: name || value })));
    case 'process': return literal(board.lists.processes);
    case 'text': return isText(source)
      ? <Area id={id} label={said.label} help={said.help} value={unquoted(source)} keep={(value) => keep(value ? JSON.stringify(value) : '')} />
      : <Expression board={board} element={element} id={id} label={said.label} help={said.help} value={source} kind="candidates" keep={keep} />;
    case 'unit': return <Unit board={board} element={element} id={id} said={said} source={source} keep={keep} />;
    default: return <Expression board={board} element={element} id={id} label={said.label} help={said.help} value={source} kind="candidates" rows={1} keep={keep} />;
  }
}

const isText = (source) => !source || (/^"(?:[^"\\]|\\.)*"$/.test(source) && unescaped(source));

function unescaped(source) {
  return unquoted(source) === JSON.parse(source); // a text with escapes is shown as it is written
}

function Unit({ board, element, id, said, source, keep }) {
  const [fields, setFields] = useState([]);
  useEffect(() => { board.known.at(element).then((known) => setFields(known.fields.filter(({ type }) => type === 'unit'))); }, [element.id]);
  return <Pick id={id} label={said.label} help={said.help} value={source} empty={said.required ? say('请选择') : say('与本流程相同')} options={fields.map(({ path, label, of }) => ({ value: path, label: `${[of, label].filter(Boolean).join(' · ')}（${path}）` }))} keep={keep} />;
}

function More({ taken, add }) {
  const [id, setId] = useState('');
  const fits = /^[a-z_][a-z0-9_]*$/.test(id) && !taken.includes(id);
  return (
    <Field id="parameter-more" label={say('填入发起表单的字段')} help={say('字段的编号，如 grid、description')}>
      <div class="mo-line"><Cell label={say('字段编号')} value={id} keep={setId} placeholder="description" />
        <button type="button" class="mo-add" disabled={!fits} onClick={() => { add(id); setId(''); }}>{say('添加')}</button></div>
    </Field>
  );
}

// ── script, table, called process ──

export function Script({ board, element }) {
  const bo = owner(element);
  return <Expression board={board} element={element} id="script" label={say('脚本')} kind="script" rows={6} value={bo.get('script') ?? ''}
    help={say('只有赋值和 if：等级 = "重大"。整段成功才生效')} keep={(script) => board.modeling.updateProperties(element, { script: script || undefined })} />;
}

export function Around({ board, element }) {
  const bo = owner(element);
  return (
    <div>
      <Expression board={board} element={element} id="preScript" label={say('开始前的脚本')} kind="script" rows={2} value={textOf(bo, 'PreScript')} help={say('到达这一步时先执行')} keep={(text) => setText(board, element, 'PreScript', text)} />
      <Expression board={board} element={element} id="postScript" label={say('完成后的脚本')} kind="script" rows={2} value={textOf(bo, 'PostScript')} help={say('这一步完成后执行')} keep={(text) => setText(board, element, 'PostScript', text)} />
    </div>
  );
}

export function Table({ board, element }) {
  const value = textOf(owner(element), 'CalledDecisionId');
  const options = board.lists.tables.map((each) => ({ value: each.value, label: `${each.label}（${each.value}${each.draft ? `，${say('草稿')}` : ''}）` }));
  return <Pick id="table" label={say('决策表')} help={say('按表中的规则算出结果，并入流程数据')} value={value} options={options} empty={say('请选择')} keep={(key) => setText(board, element, 'CalledDecisionId', key)}
    after={value && board.urls.table && <p class="mo-links"><a href={board.urls.table.replace('KEY', value)} target="_blank" rel="noopener">{say('打开决策表')}</a></p>} />;
}

export function Called({ board, element }) {
  const value = owner(element).get('calledElement') ?? '';
  const options = board.lists.processes.map((each) => ({ value: each.value, label: `${each.label}（${each.value}${each.draft ? `，${say('草稿')}` : ''}）` }));
  return <Pick id="called" label={say('调用哪个流程')} help={say('那个流程走完，这里才继续；两者用同一份数据')} value={value} options={options} empty={say('请选择')} keep={(calledElement) => board.modeling.updateProperties(element, { calledElement: calledElement || undefined })}
    after={value && board.urls.board && <p class="mo-links"><a href={board.urls.board.replace('KEY', value)} target="_blank" rel="noopener">{say('打开流程图')}</a></p>} />;
}

