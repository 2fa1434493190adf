/** @jsx h */
// A field for an expression: it completes what is known at that element, and shows at once what the expression gives on sample data.
import { h } from '@bpmn-io/properties-panel/preact';
import { useEffect, useRef, useState } from '@bpmn-io/properties-panel/preact/hooks';
import { say } from '../words.js';
import { Field, useTyped } from './base.jsx';

const WORD = /[\p{L}_][\p{L}\p{N}_.]*$/u;
const MOST = 40;
const WHAT = { candidates: ['candidates', 'unit', 'value'], time: ['time', 'value'], script: ['value', 'time'], expr: ['value', 'time'] };

export function Expression({ board, element, id, label, help, value, keep, kind = 'expr', rows = 2, placeholder, below }) {
  const [text, typed, flush] = useTyped(value, keep);
  const [known, setKnown] = useState(null);
  const [offers, setOffers] = useState([]);
  const [at, setAt] = useState(0);
  const box = useRef(null);
  const look = () => board.known.at(element).then((found) => { setKnown(found); return found; });
  const suggest = async (always = false) => {
    const there = known ?? await look();
    const word = before(box.current);
    setOffers(word.length || always ? matching(board, there, kind, word) : []);
    setAt(0);
  };
  const take = (offer) => {
    const area = box.current;
    const start = area.selectionStart - before(area).length;
    const next = area.value.slice(0, start) + offer.insert + area.value.slice(area.selectionStart);
    typed(next);
    setOffers([]);
    const caret = start + offer.insert.length - (offer.insert.endsWith('()') && offer.takes ? 1 : 0);
    requestAnimationFrame(() => { area.focus(); area.setSelectionRange(caret, caret); });
  };
  const keys = (event) => {
    if (event.ctrlKey && event.key === ' ') { event.preventDefault(); suggest(true); return; }
    if (!offers.length) return;
    if (event.key === 'ArrowDown' || event.key === 'ArrowUp') setAt((at + (event.key === 'ArrowDown' ? 1 : offers.length - 1)) % offers.length);
    else if (event.key === 'Enter' || event.key === 'Tab') take(offers[at]);
    else if (event.key === 'Escape') setOffers([]);
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
  return (
    <Field id={id} label={label} help={help}>
      <div class="mo-expression">
        <textarea id={`mo-${id}`} ref={box} class="bio-properties-panel-input mo-code" rows={rows} value={text} placeholder={placeholder} spellcheck={false} autocomplete="off"
          aria-autocomplete="list" onFocus={look} onKeyDown={keys}
          onInput={(event) => { typed(event.target.value); suggest(); }} onBlur={() => { flush(); setTimeout(() => setOffers([]), 150); }} />
        {offers.length > 0 && (
          <ul class="mo-offers" role="listbox">
            {offers.map((offer, number) => (
              <li key={offer.insert} role="option" aria-selected={number === at} class={number === at ? 'is-at' : ''} onMouseDown={(event) => { event.preventDefault(); take(offer); }}>
                <code>{offer.shown}</code><span>{offer.words}</span>
              </li>
            ))}
          </ul>
        )}
      </div>
      <Result board={board} element={element} source={text} kind={kind} known={known} look={look} />
      {below}
    </Field>
  );
}

/** What it gives on the sample; the sample itself opens below, to be changed. */
export function Result({ board, element, source, kind, known, look }) {
  const [answer, setAnswer] = useState(null);
  const [open, setOpen] = useState(false);
  const [own, setOwn] = useState('');
  const [wrong, setWrong] = useState('');
  useEffect(() => {
    if (!source.trim() || !known) { setAnswer(null); return undefined; }
    let current = true;
    const timer = setTimeout(async () => {
      const found = await board.send('evaluate', { source, kind, data: known.sample }).catch(() => null);
      if (current) setAnswer(found);
    }, 350);
    return () => { current = false; clearTimeout(timer); };
  }, [source, known, kind]);
  const write = (text) => {
    setOwn(text);
    try {
      board.known.samples.set(element.id, JSON.parse(text));
      setWrong('');
      look();
    } catch {
      setWrong(say('示例数据不是有效的 JSON'));
    }
  };
  if (!known || !source.trim()) return null;
  return (
    <div class="mo-result">
      {answer && (answer.wrong
        ? <p class="mo-wrong" role="status">{answer.wrong}</p>
        : <p class="mo-right" role="status"><span>{say('按示例数据：')}</span><strong data-text>{shown(answer)}</strong></p>)}
      <button type="button" class="mo-link" aria-expanded={open} onClick={() => { setOwn(JSON.stringify(known.sample, null, 1)); setOpen(!open); }}>{open ? say('收起示例数据') : say('示例数据')}</button>
      {open && <textarea class="bio-properties-panel-input mo-code" rows={8} value={own} aria-label={say('示例数据')} onInput={(event) => write(event.target.value)} />}
      {wrong && <p class="mo-wrong">{wrong}</p>}
    </div>
  );
}

function shown(answer) {
  if (answer.people?.length) return answer.people.join('、');
  if (Array.isArray(answer.value) && !answer.value.length) return say('没有人');
  return JSON.stringify(answer.value);
}

function before(area) {
  return area.value.slice(0, area.selectionStart).match(WORD)?.[0] ?? '';
}

function matching(board, known, kind, word) {
  const low = word.toLowerCase();
  const fits = (name, words) => name.toLowerCase().startsWith(low) || name.toLowerCase().includes(`.${low}`) || (words ?? '').includes(word);
  const fields = (known?.fields ?? []).filter((field) => fits(field.path, field.label))
    .map((field) => ({ insert: field.path, shown: field.path, words: [field.of, field.label].filter(Boolean).join(' · ') }));
  const functions = board.lists.functions.filter((each) => WHAT[kind].includes(each.gives) && fits(each.name, each.label))
    .map((each) => ({ insert: `${each.name}()`, takes: each.arguments.length, shown: signature(each), words: each.label }));
  return [...fields, ...functions].filter((offer) => offer.insert !== word).slice(0, MOST);
}

export function signature(each) {
  return `${each.name}(${each.arguments.map((one) => one.label).join(', ')})`;
}
