/** @jsx h */
// The inputs of the panel: a label, help behind a "?", and a value that is kept when one leaves the field or stops typing.
import { h } from '@bpmn-io/properties-panel/preact';
import { useEffect, useRef, useState } from '@bpmn-io/properties-panel/preact/hooks';
import { say } from '../words.js';

const PAUSE = 600;
const waiting = new Set(); // what has been typed and is not in the diagram yet

/** Put everything typed into the diagram: before it is saved or checked. */
export function settle() {
  for (const keep of [...waiting]) keep();
}

export function Field({ id, label, help, wrong, children, group }) {
  const [shown, show] = useState(false);
  const Label = group ? 'div' : 'label';
  return (
    <div class="bio-properties-panel-entry mo-field" data-entry-id={id}>
      <div class="mo-label">
        {label && <Label class="bio-properties-panel-label" {...(group ? {} : { htmlFor: `mo-${id}` })}>{label}</Label>}
        {help && <button type="button" class="mo-help" title={help} aria-label={say('说明')} aria-expanded={shown} onClick={() => show(!shown)}>?</button>}
      </div>
      {shown && <p class="mo-helped">{help}</p>}
      {children}
      {wrong && <p class="mo-wrong">{wrong}</p>}
    </div>
  );
}

/** [text as typed, what to do on input, what to do on leaving]. Text is kept for the element it was typed at, whatever is selected by then. */
export function useTyped(value, keep) {
  const [text, setText] = useState(value);
  const pending = useRef(null);
  const latest = useRef(keep);
  latest.current = keep;
  useEffect(() => { if (!pending.current) setText(value); }, [value]);
  const flush = () => {
    const was = pending.current;
    if (!was) return;
    clearTimeout(was.timer);
    waiting.delete(flush);
    pending.current = null;
    was.keep(was.text);
  };
  useEffect(() => flush, []);
  const typed = (next) => {
    setText(next);
    if (pending.current) clearTimeout(pending.current.timer);
    pending.current = { text: next, keep: latest.current, timer: setTimeout(flush, PAUSE) };
    waiting.add(flush);
  };
  return [text, typed, flush];
}

export function Text({ id, label, help, value, keep, wrong, list, disabled, placeholder, type = 'text', min }) {
  const [text, typed, flush] = useTyped(value, keep);
  return (
    <Field id={id} label={label} help={help} wrong={wrong}>
      <input id={`mo-${id}`} class="bio-properties-panel-input" type={type} min={min} value={text} disabled={disabled} placeholder={placeholder}
        list={list ? `mo-${id}-list` : undefined} autocomplete="off" spellcheck={false} onInput={(event) => typed(event.target.value)} onBlur={flush} />
      {list && <datalist id={`mo-${id}-list`}>{list.map((each) => <option value={each} key={each} />)}</datalist>}
    </Field>
  );
}

export function Area({ id, label, help, value, keep, rows = 2 }) {
  const [text, typed, flush] = useTyped(value, keep);
  return (
    <Field id={id} label={label} help={help}>
      <textarea id={`mo-${id}`} class="bio-properties-panel-input" rows={rows} value={text} onInput={(event) => typed(event.target.value)} onBlur={flush} />
    </Field>
  );
}

/** options: [{ value, label, group? }]; a value that is not among them stays, and is told apart. */
export function Options({ options, value }) {
  const strange = value && !options.some((each) => each.value === value);
  const groups = [...new Set(options.map((each) => each.group ?? ''))];
  const item = (each) => <option value={each.value} key={each.value}>{each.label}</option>;
  return [
    strange && <option value={value} key="?">{`${value}（${say('不在列表中')}）`}</option>,
    ...groups.map((group) => (group
      ? <optgroup label={group} key={group}>{options.filter((each) => each.group === group).map(item)}</optgroup>
      : options.filter((each) => !each.group).map(item))),
  ];
}

export function Pick({ id, label, help, value, keep, options, empty, wrong, after }) {
  return (
    <Field id={id} label={label} help={help} wrong={wrong}>
      <select id={`mo-${id}`} class="bio-properties-panel-input" value={value} onChange={(event) => keep(event.target.value)}>
        {empty !== undefined && <option value="">{empty}</option>}
        <Options options={options} value={value} />
      </select>
      {after}
    </Field>
  );
}

export function Switch({ id, label, help, on, keep }) {
  return (
    <Field id={id} help={help} label="">
      <label class="mo-check"><input id={`mo-${id}`} type="checkbox" checked={on} onChange={(event) => keep(event.target.checked)} /><span>{label}</span></label>
    </Field>
  );
}

/** Several of a list; `chosen` in the order of the list. */
export function Checks({ id, label, help, options, chosen, keep }) {
  const turn = (value, on) => keep([...chosen.filter((each) => each !== value), ...(on ? [value] : [])]);
  const strange = chosen.filter((value) => !options.some((each) => each.value === value)).map((value) => ({ value, label: `${value}（${say('不在列表中')}）` }));
  return (
    <Field id={id} label={label} help={help} group>
      <div class="mo-checks">
        {[...options, ...strange].map(({ value, label: words, title, data }) => (
          <label class="mo-check" key={value} title={title}><input type="checkbox" value={value} checked={chosen.includes(value)} onChange={(event) => turn(value, event.target.checked)} /><span data-text={data}>{words}</span></label>
        ))}
      </div>
    </Field>
  );
}

export function Small({ label, children }) {
  return <label class="mo-small"><span>{label}</span>{children}</label>;
}

/** A number above zero; anything else is told beside the field, and the diagram keeps what it said. */
export function Count({ value, keep, label, step, free }) {
  const fits = (text) => (free && text === '') || Number(text) > 0;
  const [text, typed, flush] = useTyped(value, (next) => { if (fits(next)) keep(next); });
  return [
    <input key="n" class="bio-properties-panel-input" aria-label={label} title={label} type="number" min="1" step={step} value={text} aria-invalid={fits(text) ? undefined : 'true'}
      onInput={(event) => typed(event.target.value)} onBlur={flush} />,
    !fits(text) && <p key="wrong" class="mo-wrong" role="alert">{value ? say('请填写大于 0 的数，图中仍是 {n}', { n: value }) : say('请填写大于 0 的数')}</p>,
  ];
}

/** A text inside a row of a list. */
export function Cell({ value, keep, label, placeholder, type = 'text', min, step }) {
  const [text, typed, flush] = useTyped(value, keep);
  return <input class="bio-properties-panel-input" aria-label={label} title={label} type={type} min={min} step={step} placeholder={placeholder} value={text} spellcheck={false}
    onInput={(event) => typed(event.target.value)} onBlur={flush} />;
}

export function words(text) {
  return text.split(',').map((each) => each.trim()).filter(Boolean);
}
