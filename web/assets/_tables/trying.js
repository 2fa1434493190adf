// Values in, result out, with the rows that matched lit up; and the test rows that were kept.
import { el, icon } from '../_icon.js';
import { Refused } from './desk.js';
import { say } from './words.js';

export class Trying {
  constructor(desk) {
    Object.assign(this, {
      desk, fields: [], form: document.querySelector('[data-try]'), result: document.querySelector('[data-result]'), keeper: document.querySelector('[data-keep]'),
      list: document.querySelector('[data-rows]'), checking: null,
    });
    this.form.addEventListener('submit', (event) => { event.preventDefault(); this.go(); });
    desk.onChange(() => { this.forget(); });
    this.keeper?.querySelector('[data-keep-deed]').addEventListener('click', () => this.keep());
    this.keeper?.querySelector('input').addEventListener('keydown', (event) => { if (event.key === 'Enter') { event.preventDefault(); this.keep(); } });
  }

  /** The fields, keeping what was typed. null: the table cannot be read just now, and the fields stay. */
  ask(fields) {
    if (fields === null) return;
    if (JSON.stringify(fields) === JSON.stringify(this.fields)) return;
    const typed = this.values();
    this.fields = fields;
    const box = document.querySelector('[data-fields]');
    box.replaceChildren(...fields.filter((field) => !field.beside).map((field, at) => control(field, at)));
    const beside = fields.filter((field) => field.beside);
    if (beside.length) box.append(el('p', { class: 'tb-other quiet' }, say('其他数据')), ...beside.map((field, at) => control(field, `b${at}`)));
    this.fill(typed);
  }

  inputs() {
    return [...this.form.querySelectorAll('[data-key]')];
  }

  values() {
    return Object.fromEntries(this.inputs().filter((input) => input.value !== '').map((input) => [input.dataset.key, input.value]));
  }

  fill(values) {
    this.inputs().forEach((input) => { input.value = values[input.dataset.key] ?? ''; });
  }

  async go() {
    const found = await this.desk.send(this.desk.urls.try_it, { content: await this.desk.content(), values: this.values() }).catch((problem) => problem);
    if (found instanceof Error) { this.say(found instanceof Refused ? found.message : say('网络不通，请稍后再试。')); return; }
    if (found.wrong) { this.forget(); this.say(found.wrong); return; }
    const rows = found.matched.length ? say('符合第 {rows} 行', { rows: found.matched.join('、') }) : say('没有一行符合');
    const used = found.counted.length && `${found.counted}` !== `${found.matched}` ? ` · ${say('采用第 {rows} 行', { rows: found.counted.join('、') })}` : '';
    this.result.replaceChildren(el('p', { class: 'tb-which' }, icon(found.matched.length ? 'circle-check' : 'circle-dashed'), rows + used),
      el('dl', {}, ...found.told.map(({ label, name, value }) => el('div', { 'data-output': name }, el('dt', { 'data-text': true }, label), el('dd', { 'data-text': true }, value)))));
    this.light(found.matched, found.counted);
    if (this.keeper) this.keeper.hidden = false;
  }

  say(words) {
    this.result.replaceChildren(el('p', { class: 'tb-wrong', 'data-text': true }, icon('alert-circle'), words));
    if (this.keeper) this.keeper.hidden = true;
  }

  forget() {
    this.result.replaceChildren();
    this.light([], []);
    if (this.keeper) this.keeper.hidden = true;
  }

  light(matched, counted) {
    this.desk.editor?.light(matched, counted);
    document.querySelectorAll('.tb-reader tr[data-row]').forEach((row) => {
      row.classList.toggle('is-matched', matched.includes(Number(row.dataset.row)));
      row.classList.toggle('is-counted', counted.includes(Number(row.dataset.row)));
    });
  }

  // ── test rows ──

  async keep(name = this.keeper.querySelector('input').value.trim(), values = this.values()) {
    if (!name) { window.anlan.note(say('请填写测试行名称'), 'danger'); this.keeper.querySelector('input').focus(); return; }
    const found = await this.desk.send(this.desk.urls.keep, { name, values, content: await this.desk.content() }).catch((problem) => problem);
    if (found instanceof Error) { window.anlan.note(found instanceof Refused ? found.message : say('网络不通，请稍后再试。'), 'danger'); return; }
    this.keeper.querySelector('input').value = '';
    window.anlan.note(say('已保存测试行'), 'success');
    this.rows(found.rows, true);
    this.checking?.now();
  }

  async drop(row) {
    if (!await window.anlan.ask(say('删去测试行“{name}”？', { name: row.name }))) return;
    const gone = await this.desk.send(this.desk.urls.forget.replace(/0$/, row.id), null, 'DELETE').catch((problem) => problem);
    if (gone instanceof Error) window.anlan.note(gone instanceof Refused ? gone.message : say('网络不通，请稍后再试。'), 'danger');
    this.checking?.now();
  }

  rows(found, readable) {
    const good = found.filter((row) => row.ok).length;
    document.querySelector('[data-rows-count]').textContent = found.length ? say('{good} / {all} 通过', { good, all: found.length }) : '';
    const nothing = readable ? say('还没有测试行。试算后可以存为测试行，每次修改和部署前自动核对。') : say('表格有错误，改正后可以试算');
    this.list.replaceChildren(...(found.length ? [...found].sort((one, other) => one.ok - other.ok).map((row) => this.row(row)) : [el('li', { class: 'quiet' }, nothing)]));
  }

  row(row) {
    const words = row.wrong ? [el('p', { class: 'tb-wrong', 'data-text': true }, row.wrong)]
      : row.ok ? [] : [el('p', { 'data-text': true }, say('应得 {wanted}', { wanted: row.wanted })), el('p', { class: 'tb-wrong', 'data-text': true }, say('现得 {found}', { found: row.found }))];
    const deeds = [deed('pencil', say('填入'), () => { this.fill(row.inputs); this.go(); this.form.scrollIntoView({ block: 'nearest' }); })];
    if (this.desk.mayEdit && !row.ok && !row.wrong) deeds.push(deed('check', say('以现在的结果为准'), () => this.keep(row.name, row.inputs)));
    if (this.desk.mayEdit) deeds.push(deed('trash', say('删去'), () => this.drop(row)));
    return el('li', { class: row.ok ? 'is-good' : 'is-bad', 'data-row-name': row.name }, icon(row.ok ? 'circle-check' : 'circle-x'),
      el('div', {}, el('b', { 'data-text': true }, row.name), el('span', { class: 'visually-hidden' }, row.ok ? say('通过') : say('不符')), ...words), el('span', { class: 'tb-deeds' }, ...deeds));
  }
}

function deed(name, words, done) {
  const button = el('button', { type: 'button', class: 'btn btn-sm btn-ghost', title: words, 'aria-label': words }, icon(name));
  button.addEventListener('click', done);
  return button;
}

function control(field, at) {
  const id = `try-${at}`;
  const common = { id, 'data-key': field.key, autocomplete: 'off' };
  const parts = [];
  if (field.kind === 'boolean') {
    parts.push(el('select', { ...common, class: 'form-select' }, el('option', { value: '' }, say('没有填')), el('option', { value: 'true' }, say('是')), el('option', { value: 'false' }, say('否'))));
  } else {
    const number = field.kind === 'number' || field.kind === 'integer';
    parts.push(el('input', { ...common, class: 'form-control', type: field.kind === 'date' ? 'date' : 'text', inputmode: number ? 'decimal' : null, maxlength: 1000, list: field.choices.length ? `${id}-list` : null }));
    if (field.choices.length) parts.push(el('datalist', { id: `${id}-list` }, ...field.choices.map((value) => el('option', { value }))));
  }
  return el('div', { class: 'tb-field' }, el('label', { for: id, 'data-text': true }, field.label), ...parts);
}
