// Our entries of the properties panel: what form-js does not know, and conditions without a formula to write.
import { h } from './preact.js';
import { english } from './chinese.js';
import { read, written } from './showing.js';

// What the house does not run, or says in its own way; groups that are left empty go with it.
const DROPPED = ['serialization', 'custom-properties', 'custom-values', 'condition', 'securityAttributes', 'layout', 'valuesSource', 'dynamicOptions'];
const ENTRIES = /(^|-)(prefix-adorner|verticalAlignment|disabled|showOutline|allowAddRemove|disableCollapse|nonCollapsedItems|searchable|timeInterval|use24h|time-format|step|versionTag|id|patternErrorMessage|height|conditional-hide|columns)$/;
const t = (zh, en) => (english ? en : zh);
const SIGNS = [['=', t('等于', 'is')], ['!=', t('不等于', 'is not')], ['contains', t('包含', 'contains')], ['>', t('大于', 'is more than')],
  ['>=', t('不小于', 'is at least')], ['<', t('小于', 'is less than')], ['<=', t('不大于', 'is at most')]];
const QUESTIONS = /^(textfield|textarea|number|datetime|checkbox|checklist|radio|select|taglist|person|unit|grid|dictionary|photo|attachment|signature|dynamiclist)$/;

const row = (id, label, ...inside) => h('div', { class: 'bio-properties-panel-entry', 'data-entry-id': id },
  label && h('label', { class: 'bio-properties-panel-label', for: `fd-${id}` }, label), ...inside);
const hint = (words) => h('div', { class: 'bio-properties-panel-description' }, words);

function choice(id, label, value, options, set) {
  return row(id, label, h('select', { id: `fd-${id}`, class: 'bio-properties-panel-input', value, onChange: (event) => set(event.target.value) },
    ...options.map(([said, words]) => h('option', { value: said, selected: said === value }, words))));
}

function line(id, label, value, set, words, more = {}) {
  return row(id, label, h('input', { id: `fd-${id}`, class: 'bio-properties-panel-input', type: 'text', autocomplete: 'off', spellcheck: 'false', value,
    onChange: (event) => set(event.target.value.trim()), ...more }), words && hint(words));
}

const whole = (id, label, field, edit, name) => line(id, label, field.validate?.[name] ?? '', (said) => edit(field, 'validate', {
  ...field.validate, [name]: said === '' ? undefined : Number(said) }), '', { type: 'number', min: 0, max: 20 });

// ── 何时显示 ──

function Condition({ field, edit, before }) {
  const source = field.conditional?.hide ?? '';
  const set = (hide) => edit(field, 'conditional', hide ? { hide } : undefined);
  const simple = read(source);
  if (!simple) return h('div', {}, line('hide', t('隐藏条件', 'Hidden when'), source, set, t('FEEL 条件；成立时隐藏。', 'A FEEL condition; hidden when it holds.')),
    row('hide-simple', '', h('button', { type: 'button', class: 'btn btn-sm', onClick: () => set('') }, t('改为简单条件', 'Make it simple'))));
  const others = before(field);
  const chosen = others.find((one) => one.key === simple.key);
  const change = (more) => set(written({ ...simple, ...more }, others));
  return h('div', {},
    choice('show-field', t('仅当', 'Shown only when'), simple.key, [['', t('总是显示', 'Always shown')], ...others.map((one) => [one.key, one.label || one.key])],
      (key) => set(key ? written({ key, sign: '=', value: '' }, others) : '')),
    simple.key && choice('show-sign', '', simple.sign, SIGNS, (sign) => change({ sign })),
    simple.key && (chosen?.type === 'checkbox'
      ? choice('show-value', '', simple.value, [['true', t('已勾选', 'checked')], ['false', t('未勾选', 'not checked')]], (value) => change({ value }))
      : chosen?.values?.length
        ? choice('show-value', '', simple.value, [['', '—'], ...chosen.values.map((one) => [one.value, one.label || one.value])], (value) => change({ value }))
        : line('show-value', '', simple.value, (value) => change({ value }), t('与此值比较', 'Compared with this value'))));
}

class OurPanel {
  constructor(propertiesPanel, formEditor, dictionaries) {
    Object.assign(this, { formEditor, dictionaries });
    propertiesPanel.registerProvider(this, 400);
  }

  getGroups(field, edit) {
    const kept = (groups) => groups.filter((one) => !DROPPED.includes(one.id))
      .map((one) => (one.entries ? { ...one, entries: one.entries.filter((entry) => !ENTRIES.test(entry.id) && !(field?.type === 'group' && entry.id === 'path')) } : one))
      .filter((one) => one.items || one.entries?.length);
    if (!field || field.type === 'default') return kept;
    return (groups) => [...kept(groups), ...this.own(field, edit)];
  }

  own(field, edit) {
    const entry = (id, Component) => ({ id, component: Component });
    const found = [];
    const about = this.about(field, edit);
    if (about.length) found.push({ id: 'fd-own', label: t('填写要求', 'What is asked'), entries: about.map((Component, at) => entry(`fd-own-${at}`, Component)) });
    found.push({ id: 'fd-when', label: t('何时显示', 'When it is shown'), entries: [
      entry('fd-when-entry', () => h(Condition, { field, edit, before: (one) => this.before(one) }))] });
    if (QUESTIONS.test(field.type) && !['photo', 'attachment', 'signature', 'dynamiclist'].includes(field.type)) {
      found.push({ id: 'fd-from', label: t('从前面的步骤带入', 'Taken from an earlier step'), entries: [entry('fd-from-entry', () => line(
        'from', t('数据', 'Data'), field.properties?.from ?? '', (from) => edit(field, 'properties', from ? { from } : undefined),
        t('如 confirm.level；还没有填过时作为初值。', 'Such as confirm.level; the beginning while nothing has been filled in.')))] });
    }
    return found;
  }

  about(field, edit) {
    const found = [];
    if (field.type === 'dictionary') found.push(() => choice('dictionary', t('字典', 'Dictionary'), field.dictionary ?? '',
      [['', '—'], ...this.dictionaries.map((one) => [one.value, one.label])], (said) => edit(field, 'dictionary', said || undefined)));
    if (field.type === 'person') found.push(() => choice('multiple', t('选几人', 'How many'), field.multiple ? 'several' : 'one',
      [['one', t('一人', 'One person')], ['several', t('可选多人', 'Several people')]], (said) => edit(field, 'multiple', said === 'several' || undefined)));
    if (field.type === 'photo' || field.type === 'attachment') {
      found.push(() => whole('least', t('至少几个', 'At least'), field, edit, 'min'), () => whole('most', t('最多几个', 'At most'), field, edit, 'max'));
    }
    return found;
  }

  /** The questions that stand before a field and that its condition may look at. */
  before(field) {
    const found = [];
    const walk = (components, rows) => (components ?? []).some((one) => {
      if (one.id === field.id) return true;
      const key = one.type === 'dynamiclist' ? one.path : one.key;
      if (key && QUESTIONS.test(one.type)) found.push({ key, label: one.label || one.dateLabel || one.timeLabel, type: one.type, values: one.values, rows });
      if (one.type === 'dynamiclist') {
        const here = found.length;
        if (walk(one.components, one.path)) return true;
        found.length = here;
        return false;
      }
      return walk(one.components, rows);
    });
    walk(this.formEditor._getState().schema.components, '');
    return found;
  }
}
OurPanel.$inject = ['propertiesPanel', 'formEditor', 'config.dictionaries'];

export const panel = { __init__: ['ourPanel'], ourPanel: ['type', OurPanel] };
