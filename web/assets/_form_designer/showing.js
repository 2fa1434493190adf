// "Shown only when X is Y" as form-js keeps it, a condition of hiding, and back; what is richer than that stays as it is written.
const SIMPLE = /^=\s*not\(\s*([A-Za-z]\w*)\s*(=|!=|<=|>=|<|>)\s*("[^"\\]*"|-?[\d.]+|true|false|null)\s*\)$/;
const HAS = /^=\s*not\(\s*list contains\(\s*([A-Za-z]\w*)\s*,\s*("[^"\\]*")\s*\)\s*\)$/;
const bare = (said) => (said.startsWith('"') ? said.slice(1, -1) : said);

/** {key, sign, value}; key '' for none; null when it is richer. */
export function read(source) {
  const text = source.trim();
  if (!text) return { key: '', sign: '=', value: '' };
  const has = HAS.exec(text);
  if (has) return { key: has[1], sign: 'contains', value: bare(has[2]) };
  const found = SIMPLE.exec(text);
  return found ? { key: found[1], sign: found[2], value: bare(found[3]) } : null;
}

export function written({ key, sign, value }, fields) {
  const type = fields.find((one) => one.key === key)?.type;
  const many = ['checklist', 'taglist'].includes(type);
  const plain = String(value).replace(/["\\]/g, '');
  if (sign === 'contains' || many) return `=not(list contains(${key}, "${plain}"))`;
  if (type === 'checkbox') return `=not(${key} = ${plain === 'false' ? 'false' : 'true'})`;
  const number = ['number', 'person', 'unit', 'grid'].includes(type) && plain.trim() !== '' && Number.isFinite(Number(plain));
  return `=not(${key} ${sign} ${number ? Number(plain) : `"${plain}"`})`;
}
