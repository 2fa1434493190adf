// How the form will look, drawn by the server as a task page draws it; it can be filled in and sent for a try.
import { begin } from '../_designed/form.js';
import { begin as pad } from '../_deeds/pad.js';
import { equip as photos } from '../_photos/widget.js';

export class Preview {
  constructor(desk, place) {
    Object.assign(this, { desk, place });
    document.querySelector('[data-widths]').addEventListener('click', (event) => this.width(event.target.closest('[data-width]')));
    place.addEventListener('submit', (event) => { event.preventDefault(); this.tried(event.target); });
    place.addEventListener('keydown', (event) => { if (event.key === 'Enter' && event.target.matches('input')) event.preventDefault(); });
  }

  width(button) {
    if (!button) return;
    for (const one of button.parentElement.children) one.setAttribute('aria-pressed', String(one === button));
    this.place.dataset.width = button.dataset.width;
  }

  async show() {
    await this.ask(this.desk.urls.preview, {});
  }

  async tried(form) {
    const values = [...new FormData(form)].filter(([, value]) => typeof value === 'string');
    await this.ask(this.desk.urls.try_out, { values });
  }

  async ask(address, more) {
    this.place.setAttribute('aria-busy', 'true');
    try {
      const answer = await fetch(address, {
        method: 'POST', body: JSON.stringify({ content: await this.desk.content(), ...more }), credentials: 'same-origin',
        headers: { 'Content-Type': 'application/json', 'X-CSRFToken': document.querySelector('meta[name="csrf-token"]').content },
      });
      const fragment = new DOMParser().parseFromString(await answer.text(), 'text/html').body;
      this.place.replaceChildren(...(answer.ok ? fragment.childNodes : [document.createTextNode(answer.statusText)]));
      this.place.querySelectorAll('[data-designed]').forEach(begin);
      this.place.querySelectorAll('[data-photos]').forEach((room) => photos(room));
      this.place.querySelectorAll('[data-pad]').forEach(pad);
      document.dispatchEvent(new CustomEvent('anlan:content'));
    } finally {
      this.place.removeAttribute('aria-busy');
    }
  }
}
