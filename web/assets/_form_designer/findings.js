// What the server finds wrong with the form, looked for again at every pause; a click goes to the field.
import { el, icon } from '../_icon.js';
import { say } from './words.js';

const PAUSE = 700;

export class Findings {
  constructor(desk) {
    Object.assign(this, { desk, timer: 0 });
    this.list = document.querySelector('[data-findings]');
    desk.onChange(() => { clearTimeout(this.timer); this.timer = setTimeout(() => this.now(), PAUSE); });
    this.list.addEventListener('click', (event) => {
      const found = event.target.closest('[data-element]');
      if (found) desk.editor?.select(found.dataset.element);
    });
  }

  async now() {
    const found = await this.desk.send(this.desk.urls.check, { content: await this.desk.content() }, 'POST', true).catch(() => null);
    const count = document.querySelector('[data-count]');
    if (!found) { count.textContent = say('无法检查，请检查网络'); return; }
    const errors = found.findings.filter((one) => one.severity === 'error').length;
    count.textContent = found.findings.length ? say('{errors} 个错误，{warnings} 个提醒', { errors, warnings: found.findings.length - errors }) : '';
    this.list.replaceChildren(...(found.findings.length ? found.findings.map(line) : [el('li', { class: 'tb-fine' }, icon('circle-check'), say('没有发现问题'))]));
  }
}

const line = ({ element, severity, text }) => el('li', { class: `tb-finding tb-${severity}` }, icon(severity === 'error' ? 'circle-x' : 'alert-triangle'),
  element ? el('button', { type: 'button', class: 'fd-finding', 'data-element': element, 'data-text': true }, text) : el('span', { 'data-text': true }, text));
