// bpmn-js speaks English; for readers of Chinese its words come from the two dictionaries of the field and from ours.
import base from 'bpmn-js-i18n/translations/zn.js';
import diagram from 'bpmn-js-i18n-zh/lib/bpmn-js/index.js';
import elements from 'bpmn-js-i18n-zh/lib/bpmn-js/elements.js';
import panel from 'bpmn-js-i18n-zh/lib/properties-panel/index.js';
import own from './chinese.js';

const words = { ...panel, ...elements, ...diagram, ...base, ...own };

export function translator(english) {
  return function translate(template, places = {}) {
    const found = english ? template : words[template] || template;
    return found.replace(/{([^}]+)}/g, (whole, name) => (name in places ? places[name] : whole));
  };
}
