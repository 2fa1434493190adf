// A long select becomes a search box: names in the page at once, posts and numbers from the server. Without scripts the select works.
import { el } from './_icon.js';
import { speaker } from './_words.js';
import './picker.css';

const say = speaker({
  '输入姓名搜索': 'Type a name',
  '输入名称搜索': 'Type a place',
  '没有找到': 'Nothing found',
  '还有更多，请继续输入': 'There are more, keep typing',
  '清除': 'Clear',
});
const MOST = 30;
const ADDRESS = { people: '/org/people', grids: '/org/units' };

function equip(select) {
  const box = select.multiple ? new Several(select) : new Picker(select);
  select.dataset.equipped = '';
  return box;
}

class Picker {
  constructor(select) {
    this.select = select;
    this.choices = [...select.options].filter((o) => o.value).map((o) => ({ id: o.value, name: o.text, low: o.text.toLowerCase() }));
    this.kind = select.dataset.picker;
    this.id = select.id;
    this.build();
    this.show();
  }

  build() {
    const { select, id } = this;
    this.input = el('input', {
      type: 'text', class: select.className.replace('form-select', 'form-control'), id, role: 'combobox', autocomplete: 'off',
      'aria-autocomplete': 'list', 'aria-expanded': 'false', 'aria-controls': `${id}-list`, 'data-text': true,
      placeholder: say(this.kind === 'people' ? '输入姓名搜索' : '输入名称搜索'),
      'aria-describedby': select.getAttribute('aria-describedby'), 'aria-invalid': select.getAttribute('aria-invalid'),
    });
    this.list = el('ul', { class: 'picker-list', role: 'listbox', id: `${id}-list`, hidden: true, 'data-text': true });
    this.wipe = el('button', { type: 'button', class: 'picker-wipe', 'aria-label': say('清除'), hidden: true }, '×');
    select.id = `${id}-value`;
    select.hidden = true;
    select.tabIndex = -1;
    this.room = el('div', { class: 'picker' }, this.input, this.wipe, this.list);
    select.after(this.room);
    this.listen();
  }

  listen() {
    this.input.addEventListener('focus', () => { this.input.select(); this.find(); });
    this.input.addEventListener('click', () => this.find());
    this.input.addEventListener('input', (event) => { event.stopPropagation(); this.find(true); });
    this.input.addEventListener('keydown', (event) => this.key(event));
    this.input.addEventListener('blur', () => setTimeout(() => { this.close(); this.show(); }, 150));
    this.list.addEventListener('mousedown', (event) => {
      event.preventDefault();
      const row = event.target.closest('[data-id]');
      if (row) this.choose(row.dataset.id);
    });
    this.wipe.addEventListener('click', () => { this.choose(''); this.input.focus(); });
  }

  find(typing = false) {
    const chosen = this.choices.find((c) => c.id === this.select.value);
    const words = !typing && chosen && this.input.value === chosen.name ? [] : this.input.value.trim().toLowerCase().split(/\s+/).filter(Boolean);
    const hits = this.choices.filter((c) => words.every((word) => c.low.includes(word)));
    this.open(hits);
    clearTimeout(this.timer);
    if (typing && words.length && hits.length < 5) this.timer = setTimeout(() => this.ask(words.join(' '), hits), 200);
  }

  async ask(words, hits) {
    try {
      const answer = await fetch(`${ADDRESS[this.kind]}?q=${encodeURIComponent(words)}`, { headers: { Accept: 'application/json' } });
      if (!answer.ok || this.list.hidden) return;
      const known = new Map(this.choices.map((c) => [c.id, c]));
      const more = (await answer.json()).items.map((item) => known.get(String(item.id))).filter((c) => c && !hits.includes(c));
      if (more.length) this.open([...hits, ...more]);
    } catch { /* no network: the names in the page are enough */ }
  }

  open(hits) {
    const rows = hits.slice(0, MOST).map((c) => el('li', {
      role: 'option', id: `${this.id}-${c.id}`, 'data-id': c.id, 'aria-selected': String(c.id === this.select.value),
    }, c.name));
    if (!hits.length) rows.push(el('li', { class: 'picker-note' }, say('没有找到')));
    if (hits.length > MOST) rows.push(el('li', { class: 'picker-note' }, say('还有更多，请继续输入')));
    this.list.replaceChildren(...rows);
    const opening = this.list.hidden;
    this.list.hidden = false;
    if (opening) this.list.scrollIntoView({ block: 'nearest' });
    this.at = -1;
    this.input.setAttribute('aria-expanded', 'true');
    this.input.removeAttribute('aria-activedescendant');
  }

  close() {
    this.list.hidden = true;
    this.input.setAttribute('aria-expanded', 'false');
    this.input.removeAttribute('aria-activedescendant');
  }

  key(event) {
    const rows = [...this.list.querySelectorAll('[data-id]')];
    if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
      event.preventDefault();
      if (this.list.hidden) return void this.find();
      this.move(rows, event.key === 'ArrowDown' ? 1 : -1);
    } else if (event.key === 'Enter' && !this.list.hidden) {
      event.preventDefault();
      const row = rows[this.at] ?? (rows.length === 1 ? rows[0] : null);
      if (row) this.choose(row.dataset.id);
    } else if (event.key === 'Escape') {
      this.close();
      this.show();
    }
  }

  move(rows, by) {
    if (!rows.length) return;
    rows[this.at]?.classList.remove('is-at');
    this.at = (this.at + by + rows.length) % rows.length;
    rows[this.at].classList.add('is-at');
    rows[this.at].scrollIntoView({ block: 'nearest' });
    this.input.setAttribute('aria-activedescendant', rows[this.at].id);
  }

  choose(id) {
    this.select.value = id;
    this.select.dispatchEvent(new Event('input', { bubbles: true }));
    this.select.dispatchEvent(new Event('change', { bubbles: true }));
    this.show();
    this.close();
  }

  show() {
    this.input.value = this.choices.find((c) => c.id === this.select.value)?.name ?? '';
    this.wipe.hidden = !this.select.value;
  }
}

// Several people: those chosen stand as names above the box, each with a way to take it out again.
class Several extends Picker {
  build() {
    super.build();
    this.chosen = el('ul', { class: 'picker-chosen', 'data-text': true });
    this.room.before(this.chosen);
    this.chosen.addEventListener('click', (event) => {
      const id = event.target.closest('[data-drop]')?.dataset.drop;
      if (id) this.choose(id);
    });
  }

  /** In or out of those chosen. */
  choose(id) {
    const option = [...this.select.options].find((one) => one.value === id);
    option.selected = !option.selected;
    this.select.dispatchEvent(new Event('change', { bubbles: true }));
    this.input.value = '';
    this.show();
    this.close();
  }

  show() {
    this.wipe.hidden = true;
    this.input.value = '';
    this.chosen.replaceChildren(...[...this.select.selectedOptions].map((one) => el('li', {}, one.text, el(
      'button', { type: 'button', 'data-drop': one.value, 'aria-label': `${say('清除')} ${one.text}` }, '×'))));
  }

  open(hits) {
    super.open(hits.filter((hit) => ![...this.select.selectedOptions].some((one) => one.value === hit.id)));
  }
}

const equipAll = () => document.querySelectorAll('select[data-picker]:not([data-equipped])').forEach(equip);
document.addEventListener('anlan:content', equipAll);
equipAll();
