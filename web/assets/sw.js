// The service worker: opens the snapshot page without a network and sends what waits when the network is back.
// It keeps the page's empty shell and its bundles, never a page with anybody's data.
import { sendAll } from './_offline/send.js';
import { ask, forget } from './_offline/store.js';

const CACHE = 'anlan-shell-1';
const SHELL = '/snapshot/shell';
const PATIENCE = 6000;  // ms a snapshot page may take before the shell is shown

self.addEventListener('install', () => self.skipWaiting());
self.addEventListener('activate', (event) => event.waitUntil(tidy().then(() => self.clients.claim())));
self.addEventListener('message', (event) => {
  if (event.data?.kind === 'keep-shell') event.waitUntil(keepShell(event.data.language).catch(() => {}));
});
self.addEventListener('sync', (event) => {
  if (event.tag === 'anlan-reports') event.waitUntil(sendWaiting());
});
self.addEventListener('fetch', (event) => {
  const { request } = event;
  const address = new URL(request.url);
  if (address.origin !== self.location.origin) return;
  if (request.method === 'POST' && address.pathname.startsWith('/logout')) event.waitUntil(forget());
  if (request.method !== 'GET') return;
  if (request.mode === 'navigate') event.respondWith(page(request, address));
  else if (address.pathname.startsWith('/static/') && address.searchParams.has('v')) event.respondWith(keptOrFetched(request));
});

async function page(request, address) {
  try {
    return await (address.pathname === '/snapshot' ? inTime(request) : fetch(request));
  } catch (error) {
    const shell = await caches.match(SHELL);
    if (!shell) throw error;
    return shell;
  }
}

// The network, unless it is so slow that the shell is the better answer.
async function inTime(request) {
  if (!(await caches.match(SHELL))) return fetch(request);
  return new Promise((done, failed) => {
    const timer = setTimeout(() => failed(new Error('too slow')), PATIENCE);
    fetch(request).then(done, failed).finally(() => clearTimeout(timer));
  });
}

async function keptOrFetched(request) {
  return (await caches.match(request)) ?? fetch(request);
}

// The shell without anybody signed in, in the language of the page, and everything it needs; what it no longer needs goes.
async function keepShell(language) {
  const answer = await fetch(SHELL, { credentials: 'omit', cache: 'no-store', headers: { 'Accept-Language': language } });
  if (!answer.ok || answer.redirected) return;
  const text = await answer.clone().text();
  const needed = [...new Set([...text.matchAll(/(?:href|src)="(\/static\/[^"#]+)/g)].map(([, path]) => path.replaceAll('&amp;', '&')))];
  const cache = await caches.open(CACHE);
  const missing = [];
  for (const path of needed) if (!(await cache.match(path))) missing.push(path);
  await cache.addAll(missing);
  await cache.put(SHELL, answer);
  const wanted = new Set([SHELL, ...needed].map((path) => new URL(path, self.location.origin).href));
  for (const kept of await cache.keys()) if (!wanted.has(kept.url)) await cache.delete(kept);
}

async function tidy() {
  for (const name of await caches.keys()) if (name.startsWith('anlan-') && name !== CACHE) await caches.delete(name);
}

async function sendWaiting() {
  const person = await ask('person');
  if (!person) return;
  const outcome = await sendAll(person.id, tellPages);
  await tellPages({ kind: 'done', outcome });
  if (outcome === 'offline') throw new Error('try again later');  // the browser will
}

async function tellPages({ kind, report, answer, outcome }) {
  for (const client of await self.clients.matchAll()) client.postMessage({ kind: 'queue', event: { kind, key: report?.key, answer, outcome } });
}
