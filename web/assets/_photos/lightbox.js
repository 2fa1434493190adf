// Photos open over the page: arrows, swipes and keys go through all of them. Without scripts the link opens the picture.
import { el, icon } from '../_icon.js';
import { speaker } from '../_words.js';
import './lightbox.css';

const say = speaker({ '关闭': 'Close', '上一张': 'Previous', '下一张': 'Next' });

export function lightbox(place) {
  place.addEventListener('click', (event) => {
    const link = event.target.closest('a[data-photo]');
    if (!link || event.metaKey || event.ctrlKey) return;
    event.preventDefault();
    open([...document.querySelectorAll('a[data-photo]')], link);
  });
}

function open(links, first) {
  let at = links.indexOf(first);
  const image = el('img', { class: 'an-light-photo', alt: '' });
  const words = el('p', { class: 'an-light-words' });
  const button = (name, label, kind, deed) => {
    const made = el('button', { type: 'button', class: `an-light-${kind}`, 'aria-label': say(label) }, icon(name));
    made.addEventListener('click', deed);
    return made;
  };
  const dialog = el('dialog', { class: 'an-light' }, image, words, button('x', '关闭', 'close', () => dialog.close()));
  if (links.length > 1) {
    dialog.append(button('chevron-left', '上一张', 'before', () => turn(-1)), button('chevron-right', '下一张', 'after', () => turn(1)));
  }
  const turn = (by) => show((at + by + links.length) % links.length);

  function show(number) {
    at = number;
    image.src = links[at].href;
    image.alt = links[at].querySelector('img')?.alt ?? '';
    words.textContent = `${image.alt}　${at + 1} / ${links.length}`;
  }

  let touched = 0;
  dialog.addEventListener('touchstart', (event) => { touched = event.changedTouches[0].clientX; }, { passive: true });
  dialog.addEventListener('touchend', (event) => {
    const moved = event.changedTouches[0].clientX - touched;
    if (Math.abs(moved) > 50 && links.length > 1) turn(moved > 0 ? -1 : 1);
  });
  dialog.addEventListener('keydown', (event) => {
    if (event.key === 'ArrowLeft' && links.length > 1) turn(-1);
    if (event.key === 'ArrowRight' && links.length > 1) turn(1);
  });
  dialog.addEventListener('click', (event) => { if (event.target === dialog) dialog.close(); });
  dialog.addEventListener('close', () => { dialog.remove(); links[at].focus(); });
  document.body.append(dialog);
  show(at);
  dialog.showModal();
}
