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

/** To the cell, the rule or the column a finding is about. */
function lead(id) {
  const place = document.querySelector(['.tb-editor', '.tb-reader'].map((at) => `${at} [data-element-id="${CSS.escape(id)}"]`).join(', '))
    ?? [...document.querySelectorAll('.tb-editor, .tb-reader')].find((box) => box.offsetParent);
  if (!place) return;
  document.querySelectorAll('.is-pointed-at').forEach((other) => other.classList.remove('is-pointed-at'));
  place.scrollIntoView({ block: 'center', inline: 'center' });
  place.classList.add('is-pointed-at');
  setTimeout(() => place.classList.remove('is-pointed-at'), 4000);
  if (place.matches('.input-cell, .output-cell')) (place.querySelector('[contenteditable]') ?? place).focus?.();
}
