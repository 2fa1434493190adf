// bpmn-js speaks English; for readers of Chinese its words come from the two dictionaries of the field and from ours.
import base from 'bpmn-js-i18n/translations/zn.js';
import diagram from 'bpmn-js-i18n-zh/lib/bpmn-js/index.js';
import elements from 'bpmn-js-i18n-zh/lib/bpmn-js/elements.js';
import panel from 'bpmn-js-i18n-zh/lib/properties-panel/index.js';
import own from './chinese.js';

const words = { ...panel, ...elements, ...diagram, ...base, ...own };

const KINDS = { message: '消息', timer: '定时', signal: '信号', conditional: '条件', error: '错误', escalation: '升级', terminate: '终止', cancel: '取消', link: '连接', compensation: '补偿', compensate: '补偿' };
const PLACES = { 'start event': '开始事件', 'end event': '结束事件', 'boundary event': '边界事件', 'intermediate catch event': '中间事件（等待）', 'intermediate throw event': '中间事件（发出）' };
const EVENT = /^(\w+) (start event|end event|boundary event|intermediate catch event|intermediate throw event)( \(non.interrupting\))?$/i;

/** 'Timer Boundary Event (Non Interrupting)' and its like, put together. */
function event(template) {
  const found = template.match(EVENT);
  const kind = found && KINDS[found[1].toLowerCase()];
  return kind && `${kind}${PLACES[found[2].toLowerCase()]}${found[3] ? '（不中断）' : ''}`;
}

// Where bpmn.io's own word would puzzle: a diagram with pools is headed as one without.
const ENGLISH = { Collaboration: 'Process' };

export function translator(english) {
  return function translate(template, places = {}) {
    const found = english ? ENGLISH[template] ?? template : words[template] || event(template) || template;
    return found.replace(/{([^}]+)}/g, (whole, name) => (name in places ? places[name] : whole));
  };
}
