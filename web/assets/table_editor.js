// dmn-js's editor for one decision table, in our languages. Loaded by tables.js on screens that are large enough.
import DmnModeler from 'dmn-js/lib/Modeler';
import 'dmn-js/dist/assets/diagram-js.css';
import 'dmn-js/dist/assets/dmn-js-shared.css';
import 'dmn-js/dist/assets/dmn-js-drd.css';
import 'dmn-js/dist/assets/dmn-js-decision-table.css';
import 'dmn-js/dist/assets/dmn-js-decision-table-controls.css';
import 'dmn-js/dist/assets/dmn-js-literal-expression.css';
import 'dmn-js/dist/assets/dmn-font/css/dmn.css';
import './table_editor.css';
import chinese from './_tables/chinese.js';

const english = document.documentElement.lang.startsWith('en');

/** Show a file to be changed; resolves to what the page may ask of it. */
window.anlan.openTable = async (container, xml, changed) => {
  const modeler = new DmnModeler({
    container,
    common: { dataTypes: ['string', 'number', 'boolean', 'date'] },
    decisionTable: { additionalModules: [{ translate: ['value', translate] }] },
  });
  // the focus would go to the page's <main>, and dmn-js closes a list that loses it before the click arrives
  container.addEventListener('mousedown', (event) => { if (event.target.closest('.dms-select-options')) event.preventDefault(); }, true);
  await modeler.importXML(xml);
  const view = modeler.getViews().find(({ type }) => type === 'decisionTable');
  if (!view) throw new Error('no decision table');
  await modeler.open(view);
  container.querySelector('.tb-loading')?.remove();
  const sheet = modeler.getActiveViewer();
  sheet.on('commandStack.changed', ({ trigger }) => { if (trigger !== 'clear') changed(); });
  return new Editor(modeler, container);
};

class Editor {
  constructor(modeler, container) {
    Object.assign(this, { modeler, container });
  }

  async content() {
    return (await this.modeler.saveXML({ format: true })).xml;
  }

  title() {
    return this.modeler.getActiveView()?.element?.name ?? '';
  }

  /** Light up rows by number. */
  light(matched, counted) {
    const rules = this.modeler.getActiveView().element.decisionLogic.rule ?? [];
    this.container.querySelectorAll('.is-matched, .is-counted').forEach((cell) => cell.classList.remove('is-matched', 'is-counted'));
    for (const [rows, name] of [[matched, 'is-matched'], [counted, 'is-counted']]) {
      for (const number of rows) {
        this.container.querySelectorAll(`[data-row-id="${CSS.escape(rules[number - 1]?.id ?? '')}"]`).forEach((cell) => cell.classList.add(name));
      }
    }
  }
}

function translate(template, places = {}) {
  const found = english ? template : chinese[template] ?? template;
  return found.replace(/{([^}]+)}/g, (whole, name) => (name in places ? places[name] : whole));
}
