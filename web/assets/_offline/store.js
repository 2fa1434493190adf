// Reports that have not left this device yet, in IndexedDB, each with the person who made it. Shared by the page and the service worker.
const NAME = 'anlan';

function open() {
  return new Promise((done, failed) => {
    const request = indexedDB.open(NAME, 1);
    request.onupgradeneeded = () => {
      request.result.createObjectStore('reports', { keyPath: 'key' });
      request.result.createObjectStore('facts');
    };
    request.onsuccess = () => done(request.result);
    request.onerror = () => failed(request.error);
  });
}

async function inStore(store, mode, deed) {
  const db = await open();
  try {
    return await new Promise((done, failed) => {
      const transaction = db.transaction(store, mode);
      const request = deed(transaction.objectStore(store));
      transaction.oncomplete = () => done(request.result);
      transaction.onerror = transaction.onabort = () => failed(transaction.error);
    });
  } finally {
    db.close();
  }
}

// {key, user, state: 'draft' | 'waiting' | 'refused', grid, description, taken_at, photos: [{photo, thumb, name, id}], message, made_at}
export const put = (report) => inStore('reports', 'readwrite', (store) => store.put(report));
export const get = (key) => inStore('reports', 'readonly', (store) => store.get(key));
export const drop = (key) => inStore('reports', 'readwrite', (store) => store.delete(key));

export async function reportsOf(user, ...states) {
  const all = await inStore('reports', 'readonly', (store) => store.getAll());
  return all.filter((report) => report.user === user && states.includes(report.state)).sort((a, b) => a.made_at - b.made_at);
}

// Small facts for working offline: 'person' {id, name}, 'grids' {user, list, own}, 'recent' {user, list}.
export const tell = (name, fact) => inStore('facts', 'readwrite', (store) => store.put(fact, name));
export const ask = (name) => inStore('facts', 'readonly', (store) => store.get(name));

// Signing out: nothing private stays but what has not been sent, which only its maker will see again.
export function forget() {
  return inStore('facts', 'readwrite', (store) => store.clear());
}

export function newKey() {
  if (crypto.randomUUID) return crypto.randomUUID();
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, '0')).join('');
}
