// The photo widget of all forms: camera or album, several at once, scaled down here, sent as they are chosen, ids kept in the form.
import { equip } from './_photos/widget.js';

function equipAll(place) {
  const rooms = place.matches?.('[data-photos]') ? [place] : [...place.querySelectorAll('[data-photos]')];
  rooms.filter((room) => !('hold' in room.dataset)).forEach((room) => equip(room));
}

equipAll(document);
document.addEventListener('htmx:load', (event) => equipAll(event.detail.elt));
