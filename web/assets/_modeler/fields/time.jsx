/** @jsx h */
// Limits of steps and times of timers: after so long, at a date of a form, when part of the time is gone, again and again. Or an expression.
import { h } from '@bpmn-io/properties-panel/preact';
import { useEffect, useState } from '@bpmn-io/properties-panel/preact/hooks';
import { readDue, readTimer, writeDue, writeTimer } from '../times.js';
import { say } from '../words.js';
import { Cell, Count, Field, Options, Small } from './base.jsx';
import { Expression } from './expression.jsx';

function useFields(board, element) {
  const [fields, setFields] = useState(null);
  useEffect(() => { board.known.at(element).then((known) => setFields(known.fields.filter(({ type }) => type === 'date' || type === 'moment'))); }, [element.id]);
  return fields ?? [];
}

const named = (fields) => fields.map((field) => ({ value: field.path, label: `${[field.of, field.label === field.path ? '' : field.label].filter(Boolean).join(' · ')}（${field.path}）` }));

export function Due({ board, element, value, keep }) {
  const fields = useFields(board, element);
  const [mode, setMode] = useState('');
  const said = readDue(value, fields);
  const now = mode || said.mode;
  const modes = [['none', say('不限时')], ['days', say('工作日')], ['hours', say('小时（周末和节假日不计）')], ['field', say('按表单中的日期')], ['expression', say('按表达式')]];
  const choose = (next) => {
    setMode(next);
    if (next === 'none') keep('');
    if (next === 'days' || next === 'hours') keep(writeDue({ mode: next, n: said.n ?? 2 }));
    if (next === 'field' && fields.length) keep(writeDue({ mode: next, path: fields[0].path }));
  };
  return (
    <Field id="due" label={say('办理时限')} help={say('从任务到达时起算，按公司的工作日历；到时只标为超时，要催办或升级请另加定时边界事件')} group>
      <div class="mo-line">
        {(now === 'days' || now === 'hours') && <Count label={say('数量')} value={said.n ?? ''} keep={(n) => keep(writeDue({ mode: now, n }))} />}
        <select id="mo-due" class="bio-properties-panel-input" value={now} aria-label={say('办理时限')} onChange={(event) => choose(event.target.value)}>
          {modes.map(([word, label]) => <option value={word} key={word}>{label}</option>)}
        </select>
      </div>
      {now === 'field' && <select class="bio-properties-panel-input" value={said.path ?? ''} aria-label={say('哪个日期')} onChange={(event) => keep(event.target.value)}><Options options={named(fields)} value={said.path} /></select>}
      {now === 'expression' && <Expression board={board} element={element} id="due-expression" label="" value={value} keep={keep} kind="time" rows={1} placeholder="configure.deadline" />}
    </Field>
  );
}

const AGAIN = ['again', 'since']; // not where the token can go on once only

export function Timer({ board, element, source, tag, keep, start, once }) {
  const fields = useFields(board, element);
  const [mode, setMode] = useState('');
  const said = readTimer(source, tag);
  const now = mode || said.mode;
  useEffect(() => { if (mode !== 'expression') setMode(''); }, [source]); // undo may have brought another kind
  const write = (changes) => keep(...writeTimer({ ...said, mode: now, ...changes }));
  const first = fields[0]?.path ?? '';
  const choose = (next) => {
    setMode(next);
    if (next === 'after') keep(...writeTimer({ mode: next, n: said.n || 1, unit: said.unit ?? 'workdays' }));
    if (next === 'again') keep(...writeTimer({ mode: next, times: '3', n: said.n || 1, unit: 'days' }));
    if (next === 'since' && first) keep(...writeTimer({ mode: next, times: '30', n: said.n || 1, unit: 'days', path: first }));
    if (next === 'field' && first) keep(...writeTimer({ mode: next, path: first }));
    if (next === 'share' && first) keep(...writeTimer({ mode: next, from: 'now()', to: `day_end(${first})`, share: '0.8' }));
  };
  const modes = [['after', say('过一段时间')], ['again', say('每隔一段时间一次')], ['since', say('从某个时刻起重复')], ['field', say('到某个日期')], ['share', say('期限过去一部分时')], ['expression', say('按表达式')]];
  const units = { workdays: say('个工作日后'), workhours: say('个工作小时后'), days: say('天后（自然日）'), hours: say('小时后（自然时间）'), minutes: say('分钟后') };
  const again = { days: say('天一次'), hours: say('小时一次'), minutes: say('分钟一次') };
  const unit = (list) => (
    <select class="bio-properties-panel-input" value={said.unit} aria-label={say('单位')} onChange={(event) => write({ unit: event.target.value })}>
      {Object.entries(list).map(([word, label]) => <option value={word} key={word}>{label}</option>)}
    </select>
  );
  return (
    <Field id="timer" label={start ? say('何时开始') : say('何时触发')} help={say('从到达这里时起算。工作日和工作小时按公司的工作日历；自然日和自然时间连周末、夜间一起算')} group>
      <select id="mo-timer" class="bio-properties-panel-input" value={now} onChange={(event) => choose(event.target.value)}>
        {modes.filter(([word]) => !once || word === now || !AGAIN.includes(word)).map(([word, label]) => <option value={word} key={word}>{label}</option>)}
      </select>
      {now === 'after' && <div class="mo-line"><Count label={say('数量')} value={said.n} keep={(n) => write({ n, unit: said.unit })} />{unit(units)}</div>}
      {now === 'since' && said.mode === 'since' && (
        <div>
          <Small label={say('首次')}><select class="bio-properties-panel-input" value={said.path} onChange={(event) => write({ path: event.target.value })}><Options options={named(fields)} value={said.path} /></select></Small>
          <div class="mo-line"><span>{say('每')}</span><Count label={say('数量')} value={said.n} keep={(n) => write({ n })} />{unit({ days: again.days, hours: again.hours })}</div>
          <Small label={say('最多几次')}><Count label={say('次数')} value={said.times} keep={(times) => write({ times })} /></Small>
        </div>
      )}
      {now === 'again' && (
        <div>
          <div class="mo-line"><span>{say('每')}</span><Count label={say('数量')} value={said.n ?? ''} keep={(n) => write({ n })} />{unit(again)}</div>
          <Small label={say('共几次（空为一直重复）')}><Count label={say('次数')} free value={said.times ?? ''} keep={(times) => write({ times })} /></Small>
        </div>
      )}
      {now === 'field' && <Small label={say('那一天结束时')}><select class="bio-properties-panel-input" value={said.path ?? ''} onChange={(event) => write({ path: event.target.value })}><Options options={named(fields)} value={said.path} /></select></Small>}
      {now === 'share' && said.mode === 'share' && (
        <div>
          <Small label={say('起')}><Cell label={say('起')} value={said.from} keep={(from) => write({ from })} /></Small>
          <Small label={say('止')}><Cell label={say('止')} value={said.to} keep={(to) => write({ to })} /></Small>
          <Small label={say('过去的比例')}><select class="bio-properties-panel-input" value={said.share} onChange={(event) => write({ share: event.target.value })}>
            <Options options={['0.5', '0.6', '0.7', '0.8', '0.9'].map((value) => ({ value, label: `${Math.round(value * 100)} %` }))} value={said.share} /></select></Small>
        </div>
      )}
      {now === 'expression' && (
        <div>
          <Small label={say('种类')}><select class="bio-properties-panel-input" value={tag} onChange={(event) => keep(event.target.value, source)}>
            <option value="timeDate">{say('时刻')}</option><option value="timeDuration">{say('时长')}</option><option value="timeCycle">{say('重复')}</option></select></Small>
          <Expression board={board} element={element} id="timer-expression" label="" value={source} keep={(text) => keep(tag, text)} kind="time" rows={2} placeholder="workdays(2)" />
        </div>
      )}
    </Field>
  );
}
