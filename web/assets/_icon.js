// An icon of the sprite that the page itself uses, so that its fingerprint is right.
const SVG = 'http://www.w3.org/2000/svg';

export function icon(name) {
  const used = document.querySelector('svg use[href*="icons.svg"]');
  const sprite = used ? used.getAttribute('href').split('#')[0] : '/static/bundles/icons.svg';
  const svg = document.createElementNS(SVG, 'svg');
  svg.setAttribute('class', 'icon');
  svg.setAttribute('aria-hidden', 'true');
  const use = document.createElementNS(SVG, 'use');
  use.setAttribute('href', `${sprite}#${name}`);
  svg.append(use);
  return svg;
}

// el('button', { type: 'button', class: 'btn' }, child, 'text')
export function el(tag, attributes = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === true) made.setAttribute(name, '');
    else if (value !== false && value !== null && value !== undefined) made.setAttribute(name, value);
  }
  made.append(...children.filter((child) => child !== null && child !== undefined));
  return made;
}
