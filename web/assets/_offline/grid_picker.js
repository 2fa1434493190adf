// Finds a place among the company's grids by any words of its name; works with thumbs, keys and screen readers.
import { el } from '../_icon.js';

const MOST = 30;

// room: [data-grid]; picked(grid | null) is told each change. Returns {offer(grids), choose(id), byCode(code), chosen()}.
export function gridPicker(room, picked) {
  const search = room.querySelector('[role=combobox]');
  const list = room.querySelector('[role=listbox]');
  const clear = room.querySelector('[data-clear]');
  let [grids, chosen, at] = [[], null, -1];

  search.hidden = false;
  search.addEventListener('input', () => { set(null, false); open(); });
  search.addEventListener('focus', () => { search.select(); open(); });
  search.addEventListener('keydown', keys);
  search.addEventListener('blur', () => setTimeout(leave, 150));
  clear.addEventListener('click', () => { set(null); search.focus(); });
  list.addEventListener('pointerdown', (event) => event.preventDefault());  // the search keeps the focus
  list.addEventListener('click', (event) => {
    const item = event.target.closest('[role=option]');
    if (item) take(item);
  });

  function matches() {
    const words = chosen ? [] : search.value.trim().toLowerCase().split(/\s+/).filter(Boolean);
    return grids.filter((grid) => words.every((word) => `${grid.name} ${grid.code}`.toLowerCase().includes(word)));
  }

  function open() {
    const found = matches();
    at = -1;
    list.replaceChildren(...found.slice(0, MOST).map((grid, number) => option(grid, number)));
    if (!found.length) list.append(el('li', { class: 'snap-none', role: 'presentation' }, room.dataset.none));
    list.hidden = false;
    search.setAttribute('aria-expanded', 'true');
    search.removeAttribute('aria-activedescendant');
  }

  function option(grid, number) {
    const cut = grid.name.lastIndexOf(' / ');
    const [above, own] = cut < 0 ? ['', grid.name] : [grid.name.slice(0, cut), grid.name.slice(cut + 3)];
    const item = el('li', { role: 'option', id: `grid-${number}`, 'aria-selected': String(grid.id === chosen?.id), 'data-id': grid.id },
      el('span', { class: 'snap-own' }, own), above ? el('span', { class: 'snap-above' }, above) : null);
    return item;
  }

  function close() {
    list.hidden = true;
    search.setAttribute('aria-expanded', 'false');
  }

  function leave() {
    close();
    if (!chosen && search.value.trim()) {
      const found = matches();
      if (found.length === 1) set(found[0]);
    }
  }

  function keys(event) {
    const items = [...list.querySelectorAll('[role=option]')];
    if (event.key === 'Escape') return close();
    if (event.key === 'Enter' && !list.hidden && items.length) {
      event.preventDefault();
      return take(items[Math.max(at, 0)]);
    }
    if (!['ArrowDown', 'ArrowUp'].includes(event.key) || !items.length) return undefined;
    event.preventDefault();
    if (list.hidden) open();
    at = (at + (event.key === 'ArrowDown' ? 1 : -1) + items.length) % items.length;
    items.forEach((item, number) => item.classList.toggle('is-at', number === at));
    items[at].scrollIntoView({ block: 'nearest' });
    return search.setAttribute('aria-activedescendant', items[at].id);
  }

  function take(item) {
    set(grids.find((grid) => grid.id === Number(item.dataset.id)) ?? null);
    close();
  }

  function set(grid, rewrite = true) {
    const before = chosen;
    chosen = grid;
    if (rewrite) search.value = grid ? grid.name : '';
    clear.hidden = !search.value;
    room.classList.toggle('is-chosen', Boolean(grid));
    if (before !== chosen) picked(grid);
  }

  return {
    offer(all) { grids = all; },
    choose: (id) => set(grids.find((grid) => grid.id === id) ?? null),
    show: (grid) => set(grid),
    byCode: (code) => grids.find((grid) => grid.code === code),
    chosen: () => chosen,
    field: search,
  };
}
