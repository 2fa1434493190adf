// What the server says of the table as it is now: findings, what one fills in to try it, how the test rows go.
import { el, icon } from '../_icon.js';
import { say } from './words.js';

const PAUSE = 700;

export class Checking {
  constructor(desk, trying) {
    Object.assign(this, { desk, trying, list: document.querySelector('[data-findings]'), timer: 0, asked: 0 });
    desk.onChange(() => { clearTimeout(this.timer); this.timer = setTimeout(() => this.now(), PAUSE); });
  }

  async now() {
    this.asked += 1;
    const mine = this.asked;
    try {
      const { findings, fields, rows } = await this.desk.send(this.desk.urls.check, { content: await this.desk.content() });
      if (mine !== this.asked) return;
      this.draw(findings);
      this.trying.ask(fields);
      this.trying.rows(rows, fields !== null);
    } catch {
      if (mine === this.asked) this.list.replaceChildren(el('li', { class: 'quiet' }, say('无法检查，请检查网络')));
    }
  }

  draw(found) {
    const errors = found.filter((one) => one.severity === 'error').length;
    document.querySelector('[data-count]').textContent = found.length ? say('{errors} 个错误，{warnings} 个提醒', { errors, warnings: found.length - errors }) : '';
    this.list.replaceChildren(...(found.length ? found.map((one) => this.line(one)) : [el('li', { class: 'tb-fine' }, icon('circle-check'), say('没有发现问题'))]));
    this.list.dataset.done = this.asked;
  }

  line(one) {
    const button = el('button', { type: 'button', class: `tb-finding tb-${one.severity}`, 'data-rule': one.rule },
      icon(one.severity === 'error' ? 'circle-x' : 'alert-triangle'), el('span', { 'data-text': true }, one.text));
    button.addEventListener('click', () => lead(one.element));
    return el('li', {}, button);
  }
}

/** To the cell, the rule or the column a finding is about; for the whole table, to the table. */
function lead(id) {
  const named = CSS.escape(id);
  const open = [...document.querySelectorAll('.tb-editor, .tb-reader')].find((box) => box.offsetParent);
  const places = [...open.querySelectorAll(`[data-row-id="${named}"], tr[data-element-id="${named}"], th[data-col-id="${named}"], td[data-element-id="${named}"]`)];
  document.querySelectorAll('.is-pointed-at').forEach((other) => other.classList.remove('is-pointed-at'));
  (places[0] ?? open).scrollIntoView({ block: 'center', inline: 'center' });
  for (const place of places.length ? places : [open]) {
    place.classList.add('is-pointed-at');
    setTimeout(() => place.classList.remove('is-pointed-at'), 4000);
  }
  if (places[0]?.matches('.input-cell, .output-cell') && places.length === 1) (places[0].querySelector('[contenteditable]') ?? places[0]).focus?.();
}
