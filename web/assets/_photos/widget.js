// One photo field: its pictures, their progress and their faults. With `data-hold` nothing is sent; the page asks for the photos.
import './widget.css';
import { el, icon } from '../_icon.js';
import { speaker } from '../_words.js';
import { NotAPhoto, shrink } from './shrink.js';
import { upload } from './upload.js';

const say = speaker({
  '拍照': 'Take a photo',
  '从相册选择': 'Choose from album',
  '选择照片': 'Choose photos',
  '删除照片 {number}': 'Remove photo {number}',
  '照片 {number}': 'Photo {number}',
  '重试': 'Retry',
  '正在处理照片…': 'Preparing photos…',
  '照片正在上传，完成后自动提交': 'Photos are being uploaded; the form goes out right after',
  '有照片未能上传，请重试或删除': 'Some photos could not be uploaded: retry or remove them',
  '“{name}”不是能识别的照片': '"{name}" is not a photo we can read',
  '最多 {most} 张照片': 'At most {most} photos',
  '网络不通，照片未能上传': 'No connection: the photo was not uploaded',
  '照片未能上传，请重试': 'The photo was not uploaded, please retry',
  '登录已失效，请在新页面登录后重试': 'You are signed out: sign in on a new page, then retry',
  '{count} / {most} 张': '{count} of {most}',
});

export function equip(room, changed = () => {}) {
  if (room.widget) return room.widget;
  const [name, most, hold] = [room.dataset.photos, Number(room.dataset.most) || 9, 'hold' in room.dataset];
  const chooser = room.querySelector('input[type=file]');
  const shots = [];
  room.classList.toggle('an-has-camera', matchMedia('(pointer: coarse)').matches || navigator.maxTouchPoints > 0);
  const list = el('ul', { class: 'an-photos' });
  const tally = el('span', { class: 'an-photos-tally' });
  const fault = el('div', { class: 'an-photos-fault', role: 'alert' });
  const note = el('div', { class: 'visually-hidden', role: 'status' });
  const doors = makeDoors();

  for (const kept of room.querySelectorAll('input[type=hidden]')) {
    shots.push({ id: Number(kept.value), show: `/files/${kept.value}/thumb` });
    kept.remove();
  }
  chooser.removeAttribute('name');  // the ids travel, not the files
  chooser.classList.add('an-photos-chooser');
  chooser.addEventListener('change', () => take(chooser));
  room.append(list, doors, fault, note);
  room.closest('form')?.addEventListener('submit', hold ? () => {} : waitForUploads, true);
  draw();

  function makeDoors() {
    const album = chooser.cloneNode();
    album.removeAttribute('capture');
    album.removeAttribute('name');
    album.removeAttribute('id');
    album.tabIndex = -1;
    album.setAttribute('aria-hidden', 'true');
    album.classList.add('an-photos-chooser');
    album.addEventListener('change', () => take(album));
    chooser.setAttribute('capture', 'environment');
    chooser.tabIndex = -1;
    const camera = el('button', { type: 'button', class: 'btn an-photos-camera' }, icon('camera'), say('拍照'));
    const pick = el('button', { type: 'button', class: 'btn an-photos-album' }, icon('photo-plus'),
      el('span', { class: 'an-touch' }, say('从相册选择')), el('span', { class: 'an-mouse' }, say('选择照片')));
    camera.addEventListener('click', () => chooser.click());
    pick.addEventListener('click', () => album.click());
    return el('div', { class: 'an-photos-doors' }, camera, pick, album, tally);
  }

  async function take(input) {
    const files = [...input.files];
    input.value = '';
    complain('');
    note.textContent = say('正在处理照片…');
    for (const file of files) {
      if (shots.length >= most) {
        complain(say('最多 {most} 张照片', { most }));
        break;
      }
      const shot = { name: file.name, busy: true };
      shots.push(shot);
      draw();
      try {
        const { photo, thumb } = await shrink(file);
        Object.assign(shot, { photo, thumb, busy: false, show: URL.createObjectURL(thumb) });
        if (!hold) send(shot);
      } catch (error) {
        shots.splice(shots.indexOf(shot), 1);
        complain(error instanceof NotAPhoto ? say('“{name}”不是能识别的照片', { name: file.name }) : String(error));
      }
      draw();
      changed();
    }
    note.textContent = '';
  }

  async function send(shot) {
    Object.assign(shot, { busy: true, failed: '', part: 0 });
    draw();
    try {
      const answer = await upload(shot.photo, shot.name, csrf(), (part) => {
        shot.part = part;
        if (shot.bar) shot.bar.value = part;
      });
      shot.id = answer.id;
    } catch (error) {
      shot.failed = error.message || say(error.status === 401 ? '登录已失效，请在新页面登录后重试'
        : error.status ? '照片未能上传，请重试' : '网络不通，照片未能上传');
      complain(shot.failed);
    }
    shot.busy = false;
    draw();
    changed();
  }

  function remove(shot) {
    shots.splice(shots.indexOf(shot), 1);
    if (!shots.some((other) => other.failed)) complain('');
    draw();
    changed();
    doors.querySelector('button').focus();
  }

  function complain(words) {
    fault.textContent = words;
  }

  function draw() {
    list.replaceChildren(...shots.map((shot, number) => item(shot, number + 1)));
    list.hidden = !shots.length;
    tally.textContent = shots.length ? say('{count} / {most} 张', { count: shots.length, most }) : '';
    doors.classList.toggle('an-full', shots.length >= most);
    room.classList.toggle('an-some', shots.length > 0);
  }

  function item(shot, number) {
    const picture = shot.show ? el('img', { src: shot.show, alt: say('照片 {number}', { number }) }) : el('span', { class: 'spinner-border' });
    const away = el('button', { type: 'button', class: 'an-photo-remove', 'aria-label': say('删除照片 {number}', { number }) }, icon('x'));
    away.addEventListener('click', () => remove(shot));
    const parts = [picture, away];
    if (shot.busy && shot.show) parts.push(shot.bar = el('progress', { max: 1, value: shot.part || 0 }));
    if (shot.failed) {
      const again = el('button', { type: 'button', class: 'an-photo-retry' }, icon('refresh'), say('重试'));
      again.addEventListener('click', () => send(shot));
      parts.push(again);
    }
    if (shot.id && !hold) parts.push(el('input', { type: 'hidden', name, value: shot.id }));
    return el('li', { class: `an-photo${shot.failed ? ' an-failed' : ''}` }, ...parts);
  }

  // A form may not leave before its photos have arrived: it waits here and then goes by itself.
  function waitForUploads(event) {
    if (!shots.some((shot) => shot.busy || shot.failed)) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    if (shots.some((shot) => shot.failed)) return complain(say('有照片未能上传，请重试或删除'));
    complain(say('照片正在上传，完成后自动提交'));
    const [form, button] = [event.target, event.submitter];
    const watch = setInterval(() => {
      if (shots.some((shot) => shot.busy)) return;
      clearInterval(watch);
      if (shots.some((shot) => shot.failed)) return complain(say('有照片未能上传，请重试或删除'));
      complain('');
      form.requestSubmit(button ?? undefined);
    }, 150);
  }

  room.widget = {
    photos: () => shots.filter((shot) => shot.photo).map(({ photo, thumb, name: called, id }) => ({ photo, thumb, name: called, id })),
    show(kept) {
      shots.splice(0, shots.length, ...kept.map((shot) => ({ ...shot, show: URL.createObjectURL(shot.thumb) })));
      complain('');
      draw();
    },
    busy: () => shots.some((shot) => shot.busy),
    complain,
  };
  return room.widget;
}

export function csrf() {
  return document.querySelector('meta[name=csrf-token]')?.content
    ?? document.querySelector('input[name=csrf_token]')?.value ?? '';
}
