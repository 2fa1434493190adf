/** @jsx h */
// People by name, found as one types; the expression holds their numbers.
import { h } from '@bpmn-io/properties-panel/preact';
import { useRef, useState } from '@bpmn-io/properties-panel/preact/hooks';
import { say } from '../words.js';
import { Small } from './base.jsx';

const names = new Map();

export function People({ board, label, source, keep }) {
  const [found, setFound] = useState([]);
  const asked = useRef(0);
  const chosen = (source.match(/\d+/g) ?? []).map(Number);
  const set = (ids) => keep(`[${ids.join(', ')}]`);
  const search = async (text) => {
    asked.current += 1;
    const mine = asked.current;
    const items = text.trim() ? await board.find(text.trim()) : [];
    for (const { id, name } of items) names.set(id, name);
    if (mine === asked.current) setFound(items.filter(({ id }) => !chosen.includes(id)).slice(0, 8));
  };
  return (
    <div>
      <Small label={label}><input class="bio-properties-panel-input" placeholder={say('输入姓名查找')} onInput={(event) => search(event.target.value)} /></Small>
      {found.length > 0 && (
        <ul class="mo-found">{found.map(({ id, name, detail }) => (
          <li key={id}><button type="button" onClick={() => { set([...chosen, id]); setFound([]); }} data-text>{name}<span>{detail}</span></button></li>
        ))}</ul>
      )}
      <p class="mo-chips">{chosen.map((id) => (
        <span class="mo-chip" key={id} data-text>{names.get(id) ?? `#${id}`}<button type="button" aria-label={say('移除')} onClick={() => set(chosen.filter((each) => each !== id))}>×</button></span>
      ))}</p>
    </div>
  );
}
