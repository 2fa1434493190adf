// What the parts of the page share: the table as it is now, and the server.
export class Refused extends Error {
  constructor(status, words, login = '') {
    super(words);
    Object.assign(this, { status, login });
  }
}

export class Desk {
  constructor(data) {
    Object.assign(this, data); // key, name, xml, revision, mayEdit, me, urls
    this.editor = null; // on a screen that is large enough
    this.listeners = [];
  }

  /** The file as it is drawn now. */
  async content() {
    return this.editor ? this.editor.content() : this.xml;
  }

  title() {
    return (this.editor?.title() || this.name).slice(0, 100);
  }

  changed() {
    this.listeners.forEach((listener) => listener());
  }

  onChange(listener) {
    this.listeners.push(listener);
  }

  /** Ask the server. Rejects with Refused, or with a TypeError when there is no connection. */
  async send(address, body, method = 'POST', background = false) {
    const answer = await fetch(address, {
      method, body: body && JSON.stringify(body), credentials: 'same-origin',
      headers: {
        Accept: 'application/json', 'Content-Type': 'application/json',
        'X-CSRFToken': document.querySelector('meta[name="csrf-token"]').content, ...(background ? { 'X-Background': '1' } : {}),
      },
    });
    const found = (answer.headers.get('Content-Type') ?? '').includes('json') ? await answer.json() : {};
    if (!answer.ok) throw new Refused(answer.status, found.error ?? answer.statusText, found.login);
    return found;
  }
}
