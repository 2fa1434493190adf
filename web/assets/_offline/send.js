// Sends the waiting reports, each exactly once: photos first, whose ids are noted, then the report under its key.
import { drop, put, reportsOf } from './store.js';

export const TICKET = '/snapshot/ticket';
const REPORT = '/snapshot';

// What came of it: 'sent' | 'offline' | 'signed-out' | 'other-person'. One sender at a time among pages and the worker.
export async function sendAll(user, told = () => {}) {
  if (!navigator.locks) return sendInTurn(user, told);
  return navigator.locks.request('anlan-send', () => sendInTurn(user, told));
}

async function sendInTurn(user, told) {
  const waiting = await reportsOf(user, 'waiting');
  if (!waiting.length) return 'sent';
  try {
    const ticket = await takeTicket();
    if (!ticket) return 'signed-out';
    if (ticket.user !== user) return 'other-person';
    for (const report of waiting) await sendOne(report, ticket, told);
    return 'sent';
  } catch (error) {
    if (error instanceof SignedOut) return 'signed-out';
    return 'offline';
  } finally {
    told({ kind: 'idle' });
  }
}

class SignedOut extends Error {}

// Who is signed in here, and a fresh token; null when nobody is.
export async function takeTicket() {
  const answer = await inTime(TICKET, { headers: { Accept: 'application/json' }, cache: 'no-store' }, 20000);
  if (answer.status === 401 || answer.redirected) return null;
  if (!answer.ok) throw new Error(`ticket ${answer.status}`);
  return answer.json();
}

async function sendOne(report, ticket, told) {
  told({ kind: 'sending', report });
  for (let attempt = 1; ; attempt += 1) {
    if (!(await sendPhotos(report, ticket, told))) return told({ kind: 'refused', report });
    const answer = await post(REPORT, form(report), ticket);
    const said = await words(answer);
    if (answer.ok && said.id) {
      await drop(report.key);
      return told({ kind: 'sent', report, answer: said });
    }
    if (answer.status === 422 && said.gone && attempt === 1) {  // stored too long ago and swept away: send the pictures again
      report.photos.forEach((photo) => { photo.id = null; });
      continue;
    }
    await refuse(report, answer, said);
    return told({ kind: 'refused', report });
  }
}

// Kept with the words of the server until its maker mends or deletes it; when the server is ill, it simply waits.
async function refuse(report, answer, said) {
  if (answer.status >= 500 || answer.status === 429) throw new Error(`answer ${answer.status}`);
  Object.assign(report, { state: 'refused', message: said.error ?? '', faults: said.fields ?? {} });
  await put(report);
}

async function sendPhotos(report, ticket, told) {
  for (const [number, photo] of report.photos.entries()) {
    if (photo.id) continue;
    told({ kind: 'photo', report, number: number + 1 });
    const body = new FormData();
    body.append('file', photo.photo, photo.name || 'photo.jpg');
    const answer = await post('/files', body, ticket);
    const said = await words(answer);
    if (!answer.ok) {
      await refuse(report, answer, said);
      return false;
    }
    photo.id = said.id;
    await put(report);
  }
  return true;
}

function form(report) {
  const body = new FormData();
  body.append('key', report.key);
  body.append('grid', report.grid?.id ?? '');
  body.append('description', report.description);
  body.append('taken_at', report.taken_at);
  report.photos.forEach((photo) => body.append('photos', photo.id));
  return body;
}

async function post(address, body, ticket) {
  const answer = await inTime(address, { method: 'POST', body, headers: { Accept: 'application/json', 'X-CSRFToken': ticket.csrf } }, 180000);
  if (answer.status === 401) throw new SignedOut();
  return answer;
}

// A dead line must not hold the queue for ever.
function inTime(address, options, patience) {
  const stop = new AbortController();
  const timer = setTimeout(() => stop.abort(), patience);
  return fetch(address, { ...options, signal: stop.signal }).finally(() => clearTimeout(timer));
}

async function words(answer) {
  try {
    return await answer.json();
  } catch {
    return {};
  }
}
