/** @jsx h */
// The buttons of a step, and how several people sign.
import { h } from '@bpmn-io/properties-panel/preact';
import { useState } from '@bpmn-io/properties-panel/preact/hooks';
import { json, owner, parsed, property, setProperties, setProperty } from '../settings.js';
import { say } from '../words.js';
import { Cell, Field, Pick, Small } from './base.jsx';

const read = (element, name, otherwise) => parsed(property(owner(element), name), otherwise);

export function Outcomes({ board, element }) {
  const said = read(element, 'outcomes', []);
  const rows = Array.isArray(said) ? said : [];
  const keep = (next) => setProperty(board, element, 'outcomes', next.length ? json(next) : '');
  const change = (place, changes) => keep(rows.map((row, number) => (number === place ? tidy({ ...row, ...changes }) : row)));
  const move = (place) => keep([...rows.slice(0, place - 1), rows[place], rows[place - 1], ...rows.slice(place + 1)]);
  const add = () => keep([...rows, rows.length ? { value: free(rows), label: say('新按钮'), style: 'secondary' } : { value: 'done', label: '提交', style: 'primary' }]);
  return (
    <Field id="outcomes" label={say('按钮')} help={say('办理人看到的按钮，第一个最醒目。后面的网关用“结果”判断走哪条线，如 confirm.outcome == "close"')} group>
      {!rows.length && <p class="mo-empty">{say('未设置：只有一个“提交”按钮')}</p>}
      <ol class="mo-rows">
        {rows.map((row, place) => <Button key={place} row={row} first={place === 0} change={(changes) => change(place, changes)} up={() => move(place)} drop={() => keep(rows.filter((_, number) => number !== place))} />)}
      </ol>
      <div class="mo-row-deeds"><button type="button" class="mo-add" onClick={add}>{say('＋ 添加按钮')}</button></div>
    </Field>
  );
}

function Button({ row, first, change, up, drop }) {
  const [open, setOpen] = useState(false);
  const wants = [['opinion', say('须写意见')], ['attachment', say('须加附件')], ['signature', say('须手写签名')]];
  return (
    <li class="mo-row">
      <div class="mo-row-head">
        <i class={`mo-style mo-style-${row.style ?? 'primary'}`} aria-hidden="true" />
        <Cell label={say('按钮文字')} value={row.label ?? ''} keep={(label) => change({ label })} />
        {!first && <button type="button" class="mo-drop" title={say('上移')} aria-label={say('上移')} onClick={up}>↑</button>}
        <button type="button" class="mo-drop" title={open ? say('收起') : say('更多设置')} aria-expanded={open} aria-label={say('更多设置')} onClick={() => setOpen(!open)}>⋯</button>
        <button type="button" class="mo-drop" title={say('删除按钮')} aria-label={say('删除按钮')} onClick={drop}>×</button>
      </div>
      {!open && wants.some(([name]) => row[name]) && <p class="mo-hint">{wants.filter(([name]) => row[name]).map(([, words]) => words).join('、')}</p>}
      {open && (
        <div>
          <Small label={say('结果（表达式中的值）')}><Cell label={say('结果（表达式中的值）')} value={row.value ?? ''} keep={(value) => change({ value: value.trim() })} /></Small>
          <Small label={say('样式')}><select class="bio-properties-panel-input" value={row.style ?? 'primary'} onChange={(event) => change({ style: event.target.value })}>
            <option value="primary">{say('醒目')}</option><option value="secondary">{say('一般')}</option><option value="danger">{say('警示（红色）')}</option></select></Small>
          <div class="mo-checks">{wants.map(([name, words]) => (
            <label class="mo-check" key={name}><input type="checkbox" checked={Boolean(row[name])} onChange={(event) => change({ [name]: event.target.checked })} /><span>{words}</span></label>
          ))}</div>
        </div>
      )}
    </li>
  );
}

function tidy(row) {
  return Object.fromEntries(Object.entries(row).filter(([, value]) => value !== false && value !== ''));
}

function free(rows) {
  let number = rows.length + 1;
  while (rows.some((row) => row.value === `choice_${number}`)) number += 1;
  return `choice_${number}`;
}

/** 会签. Turning it on makes the step a multi-instance one, as the engine wants it. */
export function Signing({ board, element }) {
  const said = read(element, 'signing', null);
  const mode = said?.mode ?? (said ? 'all' : '');
  const buttons = read(element, 'outcomes', []);
  const options = [{ value: 'all', label: say('会签：全部同意') }, { value: 'any', label: say('或签：一人同意') }, { value: 'ratio', label: say('按比例同意') }, { value: 'sequential', label: say('依次审批：逐个同意') }];
  const keep = (changes) => setProperty(board, element, 'signing', json(tidy({ ...(said ?? {}), ...changes })));
  const choose = (next) => {
    if (!next) setProperties(board, element, { signing: '' });
    else keep({ mode: next, ratio: next === 'ratio' ? said?.ratio ?? 60 : '' });
  };
  return (
    <div>
      <Pick id="signing" label={say('多人时')} help={say('会签：办理人中的每个人都收到一份，各自表态，按下面的规则汇总')} value={mode} options={options} empty={say('一人办理即可')} keep={choose} />
      {mode === 'ratio' && <Field id="signing-ratio" label={say('同意的比例（%）')}><Cell label={say('同意的比例（%）')} type="number" min="1" value={said.ratio ?? 60} keep={(ratio) => keep({ ratio: Math.min(100, Math.max(1, Math.round(Number(ratio) || 60))) })} /></Field>}
      {mode && (
        <div>
          <Field id="signing-veto" label=""><label class="mo-check"><input type="checkbox" checked={Boolean(said.veto)} onChange={(event) => keep({ veto: event.target.checked })} /><span>{say('一票否决：有一人不同意就结束')}</span></label></Field>
          {Array.isArray(buttons) && buttons.length > 1 && <Pick id="signing-agree" label={say('哪个按钮算同意')} value={said.agree ?? ''} empty={say('第一个按钮（默认）')} options={buttons.map(({ value, label }) => ({ value, label }))} keep={(agree) => keep({ agree })} />}
        </div>
      )}
    </div>
  );
}
