// The snapshot page: a draft that survives everything, a queue that leaves when it can, thanks when it has.
import { equip } from './_photos/widget.js';
import { el, icon } from './_icon.js';
import { gridPicker } from './_offline/grid_picker.js';
import { busy, count, description, fault, find, form, network, page, refusal, show } from './_offline/room.js';
import { sendAll, takeTicket } from './_offline/send.js';
import { ask, drop, get, newKey, put, reportsOf, tell } from './_offline/store.js';
import { waitingItem } from './_offline/waiting.js';
import { say } from './_offline/words.js';
import './_badge.css';
import './snapshot.css';

const photos = equip(page.querySelector('[data-photos]'), () => {
  if (photos.photos().length) fault('photos', '');
  saveSoon();
});
const gridRoom = find('grid');
gridRoom.dataset.none = say('没有找到，请换个词试试');
const picker = gridPicker(gridRoom, () => { fault('grid', ''); saveSoon(); });
let person = { id: Number(page.dataset.user) || 0, name: page.dataset.name ?? '' };
let draft = { key: form.elements.key.value || newKey() };
let saving = null;

start();

async function start() {
  if ('shell' in page.dataset) person = (await ask('person').catch(() => null)) ?? person;
  else await tell('person', person).catch(() => {});
  const known = person.id > 0;
  find('nobody').hidden = known;
  form.classList.toggle('is-closed', !known);
  form.querySelectorAll('textarea, input, button').forEach((control) => { control.disabled = !known; });
  if (!known) return;
  description.addEventListener('input', () => { count(); fault('description', ''); saveSoon(); });
  form.addEventListener('submit', (event) => { event.preventDefault(); submit(); });
  find('send-now').addEventListener('click', () => send());
  find('again').addEventListener('click', (event) => { event.preventDefault(); freshForm(); });
  window.addEventListener('online', () => { network(); if ('shell' in page.dataset) comeBack(); else send(); });
  window.addEventListener('offline', network);
  document.addEventListener('visibilitychange', () => { if (document.visibilityState === 'visible') send(); else save(); });
  setInterval(retry, 30000);
  network();
  count();
  await offerGrids();
  await restore();
  await showQueue();
  serve();
  send();
}

// ── the service worker: keeps this page for offline, sends in the background ──

async function serve() {
  if (!navigator.serviceWorker) return;
  navigator.serviceWorker.addEventListener('message', ({ data }) => { if (data?.kind === 'queue') heard(data.event); });
  if ('shell' in page.dataset) return;
  await navigator.serviceWorker.register('/sw.js', { scope: '/' }).catch(() => {});
  const ready = await navigator.serviceWorker.ready;
  ready.active.postMessage({ kind: 'keep-shell', language: document.documentElement.lang });
}

// What the worker says it did in our place.
async function heard({ kind, key, answer, outcome }) {
  if (kind === 'done') await afterSending(outcome);
  else if (kind === 'sent' || kind === 'refused') told({ kind, answer, report: (await get(key)) ?? { key } });
}

async function sendLater() {
  const ready = navigator.serviceWorker?.controller ? await navigator.serviceWorker.ready : null;
  await ready?.sync?.register('anlan-reports').catch(() => {});
}

// ── places ──

async function offerGrids() {
  const kept = await ask('grids').catch(() => null);
  if (kept?.user === person.id) picker.offer(kept.list);
  try {
    const answer = await fetch('/snapshot/grids', { headers: { Accept: 'application/json' } });
    if (!answer.ok || answer.redirected) throw new Error();
    const { user, own, grids } = await answer.json();
    if (user !== person.id) throw new Error();
    const list = grids.map(([id, name, code]) => ({ id, name, code }));
    picker.offer(list);
    await tell('grids', { user, own, list }).catch(() => {});
  } catch { /* offline: the kept list serves */ }
  await offerPicks();
}

// One tap for where people usually are: their own grid and the last ones they reported from.
async function offerPicks() {
  const [kept, recent] = [await ask('grids').catch(() => null), await ask('recent').catch(() => null)];
  if (kept?.user !== person.id) return;
  const ids = [...new Set([kept.own, ...(recent?.user === person.id ? recent.list : [])])];
  const places = ids.map((id) => kept.list.find((grid) => grid.id === id)).filter((grid) => grid && grid.name.includes(' / ')).slice(0, 4);
  find('picks').replaceChildren(...places.map((grid) => {
    const pick = el('button', { type: 'button', class: 'snap-pick' }, icon(grid.id === kept.own ? 'home' : 'history'), grid.name.split(' / ').pop());
    pick.addEventListener('click', () => picker.show(grid));
    return pick;
  }));
  find('picks').hidden = !places.length;
}

async function rememberPlace(id) {
  const recent = await ask('recent').catch(() => null);
  const list = [id, ...(recent?.user === person.id ? recent.list : []).filter((other) => other !== id)].slice(0, 3);
  await tell('recent', { user: person.id, list }).catch(() => {});
}

// ── the draft ──

async function restore() {
  const [kept] = (await reportsOf(person.id, 'draft').catch(() => [])).slice(-1);
  if (kept && !description.value) fill(kept);
  const code = gridRoom.dataset.code || new URLSearchParams(location.search).get('grid');
  const coded = code && picker.byCode(code);
  if (coded) picker.show(coded);
  find('lost-code').hidden = !code || Boolean(coded);
}

function fill(report) {
  draft = report;
  description.value = report.description ?? '';
  picker.show(report.grid ?? null);
  photos.show(report.photos ?? []);
  count();
}

function saveSoon() {
  clearTimeout(saving);
  saving = setTimeout(save, 400);
}

async function save() {
  clearTimeout(saving);
  const shots = photos.photos();
  const empty = !shots.length && !description.value.trim();
  if (form.hidden || draft.state === 'waiting') return;
  if (empty) return void await drop(draft.key).catch(() => {});
  Object.assign(draft, {
    user: person.id, state: 'draft', grid: picker.chosen(), description: description.value, photos: shots, made_at: draft.made_at ?? Date.now(),
  });
  await put(draft).catch(() => {});
}

function freshForm() {
  draft = { key: newKey() };
  form.reset();
  description.value = '';
  picker.show(null);
  photos.show([]);
  count();
  refusal('');
  show(form);
  window.scrollTo({ top: 0 });
  offerPicks();
}

// ── submitting ──

async function submit() {
  if (photos.busy() || find('send').classList.contains('is-busy')) return;
  if (!complete()) return;
  busy(say('正在上报…'));
  clearTimeout(saving);
  Object.assign(draft, {
    user: person.id, state: 'waiting', grid: picker.chosen(), description: description.value.trim(), photos: photos.photos(),
    taken_at: draft.taken_at ?? new Date().toISOString(), made_at: draft.made_at ?? Date.now(), message: '', faults: {},
  });
  try {
    await put(draft);
  } catch {
    draft.state = 'draft';
    busy('');
    return void refusal(say('手机无法保存，请检查存储空间'));
  }
  await rememberPlace(draft.grid.id);
  const outcome = await send();
  busy('');
  const left = await get(draft.key);
  if (left?.state === 'waiting') kept(outcome);
}

function complete() {
  const shots = photos.photos();
  fault('photos', shots.length ? '' : say('请至少拍一张照片'));
  fault('grid', picker.chosen() ? '' : say('请选择所在的网格'));
  fault('description', description.value.trim().length > 1 ? '' : say('请描述看到的情况'));
  const wrong = form.querySelector('[data-fault]:not([hidden])');
  if (!wrong) return true;
  wrong.closest('.field').scrollIntoView({ block: 'center', behavior: 'smooth' });
  const control = wrong.closest('.field').querySelector('textarea, [role=combobox], button');
  if (control !== picker.field) control.focus({ preventScroll: true });
  return false;
}

// It could not leave: it is safe here, and the person may go on.
function kept(outcome) {
  find('thanks-title').textContent = say('已保存在手机上');
  find('thanks-words').textContent = say('联网后自动上报，不必重填。');
  find('thanks-code').textContent = '';
  find('thanks-case').hidden = true;
  find('thanks').classList.add('is-kept');
  find('signed-out').hidden = outcome !== 'signed-out';
  show(find('thanks'));
  sendLater();
}

function thank(answer) {
  find('thanks-title').textContent = say('已上报，谢谢您！');
  find('thanks-words').textContent = say('网格负责人会在一个工作日内判断，结果会通知您。');
  find('thanks-code').textContent = answer.code;
  find('thanks-case').hidden = false;
  find('thanks-case').href = answer.url;
  find('thanks').classList.remove('is-kept');
  show(find('thanks'));
}

// ── sending ──

async function send() {
  if (!navigator.onLine) {
    await showQueue();
    return 'offline';
  }
  const outcome = await sendAll(person.id, told).catch(() => 'offline');
  await afterSending(outcome);
  return outcome;
}

// A server that was down, a network that never said "online": try again while the page is open.
async function retry() {
  if (document.visibilityState === 'visible' && (await reportsOf(person.id, 'waiting').catch(() => [])).length) send();
}

async function afterSending(outcome) {
  find('signed-out').hidden = outcome !== 'signed-out' && outcome !== 'other-person';
  await showQueue();
}

function told({ kind, report, number, answer }) {
  const mine = report?.key === draft.key;
  if (kind === 'photo' && mine) busy(say('正在上传第 {number} 张照片…', { number }));
  if (kind === 'sending' && mine) busy(say('正在上报…'));
  if (kind === 'sent' && mine) thank(answer);
  if (kind === 'sent') renewRecent();
  if (kind === 'refused' && mine) {
    show(form);
    fill({ ...report, state: 'draft' });
    refusal(report.message);
    Object.entries(report.faults ?? {}).forEach(([name, words]) => fault(name, words.join(' ')));
    save();
  }
  if (kind !== 'idle') showQueue();
}

// What was just sent stands at the top of one's own reports.
async function renewRecent() {
  if ('shell' in page.dataset) return;
  const answer = await fetch('/snapshot', { headers: { Accept: 'text/html' } }).catch(() => null);
  const fresh = answer?.ok && new DOMParser().parseFromString(await answer.text(), 'text/html').querySelector('.snap-recent');
  if (!fresh) return;
  page.querySelector('.snap-recent')?.remove();
  page.append(fresh);
}

// The network is back while the offline shell is shown: send, then show the real page, unless somebody is typing.
async function comeBack() {
  await send();
  const typing = description.value.trim() || photos.photos().length;
  if (!typing || form.hidden) if (await takeTicket().catch(() => null)) location.replace('/snapshot');
}

// ── what waits on this phone ──

async function showQueue() {
  const waiting = await reportsOf(person.id, 'waiting', 'refused').catch(() => []);
  const others = waiting.filter((report) => report.key !== draft.key || form.hidden || report.state === 'waiting');
  find('queue').hidden = !others.length;
  find('queue-title').textContent = say('待上传 {count} 条', { count: others.length });
  find('status').textContent = others.length ? find('queue-title').textContent : '';
  find('waiting').replaceChildren(...others.map((report) => waitingItem(report, { change: editReport, remove: deleteReport })));
}

async function editReport(report) {
  await save();
  fill({ ...report, state: 'draft' });
  show(form);
  refusal(report.message);
  Object.entries(report.faults ?? {}).forEach(([name, words]) => fault(name, words.join(' ')));
  await save();
  await showQueue();
  window.scrollTo({ top: 0, behavior: 'smooth' });
}

async function deleteReport(report) {
  if (window.anlan && !(await window.anlan.ask(say('删除这条未上报的内容？')))) return;
  await drop(report.key);
  await showQueue();
}
