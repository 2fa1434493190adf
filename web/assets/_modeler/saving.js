// The draft saves itself. Without a connection it waits in this browser; when somebody else was first, the person chooses.
import { Refused } from './board.js';
import { conflict } from './conflict.js';
import { say } from './words.js';

const PAUSE = 1200;
const RETRY = 8000;
const BEAT = 20000;

const shelf = (board) => `anlan-draft:${board.person}:${board.key}`; // each person's own, on a computer that several use

export class Saving {
  constructor(board, show) {
    Object.assign(this, { board, show, changes: 0, saved: 0, timer: 0, busy: null, stopped: false });
    board.modeler.on('commandStack.changed', (event) => { if (event.trigger !== 'clear') this.touch(); });
    window.addEventListener('online', () => this.now());
    window.addEventListener('offline', () => { if (this.dirty) this.keepHere(); });
    window.addEventListener('beforeunload', (event) => { if (this.dirty) { event.preventDefault(); event.returnValue = ''; } });
    document.addEventListener('visibilitychange', () => { if (document.hidden && this.dirty) this.now(); });
    document.addEventListener('keydown', (event) => { if ((event.ctrlKey || event.metaKey) && event.key === 's') { event.preventDefault(); this.now(true); } });
    setInterval(() => this.beat(), BEAT);
    this.beat();
  }

  get dirty() {
    return this.changes > this.saved && !this.stopped;
  }

  get shelf() {
    return shelf(this.board);
  }

  touch() {
    this.changes += 1;
    if (this.stopped) return;
    this.show(say('未保存'), 'waiting');
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.now(), PAUSE);
  }

  /** Save what there is; one save at a time, and once more when something came meanwhile. */
  async now(always = false) {
    clearTimeout(this.timer);
    if (this.busy) { await this.busy; if (!this.dirty) return; }
    if (!this.dirty && !always) return;
    this.busy = this.save().finally(() => { this.busy = null; });
    await this.busy;
  }

  async save() {
    const content = await this.board.content();
    const upTo = this.changes;
    this.show(say('正在保存…'), 'busy');
    try {
      const { revision, savedAt } = await this.board.send('save', { content, revision: this.board.revision, name: this.board.title() }, 'PUT');
      this.board.revision = revision;
      this.saved = upTo;
      this.clearHere();
      this.show(say('已保存 {when}', { when: savedAt }), 'done');
      this.board.modeler.get('eventBus').fire('draft.saved');
      if (this.dirty) this.timer = setTimeout(() => this.now(), PAUSE);
    } catch (problem) {
      await this.failed(problem, content);
    }
  }

  async failed(problem, content) {
    this.keepHere(content);
    if (problem instanceof Refused && problem.status === 409) { await this.clash(problem.message, content); return; }
    if (problem instanceof Refused && problem.status === 401) { window.anlan.note(problem.message, 'danger', problem.login); }
    if (problem instanceof Refused && problem.status < 500 && problem.status !== 401) { this.show(problem.message, 'failed'); return; }
    this.show(problem instanceof Refused ? say('保存失败，稍后再试') : say('离线：改动留在本机，连上后自动保存'), 'offline');
    this.timer = setTimeout(() => this.now(), RETRY);
  }

  async clash(words, content) {
    this.show(say('与他人的修改冲突'), 'failed');
    this.stopped = true;
    await conflict(this.board, words, content, { forget: () => this.clearHere() });
  }

  // ── kept in this browser ──

  async keepHere(content) {
    try {
      localStorage.setItem(this.shelf, JSON.stringify({ content: content ?? await this.board.content(), revision: this.board.revision, at: Date.now() }));
    } catch { /* a full or forbidden store: the page still holds it */ }
  }

  clearHere() {
    try { localStorage.removeItem(this.shelf); } catch { /* nothing was kept either */ }
  }

  /** What was drawn without a connection, when the page is opened again: the drawing to go on from, or null. */
  static left(board) {
    try {
      const kept = JSON.parse(localStorage.getItem(shelf(board)));
      return kept && kept.content !== board.xml ? kept : null;
    } catch {
      return null;
    }
  }

  // ── who else is here ──

  async beat() {
    if (!this.board.mayEdit || document.hidden) return;
    const found = await this.board.send('visit', {}).catch(() => null);
    if (!found) return;
    this.show.others(found.others);
    if (found.revision > this.board.revision && !this.busy && !this.stopped && found.savedBy !== this.board.me) this.show.newer(found.savedBy);
  }
}
