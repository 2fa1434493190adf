// Conditions of designed forms: the same trees and the same answers as forms/conditions.py.
const same = (a, b) => !Array.isArray(a) && !Array.isArray(b) && a === b;
const ordered = (a, b) => (typeof a === 'number' && typeof b === 'number') || (typeof a === 'string' && typeof b === 'string');
const contains = (whole, part) => (Array.isArray(whole) ? whole.some((one) => same(one, part))
  : typeof whole === 'string' && typeof part === 'string' && whole.includes(part));

export function value([word, ...parts], fields) {
  if (word === 'value') return parts[0];
  if (word === 'field') return fields[parts[0]] ?? null;
  if (word === 'and') return parts.every((part) => value(part, fields) === true);
  if (word === 'or') return parts.some((part) => value(part, fields) === true);
  const [a, b] = parts.map((part) => value(part, fields));
  switch (word) {
    case 'not': return a !== true;
    case 'list': return parts.map((part) => value(part, fields));
    case 'count': return Array.isArray(a) ? a.length : 0;
    case 'contains': return contains(a, b);
    case '=': return same(a, b);
    case '!=': return !same(a, b);
    case '<': return ordered(a, b) && a < b;
    case '<=': return ordered(a, b) && a <= b;
    case '>': return ordered(a, b) && a > b;
    default: return ordered(a, b) && a >= b;
  }
}

const inputs = (room, name) => [...room.querySelectorAll('input, select, textarea')].filter((one) => one.name === name);
const number = (text) => (text.trim() && Number.isFinite(Number(text)) ? Number(text) : null);
const several = (found) => found.flatMap((one) => (one.type === 'checkbox' ? (one.checked ? [one.value] : [])
  : one.multiple ? [...one.selectedOptions].map((option) => option.value) : one.value ? [one.value] : []));

// A row left blank does not count.
const filled = (row) => [...row.querySelectorAll('input, select, textarea')].some((one) => (['checkbox', 'radio'].includes(one.type) ? one.checked : one.value));

// What a question holds now, as the server would read it.
export function held(room, name) {
  const found = inputs(room, name);
  const kind = room.dataset.kind;
  if (kind === 'checkbox') return found.some((one) => one.checked);
  if (kind === 'checklist' || kind === 'taglist') return several(found);
  if (kind === 'photo' || kind === 'attachment') return found.map((one) => number(one.value)).filter((one) => one !== null);
  if (kind === 'dynamiclist') return [...room.querySelectorAll('[data-row]')].filter(filled);
  if (kind === 'radio') return found.find((one) => one.checked)?.value ?? null;
  if (kind === 'person' && found[0]?.multiple) return several(found).map(Number);
  const text = found[0]?.value ?? '';
  if (['number', 'person', 'unit', 'grid', 'signature'].includes(kind)) return number(text);
  return text.trim() || null;
}
