// A candidate expression as a chain of calls: `gm(grid) + chair(grid) or fgld(grid)`. What is more than a chain stays an expression.
const CALL = /^([\p{L}_][\p{L}\p{N}_]*)\(([\s\S]*)\)$/u;

/** [{ join: '' | 'or' | '+', name, args: [source, …] }, …], or null when the text says more than a chain can. */
export function read(text, known) {
  if (!text.trim()) return [];
  const pieces = split(text.trim(), [' or ', '+']);
  const rows = pieces?.map(({ join, part }) => {
    const found = part.trim().match(CALL);
    const args = found && split(found[2].trim(), [',']);
    return found && args && known.has(found[1]) && closes(found[2]) ? { join: join.trim(), name: found[1], args: args.map((each) => each.part.trim()).filter(Boolean) } : null;
  });
  return rows && rows.every(Boolean) ? rows : null;
}

export function write(rows) {
  return rows.map(({ join, name, args }, place) => `${place ? ` ${join || 'or'} ` : ''}${name}(${args.filter((each) => each !== '').join(', ')})`).join('');
}

/** The text cut at these separators outside of brackets and quotes; null when brackets or quotes do not match. */
function split(text, separators) {
  const parts = [];
  let depth = 0;
  let quote = '';
  let start = 0;
  let join = '';
  for (let here = 0; here < text.length; here += 1) {
    const letter = text[here];
    if (quote) {
      if (letter === '\\') here += 1;
      else if (letter === quote) quote = '';
      continue;
    }
    if (letter === '"' || letter === "'") quote = letter;
    else if ('([{'.includes(letter)) depth += 1;
    else if (')]}'.includes(letter)) depth -= 1;
    if (depth < 0) return null;
    const found = depth === 0 && separators.find((each) => text.startsWith(each, here));
    if (found) {
      parts.push({ join, part: text.slice(start, here) });
      join = found;
      here += found.length - 1;
      start = here + 1;
    }
  }
  parts.push({ join, part: text.slice(start) });
  return depth || quote ? null : parts;
}

/** Whether the bracket that a call opens is the one it ends with: `f(a) if b else g(c)` is no call. */
function closes(inside) {
  return split(inside, [',']) !== null;
}

export const quoted = (text) => (text === '' ? '' : JSON.stringify(text));
export function unquoted(source) {
  const found = source.match(/^(["'])([\s\S]*)\1$/);
  return found ? found[2] : source;
}
