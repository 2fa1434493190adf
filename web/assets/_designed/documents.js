// Files of a designed form: sent as they are chosen, their ids kept in the form. Without scripts the plain file input works.
import { el } from '../_icon.js';
import { speaker } from '../_words.js';

const say = speaker({
  '正在上传…': 'Uploading…',
  '文件未能上传，请重试': 'The file was not uploaded, please retry',
  '最多 {most} 个附件': 'At most {most} files',
  '删除': 'Remove',
});

document.addEventListener('change', async (event) => {
  const room = event.target.closest?.('[data-documents]');
  if (!room || event.target.type !== 'file') return;
  const files = [...event.target.files];
  event.target.value = '';
  for (const file of files) await take(room, file);
});

async function take(room, file) {
  const most = Number(room.dataset.most);
  if (room.querySelectorAll('input[type=hidden]').length >= most) return void complain(room, say('最多 {most} 个附件', { most }));
  complain(room, say('正在上传…'), true);
  const form = new FormData();
  form.append('file', file);
  const csrf = document.querySelector('meta[name=csrf-token]').content;
  try {
    const answer = await fetch('/files/documents', { method: 'POST', body: form, headers: { Accept: 'application/json', 'X-CSRFToken': csrf } });
    const said = await answer.json();
    if (!answer.ok) return void complain(room, said.error);
    complain(room, '');
    room.querySelector('.documents').append(line(room, said));
    room.dispatchEvent(new Event('input', { bubbles: true }));
  } catch {
    complain(room, say('文件未能上传，请重试'));
  }
}

const line = (room, { id, name, url }) => el('li', {}, el('input', { type: 'hidden', name: room.dataset.documents, value: id }),
  el('a', { href: url, 'data-text': true }, name), drop());

function drop() {
  const button = el('button', { type: 'button', class: 'btn btn-sm', 'aria-label': say('删除') }, '×');
  button.addEventListener('click', () => button.closest('li').remove());
  return button;
}

function complain(room, words, quiet = false) {
  room.querySelector('.documents-note')?.remove();
  if (words) room.append(el('div', { class: `documents-note ${quiet ? 'form-hint' : 'field-error'}`, role: 'status' }, words));
}

for (const kept of document.querySelectorAll('[data-documents] .documents li')) kept.append(drop());
