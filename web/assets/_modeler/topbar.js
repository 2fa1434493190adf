// The bar at the top: what state the draft is in, who else is here, and the deeds.
import { choose } from './dialog.js';
import { download, take } from './exporting.js';
import { settle } from './fields/base.jsx';
import { hasLanes, laidOut } from './layout.js';
import { say } from './words.js';

const at = (name) => document.querySelector(`[data-${name}]`);

/** show(words, state), show.findings(found), show.others(names), show.newer(who) */
export function shower(board) {
  const show = (words, state) => { at('state').textContent = words; at('state').dataset.state = state; };
  show.findings = (found) => {
    const errors = found?.filter(({ severity }) => severity === 'error').length ?? 0;
    const badge = at('count');
    badge.textContent = found ? String(found.length) : '?';
    badge.dataset.worst = !found ? 'unknown' : errors ? 'error' : found.length ? 'warning' : 'fine';
    at('count-words').textContent = !found ? say('检查不了：网络不通') : found.length ? say('{errors} 个错误，{warnings} 个提醒', { errors: String(errors), warnings: String(found.length - errors) }) : say('没有发现问题');
  };
  show.others = (names) => {
    at('others').hidden = !names.length;
    at('others-names').textContent = say('{names} 也在编辑', { names: names.join('、') });
  };
  show.newer = (who) => {
    const box = at('newer');
    if (!box.hidden) return;
    box.hidden = false;
    box.querySelector('[data-newer-words]').textContent = say('{who} 已保存了新的草稿。', { who });
    box.querySelector('button').addEventListener('click', () => window.location.reload());
  };
  return show;
}

export function bar(board, { saving, findings, show }) {
  const { modeler } = board;
  const actions = modeler.get('editorActions', false);
  const stack = modeler.get('commandStack');
  const buttons = { undo: () => { settle(); stack.undo(); }, redo: () => stack.redo(), check: () => toggle(findings), fit: () => board.fit(undefined, true),
    search: () => setTimeout(() => actions?.trigger('find')), // after this click, which would close it again
    simulate: () => simulate(modeler), minimap: () => modeler.get('minimap').toggle(), help: () => keys(),
    layout: () => layout(board), import: () => at('file').click(), bpmn: () => download(board, 'bpmn'), svg: () => download(board, 'svg'), png: () => download(board, 'png'),
    ...Object.fromEntries(['left', 'center', 'right', 'top', 'middle', 'bottom'].map((type) => [`align-${type}`, () => actions.trigger('alignElements', { type })])),
    'distribute-h': () => actions.trigger('distributeElements', { type: 'horizontal' }), 'distribute-v': () => actions.trigger('distributeElements', { type: 'vertical' }) };
  document.querySelector('.mo-bar').addEventListener('click', (event) => {
    const word = event.target.closest('[data-do]')?.dataset.do;
    if (!word) return;
    event.target.closest('details')?.removeAttribute('open');
    buttons[word]?.();
  });
  document.addEventListener('input', ({ target }) => { // the search listens to keys only; an input method types without them
    if (target.closest('.djs-search-container')) target.dispatchEvent(new KeyboardEvent('keyup', { key: 'Unidentified', bubbles: true }));
  });
  document.addEventListener('keydown', (event) => {
    if ((event.ctrlKey || event.metaKey) && event.key === 'f' && actions && !event.defaultPrevented) { event.preventDefault(); actions.trigger('find'); }
  });
  at('close-findings').addEventListener('click', () => toggle(findings, false));
  const refresh = () => { for (const word of ['undo', 'redo']) { const button = document.querySelector(`[data-do=${word}]`); if (button) button.disabled = !stack[word === 'undo' ? 'canUndo' : 'canRedo'](); } };
  modeler.on('commandStack.changed', refresh);
  refresh();
  at('file')?.addEventListener('change', (event) => taken(board, event.target, saving));
  document.addEventListener('click', (event) => { for (const menu of document.querySelectorAll('.mo-bar details[open]')) if (!menu.contains(event.target)) menu.removeAttribute('open'); });
  for (const link of document.querySelectorAll('[data-leave]')) link.addEventListener('click', (event) => leave(event, saving));
  modeler.on('tokenSimulation.toggleMode', ({ active }) => { document.body.classList.toggle('is-simulating', active); at('simulate')?.setAttribute('aria-pressed', String(active)); });
  show.others([]);
}

function toggle(findings, open) {
  const box = document.querySelector('.mo-findings');
  box.hidden = open === undefined ? !box.hidden : !open;
  document.querySelector('[data-do=check]').setAttribute('aria-expanded', String(!box.hidden));
  if (!box.hidden) { settle(); findings.now(); }
}

function simulate(modeler) {
  settle();
  modeler.get('toggleMode').toggleMode();
}

/** Whoever leaves by our own buttons takes the last words along. */
async function leave(event, saving) {
  if (!saving || !settledDirty(saving)) return;
  event.preventDefault();
  const { href } = event.currentTarget;
  await saving.now();
  if (!saving.dirty) window.location.assign(href);
}

function settledDirty(saving) {
  settle();
  return saving.dirty;
}

async function layout(board) {
  const xml = await board.content();
  const lost = hasLanes(xml) ? say('泳池和泳道不参与自动排版，排版后图上不再画出它们（各步的角色不变）。') : say('现有的位置会被替换。');
  if (await choose(say('自动排版'), lost, [['yes', say('自动排版'), 'btn-primary'], ['', say('取消')]]) !== 'yes') return;
  await replace(board, await laidOut(board.modeler.get('moddle'), xml));
}

async function taken(board, input) {
  const [file] = input.files;
  input.value = '';
  if (!file) return;
  try {
    await replace(board, await take(board, await file.text()));
  } catch (problem) {
    window.anlan.note(say('读不了这个文件：{problem}', { problem: problem.message.slice(0, 200) }), 'danger');
  }
}

/** Another drawing in place of this one. The steps of undo end here, so it is asked first, and saved after. */
async function replace(board, xml) {
  await board.draw(xml);
  board.modeler.get('eventBus').fire('commandStack.changed', { trigger: 'replaced' });
}

function keys() {
  const lines = [['Ctrl + Z', say('撤销上一步')], ['Ctrl + Y', say('恢复上一步')], ['Ctrl + C / V', say('复制、粘贴（可以粘贴到另一张图）')], ['Ctrl + A', say('全选')], ['Ctrl + F', say('搜索')], ['Ctrl + S', say('立即保存')],
    ['Delete', say('删除')], ['N', say('新建元素')], ['A', say('接着画')], ['R', say('更换类型')], ['H / L / S / C', say('移动画布、框选、腾出空间、连线')], ['Ctrl + ' + say('滚轮'), say('缩放')]];
  choose(say('键盘操作'), lines.map(([key, words]) => `${key}：${words}`), [['', say('关闭'), 'btn-primary']]);
}
