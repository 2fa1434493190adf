/** @jsx h */
// Who may act: functions picked from a list, one after another as fallbacks, each with arguments that are picked too. Or an expression.
import { h } from '@bpmn-io/properties-panel/preact';
import { useEffect, useState } from '@bpmn-io/properties-panel/preact/hooks';
import { quoted, read, write } from '../chain.js';
import { say } from '../words.js';
import { Field, Options, Small } from './base.jsx';
import { Expression, Result } from './expression.jsx';
import { People } from './people.jsx';

const NONE = '""'; // nothing to pick from yet

/** `first` is the function that one more row begins with; `all`: everybody named is meant, nobody is a fallback. */
export function Candidates({ board, element, id, label, help, value, keep, empty, only, first, all }) {
  const functions = board.lists.functions.filter((each) => each.gives === 'candidates' && (!only || only.includes(each.name)));
  const rows = read(value, new Set(functions.map((each) => each.name)));
  const [written, setWritten] = useState(rows === null);
  const [known, setKnown] = useState(null);
  const look = () => board.known.at(element).then(setKnown);
  useEffect(() => { look(); }, [element.id]);
  const turn = rows !== null && (
    <button type="button" class="mo-link" onClick={() => setWritten(!written)}>{written ? say('从列表中选择') : say('改写成表达式')}</button>
  );
  if (written || rows === null) {
    return <Expression board={board} element={element} id={id} label={label} help={help} value={value} keep={keep} kind="candidates" rows={3} below={turn} />;
  }
  const change = (place, row) => keep(write(rows.map((each, number) => (number === place ? row : each))));
  const likely = functions.find((each) => each.name === first) ?? functions[0];
  const add = () => keep(write([...rows, { join: !rows.length ? '' : all ? '+' : 'or', ...fresh(likely, board, known) }]));
  const drop = (place) => keep(write(rows.filter((_, number) => number !== place)));
  return (
    <Field id={id} label={label} help={help} group>
      {!rows.length && empty && <p class="mo-empty">{empty}</p>}
      <ol class="mo-rows">
        {rows.map((row, place) => (
          <Row key={place} row={row} place={place} functions={functions} board={board} known={known} change={(next) => change(place, next)} drop={() => drop(place)} />
        ))}
      </ol>
      <div class="mo-row-deeds">
        <button type="button" class="mo-add" onClick={add}>{rows.length && !all ? say('＋ 后备人选') : say('＋ 添加人选')}</button>
        {turn}
      </div>
      {rows.length > 0 && <Result board={board} element={element} source={value} kind="candidates" known={known} look={look} />}
    </Field>
  );
}

function Row({ row, place, functions, board, known, change, drop }) {
  const said = functions.find((each) => each.name === row.name);
  const pick = (name) => change({ ...row, ...fresh(functions.find((each) => each.name === name), board, known, said.arguments.map(({ takes }, here) => [takes, row.args[here]])) });
  const set = (number, source) => change({ ...row, args: said.arguments.map((_, here) => (here === number ? source || NONE : row.args[here] ?? NONE)) });
  return (
    <li class="mo-row">
      {place > 0 && (
        <select class="bio-properties-panel-input mo-join" value={row.join} aria-label={say('与前面的关系')} onChange={(event) => change({ ...row, join: event.target.value })}>
          <option value="or">{say('前面没有人时')}</option><option value="+">{say('同时还有')}</option>
        </select>
      )}
      <div class="mo-row-head">
        <select class="bio-properties-panel-input" value={row.name} aria-label={say('谁来办理')} title={said.help} onChange={(event) => pick(event.target.value)}>
          {functions.map((each) => <option value={each.name} key={each.name} title={each.help}>{each.label}</option>)}
        </select>
        <button type="button" class="mo-drop" aria-label={say('删除此人选')} title={say('删除此人选')} onClick={drop}>×</button>
      </div>
      {said.arguments.map((argument, number) => (
        <Argument key={`${row.name}-${number}`} board={board} known={known} argument={argument} source={row.args[number] ?? ''} keep={(source) => set(number, source)} />
      ))}
      <p class="mo-hint">{said.help}</p>
    </li>
  );
}

/** One argument, picked from what fits. */
export function Argument({ board, known, argument, source, keep }) {
  if (argument.takes === 'people') return <People board={board} label={argument.label} source={source} keep={keep} />;
  const options = choices(board, known, argument.takes);
  return (
    <Small label={argument.label}>
      <select class="bio-properties-panel-input" value={source} onChange={(event) => keep(event.target.value)}>
        {(!source || source === NONE) && <option value={source}>{say('请选择')}</option>}
        <Options options={options} value={source === NONE ? '' : source} />
      </select>
    </Small>
  );
}

function choices(board, known, takes) {
  const fields = known?.fields ?? [];
  const named = (field) => [field.of, field.label === field.path ? '' : field.label].filter(Boolean).join(' · ') || field.path;
  const list = (type) => fields.filter((field) => type.includes(field.type));
  switch (takes) {
    case 'role': return board.lists.roles.map(({ value, label }) => ({ value: quoted(value), label }));
    case 'department': return board.lists.departments.map((each) => ({ value: quoted(each), label: each }));
    case 'person_field': return list(['person', 'people']).map((field) => ({ value: quoted(field.path), label: `${named(field)}（${field.path}）` }));
    case 'task': return board.tasks().map(({ id, name }) => ({ value: quoted(id), label: name || id }));
    case 'unit': return list(['unit']).flatMap((field) => [
      { value: field.path, label: `${named(field)}（${field.path}）`, group: say('此单位') },
      { value: `station(${field.path})`, label: say('{what}所属厂站', { what: named(field) }), group: say('所属厂站') },
      { value: `company(${field.path})`, label: say('{what}所属公司', { what: named(field) }), group: say('所属公司') },
    ]).sort((one, other) => order(one.group) - order(other.group));
    default: return [];
  }
}

const order = (group) => [say('此单位'), say('所属厂站'), say('所属公司')].indexOf(group);

/** A call with the arguments that are most likely meant: those it had, else the first of the list. None is left out, or the others would move up. */
function fresh(said, board, known, had = []) {
  const old = new Map(had);
  return { name: said.name, args: said.arguments.map(({ takes }) => old.get(takes) || choices(board, known, takes)[0]?.value || { unit: board.unit, people: '[]' }[takes] || NONE) };
}
