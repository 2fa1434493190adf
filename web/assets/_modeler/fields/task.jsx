/** @jsx h */
// A step that people do: form, people, limit, rules around it.
import { h } from '@bpmn-io/properties-panel/preact';
import { useEffect, useState } from '@bpmn-io/properties-panel/preact/hooks';
import { is } from 'bpmn-js/lib/util/ModelUtil';
import { json, owner, parsed, processOf, property, setProperty } from '../settings.js';
import { say } from '../words.js';
import { Checks, Field, Options, Pick, Switch, words } from './base.jsx';
import { Candidates } from './candidates.jsx';
import { Expression } from './expression.jsx';
import { Due as DueField } from './time.jsx';

const of = (element, name) => property(owner(element), name);
const setter = (board, element, name) => (value) => setProperty(board, element, name, value);

// ── the form ──

function usual(board, element) {
  return `${processOf(board)?.id}.${is(element, 'bpmn:StartEvent') ? 'start' : element.id}`;
}

const NO_FORM = 'none'; // what the property says of a step with buttons only

/** The full name of the form a step shows; '' when it says that it shows none. */
export function formOf(board, element) {
  const named = of(element, 'form');
  if (named === NO_FORM) return '';
  const names = board.lists.forms.map(({ value }) => value);
  if (!named) return usual(board, element);
  return named.includes('.') || names.includes(named) ? named : `${processOf(board)?.id}.${named}`;
}

export function Form({ board, element }) {
  const said = of(element, 'form');
  const own = `${processOf(board)?.id}.`;
  const group = (form) => (form.drawn ? say('画出的表单') : form.value.startsWith(own) ? say('本流程的表单') : say('其他流程的表单'));
  const options = board.lists.forms.map((form) => ({ value: form.value, group: group(form), label: called(form) }))
    .sort((one, other) => rank(one.group) - rank(other.group));
  const none = { value: NO_FORM, label: say('没有表单，只有按钮') };
  const value = said && said !== NO_FORM && !said.includes('.') && !options.some((each) => each.value === said) ? own + said : said;
  const form = formOf(board, element);
  const drawn = board.lists.forms.find((each) => each.value === form && each.drawn);
  const there = board.lists.forms.some((each) => each.value === usual(board, element));
  return (
    <div>
      <Pick id="form" label={say('表单')} help={say('办理这一步时填写的内容。不选时用与本步编号同名的表单')} value={value} options={[none, ...options]} keep={setter(board, element, 'form')}
        empty={say(there ? '同名表单（{name}）' : '未设置：还没有表单 {name}', { name: usual(board, element) })}
        after={<p class="mo-links">
          {drawn && board.urls.form && <a href={board.urls.form.replace('KEY', form)} target="_blank" rel="noopener">{say('打开表单')}</a>}
          {board.urls.newForm && board.mayEdit && <a href={`${board.urls.newForm}?${fresh(board, element)}`} target="_blank" rel="noopener">{say('新建表单')}</a>}
        </p>} />
      <Rights board={board} element={element} form={form} key={form} />
    </div>
  );
}

/** A form by its name, or by the step that shows it; its id behind. */
const called = ({ value, label, draft }) => (label ? `${label}（${value}${draft ? `，${say('草稿')}` : ''}）` : value);

const rank = (group) => [say('画出的表单'), say('本流程的表单'), say('其他流程的表单')].indexOf(group);

/** What a form made for this step would be called. */
function fresh(board, element) {
  return new URLSearchParams({ key: `${processOf(board)?.id}_${element.id}`.slice(0, 64), name: owner(element).get('name') ?? '' });
}

/** Per field of the form: as it is, read-only, or hidden at this step. */
function Rights({ board, element, form }) {
  const [fields, setFields] = useState([]);
  const [open, setOpen] = useState(Boolean(of(element, 'fields')));
  useEffect(() => { if (form) board.fields(form).then(setFields); else setFields([]); }, [form]);
  const said = parsed(of(element, 'fields'), {});
  const keep = (key, right) => {
    const { [key]: _, ...others } = said;
    const next = right ? { ...others, [key]: right } : others;
    setProperty(board, element, 'fields', Object.keys(next).length ? json(next) : '');
  };
  const shown = [...fields, ...Object.keys(said).filter((key) => !fields.some((each) => each.key === key)).map((key) => ({ key, label: `${key}（${say('不在列表中')}）` }))];
  if (!shown.length) return null;
  return (
    <Field id="fields" label={say('字段权限')} help={say('这一步里哪些字段只读或不显示；服务器同样照此执行')} group>
      <button type="button" class="mo-link" aria-expanded={open} onClick={() => setOpen(!open)}>{open ? say('收起') : say('设置 {count} 个字段', { count: shown.length })}</button>
      {open && <div class="mo-rights">{shown.map(({ key, label }) => (
        <label class="mo-right-of" key={key}><span title={key}>{label}</span>
          <select class="bio-properties-panel-input" value={said[key] ?? ''} onChange={(event) => keep(key, event.target.value)}>
            <Options options={[{ value: '', label: say('可填写') }, { value: 'read-only', label: say('只读') }, { value: 'hidden', label: say('不显示') }]} value={said[key]} />
          </select></label>
      ))}</div>}
    </Field>
  );
}

// ── people ──

export function Who({ board, element }) {
  const lane = board.laneOf(element);
  return <Candidates board={board} element={element} id="candidates" label={say('办理人')} value={of(element, 'candidates')} keep={setter(board, element, 'candidates')}
    help={say('按顺序找人：前面没有人时用后备人选。任务到达时才确定是谁')} empty={lane ? say('未设置：由泳道“{lane}”的角色办理', { lane }) : say('未设置：由上级网格负责人办理')} />;
}

export function Barred({ board, element }) {
  return <Candidates board={board} element={element} id="not" label={say('谁不能办理')} value={of(element, 'not')} keep={setter(board, element, 'not')} only={['starter', 'done_by', 'field', 'role', 'users']} first="starter" all
    help={say('回避：例如整改的人不能复核自己的整改')} empty={say('没有人需要回避')} />;
}

export function Duty({ board, element }) {
  const options = [{ value: 'do', label: say('办理') }, { value: 'approve', label: say('审批') }, { value: 'verify', label: say('复核、验收') }];
  return <Pick id="duty" label={say('这一步的性质')} help={say('审批和复核：发起人自己不能办，除非办理人写明了发起人')} value={of(element, 'duty')} options={options} empty={say('办理（默认）')} keep={setter(board, element, 'duty')} />;
}

export function OnEmpty({ board, element }) {
  const options = [{ value: 'escalate', label: say('由上一级负责人办理') }, { value: 'process_owner', label: say('由流程管理员指派') }];
  return <Pick id="on_empty" label={say('找不到人时')} help={say('从不跳过：总会有人收到任务')} value={of(element, 'on_empty')} options={options} empty={say('由上一级负责人办理（默认）')} keep={setter(board, element, 'on_empty')} />;
}

export function Repeat({ board, element }) {
  const options = [{ value: 'never', label: say('照常办理') }, { value: 'consecutive', label: say('紧接着的上一步同意过，自动通过') }, { value: 'any', label: say('前面任何一步同意过，自动通过') }];
  return <Pick id="repeat" label={say('同一人重复审批时')} help={say('只有首个按钮不要求意见、附件、签名且表单没有必填项时才能自动通过')} value={of(element, 'repeat')} options={options} empty={say('照常办理（默认）')} keep={setter(board, element, 'repeat')} />;
}

export function Flags({ board, element }) {
  return (
    <div>
      <Switch id="personal" label={say('必须本人办理')} help={say('委托的代理人不能代办，例如需要签名的步骤')} on={isOn(of(element, 'personal'))} keep={(on) => setProperty(board, element, 'personal', on ? 'true' : '')} />
      <Switch id="bulk" label={say('可在待办中批量办理')} help={say('首个按钮不要求意见、附件、签名且表单没有必填项时才可以')} on={isOn(of(element, 'bulk'))} keep={(on) => setProperty(board, element, 'bulk', on ? 'true' : '')} />
    </div>
  );
}

const isOn = (said) => ['true', 'yes', '1'].includes(said.trim().toLowerCase());

// ── time ──

export function Due({ board, element }) {
  return <DueField board={board} element={element} value={of(element, 'due')} keep={setter(board, element, 'due')} />;
}

export function Priority({ board, element }) {
  const options = [{ value: '0', label: say('紧急') }, { value: '1', label: say('普通') }, { value: '2', label: say('不急') }];
  return <Pick id="priority" label={say('优先级')} help={say('待办按优先级排序时用')} value={of(element, 'priority')} options={options} empty={say('普通（默认）')} keep={setter(board, element, 'priority')} />;
}

export function Urgency({ board, element }) {
  const [open, setOpen] = useState(Boolean(of(element, 'urgency')));
  if (!open) return <p class="mo-links mo-indent"><button type="button" class="mo-link" onClick={() => setOpen(true)}>{say('按数据决定优先级')}</button></p>;
  return <Expression board={board} element={element} id="urgency" label={say('按数据决定优先级')} help={say('表达式给出 0（紧急）、1（普通）或 2（不急）；不填时用上面的优先级')} rows={1} value={of(element, 'urgency')} keep={setter(board, element, 'urgency')} placeholder='0 if confirm.level == "重大" else 1' />;
}

export function OnTimeout({ board, element }) {
  const said = of(element, 'on_timeout');
  const [word, rest] = [said.split(' ')[0], said.split(' ').slice(1).join(' ')];
  const names = { remind: say('再次提醒办理人'), escalate: say('增加办理人（升级）'), transfer: say('转给别人'), approve: say('自动按首个按钮通过'), reject: say('自动驳回') };
  const options = board.lists.timeouts.map((value) => ({ value, label: names[value] ?? value }));
  const keep = setter(board, element, 'on_timeout');
  return (
    <div>
      <Pick id="on_timeout" label={say('到时自动')} help={say('需要一个不中断的定时边界事件。自动通过须经安全部门认可')} value={word} options={options} empty={say('不做什么')} keep={(next) => keep(next === 'transfer' ? 'transfer starter()' : next)} />
      {(word === 'transfer' || word === 'escalate') && (
        <Candidates board={board} element={element} id="on_timeout-to" label={word === 'transfer' ? say('转给谁') : say('增加谁')} value={rest} keep={(to) => keep(`${word} ${to}`.trim())} empty={say('上一级负责人')} />
      )}
    </div>
  );
}

// ── deeds ──

export function Returnable({ board, element }) {
  const options = [{ value: 'starter', label: say('发起人') }, { value: 'previous', label: say('上一步') }, { value: 'any', label: say('任何已办步骤') },
    ...board.tasks().filter(({ id }) => id !== element.id).map(({ id, name }) => ({ value: id, label: name || id, title: id, data: true }))];
  const chosen = words(of(element, 'returnable_to'));
  return (
    <div>
      <Checks id="returnable_to" label={say('可退回到')} help={say('办理人可以把流程退回到勾选的步骤')} options={options} chosen={chosen} keep={(list) => setProperty(board, element, 'returnable_to', list.join(','))} />
      {(chosen.length > 0 || of(element, 'resubmit')) && (
        <Pick id="resubmit" label={say('退回后重新提交')} help={say('重新走中间各步，还是直接回到退回的这一步')} value={of(element, 'resubmit')} empty={say('逐步重走（默认）')} keep={setter(board, element, 'resubmit')}
          options={[{ value: 'redo_all', label: say('逐步重走') }, { value: 'straight_back', label: say('直接回到这一步') }]} />
      )}
    </div>
  );
}

export function Allow({ board, element }) {
  const names = { transfer: say('转办'), outside: say('转办到外单位'), delegate: say('委派'), add_signer: say('加签'), return: say('退回'), withdraw: say('撤回'), reject: say('驳回'), cc: say('抄送'), remind: say('催办'), cancel: say('撤销'), none: say('都不允许') };
  const options = board.lists.deeds.map((value) => ({ value, label: names[value] ?? value }));
  const said = words(of(element, 'allow'));
  return <Checks id="allow" label={say('允许的操作')} help={say('一项也不勾选时：转办、委派、抄送、催办、撤回、撤销')} options={options} chosen={said} keep={(list) => setProperty(board, element, 'allow', list.join(','))} />;
}
