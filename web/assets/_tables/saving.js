// The draft saves itself. Without a connection it waits in this browser; when somebody else was first, the person chooses.
import { el } from '../_icon.js';
import { Refused } from './desk.js';
import { say } from './words.js';

const PAUSE = 1000;
const RETRY = 8000;
const BEAT = 20000;

export class Saving {
  constructor(desk) {
    Object.assign(this, { desk, changes: 0, saved: 0, timer: 0, busy: null, stopped: false });
    desk.onChange(() => this.touch());
    window.addEventListener('online', () => this.now());
    window.addEventListener('beforeunload', (event) => { if (this.dirty) { event.preventDefault(); event.returnValue = ''; } });
    document.addEventListener('visibilitychange', () => { if (document.hidden && this.dirty) this.now(); });
    document.querySelector('[data-reload]').addEventListener('click', () => { this.stopped = true; window.location.reload(); });
    document.querySelector('[data-deploy]')?.addEventListener('click', (event) => this.before(event));
    setInterval(() => this.beat(), BEAT);
    this.beat();
  }

  get dirty() {
    return this.changes > this.saved && !this.stopped;
  }

  get shelf() {
    return `${this.desk.shelf ?? 'anlan-table'}:${this.desk.key}`;
  }

  show(words, state) {
    const place = document.querySelector('[data-state]');
    Object.assign(place, { textContent: words });
    place.dataset.state = state;
  }

  touch() {
    this.changes += 1;
    if (this.stopped) return;
    this.show(say('未保存'), 'waiting');
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.now(), PAUSE);
  }

  /** Whoever leaves for the deployment takes the last change along. */
  async before(event) {
    if (!this.dirty && !this.busy) return;
    event.preventDefault();
    const link = event.currentTarget.href;
    await this.now();
    if (!this.dirty) window.location.assign(link);
  }

  /** Save what there is; one save at a time, and once more when something came meanwhile. */
  async now() {
    clearTimeout(this.timer);
    if (this.busy) await this.busy;
    if (!this.dirty) return;
    this.busy = this.save().finally(() => { this.busy = null; });
    await this.busy;
  }

  async save() {
    const content = await this.desk.content();
    const upTo = this.changes;
    this.show(say('正在保存…'), 'busy');
    try {
      const { revision, savedAt } = await this.desk.send(this.desk.urls.save, { content, revision: this.desk.revision, name: this.desk.title() }, 'PUT');
      Object.assign(this.desk, { revision, xml: content });
      document.querySelectorAll('[data-revision]').forEach((input) => { input.value = revision; });
      this.saved = upTo;
      this.keep(null);
      this.show(say('已保存 {when}', { when: savedAt }), 'done');
      if (this.dirty) this.timer = setTimeout(() => this.now(), PAUSE);
    } catch (problem) {
      await this.failed(problem, content);
    }
  }

  async failed(problem, content) {
    this.keep(content);
    const refused = problem instanceof Refused;
    if (refused && problem.status === 409) { await this.clash(problem.message, content); return; }
    if (refused && problem.status === 401) window.anlan.note(problem.message, 'danger', problem.login);
    if (refused && problem.status < 500 && problem.status !== 401) { this.show(problem.message, 'failed'); return; }
    this.show(refused ? say('保存失败，稍后再试') : say('离线：改动留在本机，连上后自动保存'), 'offline');
    this.timer = setTimeout(() => this.now(), RETRY);
  }

  keep(content) {
    try {
      if (content === null) localStorage.removeItem(this.shelf);
      else localStorage.setItem(this.shelf, JSON.stringify({ content, revision: this.desk.revision }));
    } catch { /* a full or forbidden store: the page still holds it */ }
  }

  /** What was drawn without a connection and never arrived, when the page is opened again. */
  static left(desk) {
    try {
      const kept = JSON.parse(localStorage.getItem(`${desk.shelf ?? 'anlan-table'}:${desk.key}`));
      return kept && kept.content !== desk.xml && kept.revision === desk.revision ? kept.content : null;
    } catch {
      return null;
    }
  }

  clash(words, content) {
    this.show(say('与他人的修改冲突'), 'failed');
    this.stopped = true;
    const box = el('dialog', { class: 'ask', 'aria-labelledby': 'tb-clash' });
    const mine = el('button', { type: 'button', class: 'btn' }, say('下载我的文件'));
    const theirs = el('button', { type: 'button', class: 'btn btn-primary' }, say('载入对方的版本'));
    box.append(el('h2', { id: 'tb-clash' }, say('别人先保存了')), el('p', { 'data-text': true }, words),
      el('p', {}, say('您的改动还在本页。可以先下载，再载入对方的版本。')), el('div', { class: 'deeds' }, mine, theirs));
    mine.addEventListener('click', () => download(this.desk.file ?? `${this.desk.key}.dmn`, content));
    theirs.addEventListener('click', () => { this.keep(null); window.location.reload(); });
    box.addEventListener('cancel', (event) => event.preventDefault());
    document.body.append(box);
    box.showModal();
  }

  // ── who else is here ──

  async beat() {
    if (document.hidden || this.stopped) return;
    const found = await this.desk.send(this.desk.urls.visit, {}, 'POST', true).catch(() => null);
    if (!found) return;
    const others = document.querySelector('[data-others]');
    others.hidden = !found.others.length;
    document.querySelector('[data-others-names]').textContent = say('{who} 正在查看或修改', { who: found.others.join('、') });
    if (found.revision > this.desk.revision && !this.busy && found.savedBy !== this.desk.me) {
      document.querySelector('[data-newer]').hidden = false;
      document.querySelector('[data-newer-words]').textContent = say('{who} 保存了新的草稿。', { who: found.savedBy });
    }
  }
}

function download(name, content) {
  const link = el('a', { href: URL.createObjectURL(new Blob([content], { type: 'application/xml' })), download: name });
  link.click();
  URL.revokeObjectURL(link.href);
}
