// Somebody else has saved meanwhile: theirs, or mine kept as a copy. Nothing is thrown away without a word.
import { choose } from './dialog.js';
import { save } from './exporting.js';
import { say } from './words.js';

export async function conflict(board, words, content, { forget }) {
  const word = await choose(say('别人先保存了'), [words, say('您的改动还在。可以另存为副本，再把需要的部分复制过去。')], [
    ['copy', say('把我的另存为副本'), 'btn-primary'], ['theirs', say('用对方的版本')], ['file', say('下载我的文件')]], { firm: true });
  if (word === 'file') {
    save(`${board.key}.bpmn`, content, 'application/xml');
    await conflict(board, words, content, { forget });
    return;
  }
  if (word === 'copy') {
    const key = await asCopy(board, content);
    if (!key) { await conflict(board, say('另存失败，请检查网络后再试。'), content, { forget }); return; }
    forget();
    window.location.assign(board.urls.board.replace('KEY', key));
    return;
  }
  forget();
  window.location.reload();
}

/** A draft under a name that is free, with the process called so. */
export async function asCopy(board, content) {
  for (let number = 2; number < 20; number += 1) {
    const key = `${board.key.slice(0, 58)}_${number}`;
    const address = board.urls.save.replace(`/${board.key}/`, `/${key}/`);
    const answer = await fetch(address, {
      method: 'PUT', body: JSON.stringify({ content: await renamed(board, content, key), revision: 0, name: say('{name}（副本）', { name: board.title() }) }),
      headers: { Accept: 'application/json', 'Content-Type': 'application/json', 'X-CSRFToken': document.querySelector('meta[name="csrf-token"]').content },
    }).catch(() => null);
    if (!answer) return '';
    if (answer.ok && await isFresh(board, key)) return key;
    if (!answer.ok && answer.status !== 409) return '';
  }
  return '';
}

async function isFresh(board, key) {
  const found = await board.get(board.urls.save.replace(`/${board.key}/`, `/${key}/`));
  return found.revision === 1;
}

async function renamed(board, content, key) {
  const moddle = board.modeler.get('moddle');
  const { rootElement } = await moddle.fromXML(content);
  rootElement.rootElements.find((each) => each.$type === 'bpmn:Process' && each.id === board.key).set('id', key);
  return (await moddle.toXML(rootElement, { format: true })).xml;
}
