// One report that waits on this phone: its first picture, its words, what it waits for.
import { el, icon } from '../_icon.js';
import { say } from './words.js';

export function waitingItem(report, { change, remove }) {
  const refused = report.state === 'refused';
  const thumb = report.photos[0] ? el('img', { src: URL.createObjectURL(report.photos[0].thumb), alt: '' }) : el('span', { class: 'snap-nothumb' });
  const more = report.photos.length > 1 ? el('span', { class: 'snap-more' }, `+${report.photos.length - 1}`) : null;
  const state = refused ? el('span', { class: 'snap-state is-refused' }, report.message || say('需要修改'))
    : el('span', { class: 'snap-state' }, navigator.onLine ? say('正在上传…') : say('等待网络'));
  const deeds = el('span', { class: 'snap-item-deeds' });
  if (refused) {
    const edit = el('button', { type: 'button', class: 'btn btn-sm' }, icon('edit'), say('修改'));
    edit.addEventListener('click', () => change(report));
    deeds.append(edit);
  }
  const away = el('button', { type: 'button', class: 'btn btn-sm btn-icon', 'aria-label': say('删除') }, icon('trash'));
  away.addEventListener('click', () => remove(report));
  deeds.append(away);
  return el('li', {}, el('span', { class: 'snap-thumb' }, thumb, more),
    el('span', { class: 'snap-item-words' }, el('span', { class: 'snap-report-text', 'data-text': true }, report.description),
      el('span', { class: 'quiet', 'data-text': true }, report.grid?.name ?? ''), state), deeds);
}
