// Limits and timers as people say them, and as the diagram writes them. What does not fit a pattern stays an expression.
const N = '(\\d+(?:\\.\\d+)?)';
const AFTER = [ // [unit, pattern, how it is written, tag]
  ['workdays', new RegExp(`^workdays\\(${N}\\)$`), (n) => `workdays(${positive(n)})`, 'timeDate'],
  ['workhours', new RegExp(`^workhours\\(${N}\\)$`), (n) => `workhours(${positive(n)})`, 'timeDate'],
  ['days', /^"P(\d+)D"$/, (n) => `"P${number(n)}D"`, 'timeDuration'],
  ['hours', /^"PT(\d+)H"$/, (n) => `"PT${number(n)}H"`, 'timeDuration'],
  ['minutes', /^"PT(\d+)M"$/, (n) => `"PT${number(n)}M"`, 'timeDuration'],
];
const CYCLE = /^"R(\d*)\/P(?:T(\d+)([HM])|(\d+)D)"$/;
const FIELD = /^day_end\(([\p{L}_][\p{L}\p{N}_.]*)\)$/u;
const SINCE = /^every\((\d+), "P(?:(\d+)D|T(\d+)H)", ([\p{L}_][\p{L}\p{N}_.]*)\)$/u;
const SHARE = new RegExp(`^(between|workbetween)\\((.+), (.+), ${N}\\)$`);

/** { mode: 'after', n, unit } | { mode: 'again', times, n, unit } | { mode: 'since', times, n, unit, path } | { mode: 'field', path } | { mode: 'share', from, to, share, work } | { mode: 'expression' } */
export function readTimer(source, tag) {
  const text = source.trim();
  for (const [unit, pattern] of AFTER) {
    const found = text.match(pattern);
    if (found && tag !== 'timeCycle') return { mode: 'after', n: found[1], unit };
  }
  const cycle = text.match(CYCLE);
  if (cycle) return { mode: 'again', times: cycle[1], n: cycle[2] ?? cycle[4], unit: { H: 'hours', M: 'minutes' }[cycle[3]] ?? 'days' };
  const since = text.match(SINCE);
  if (since && tag === 'timeCycle') return { mode: 'since', times: since[1], n: since[2] ?? since[3], unit: since[2] ? 'days' : 'hours', path: since[4] };
  const field = text.match(FIELD);
  if (field && tag !== 'timeCycle') return { mode: 'field', path: field[1] };
  const share = text.match(SHARE);
  if (share && tag !== 'timeCycle') return { mode: 'share', work: share[1] === 'workbetween', from: share[2], to: share[3], share: share[4] };
  return { mode: text ? 'expression' : 'after', n: '', unit: 'workdays' };
}

/** [tag, expression] */
export function writeTimer(said) {
  if (said.mode === 'after') {
    const [, , write, tag] = AFTER.find(([unit]) => unit === said.unit);
    return [tag, write(said.n)];
  }
  if (said.mode === 'again') {
    const length = { days: `${number(said.n)}D`, hours: `T${number(said.n)}H`, minutes: `T${number(said.n)}M` }[said.unit];
    return ['timeCycle', `"R${said.times === '' ? '' : number(said.times)}/P${length}"`];
  }
  if (said.mode === 'since') return ['timeCycle', `every(${number(said.times)}, "P${said.unit === 'hours' ? `T${number(said.n)}H` : `${number(said.n)}D`}", ${said.path})`];
  if (said.mode === 'field') return ['timeDate', `day_end(${said.path})`];
  return ['timeDate', `${said.work ? 'workbetween' : 'between'}(${said.from}, ${said.to}, ${said.share})`];
}

const positive = (text) => (Number(text) > 0 ? Number(text) : 1);
const number = (text) => Math.max(1, Math.round(Number(text) || 1));

/** The property `due`: bare ISO durations are working time. */
export function readDue(source, fields) {
  const text = source.trim();
  if (!text) return { mode: 'none' };
  const days = text.match(/^P(\d+)D$/);
  if (days) return { mode: 'days', n: days[1] };
  const hours = text.match(/^PT(\d+)H$/);
  if (hours) return { mode: 'hours', n: hours[1] };
  if (fields.some((field) => field.path === text)) return { mode: 'field', path: text };
  return { mode: 'expression' };
}

export function writeDue(said) {
  if (said.mode === 'days') return `P${number(said.n)}D`;
  if (said.mode === 'hours') return `PT${number(said.n)}H`;
  return said.mode === 'field' ? said.path : '';
}
