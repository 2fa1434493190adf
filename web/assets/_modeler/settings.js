// Reading and writing what an element says: its spiffworkflow:properties and other extensions. One edit is one command, so undo takes one step.
import { getBusinessObject, is } from 'bpmn-js/lib/util/ModelUtil';

/** The thing in the file that carries the settings of a shape: of a pool, and of the whole picture, its process. */
export function owner(element) {
  const bo = getBusinessObject(element);
  if (is(bo, 'bpmn:Collaboration')) return bo.get('participants').find(({ processRef }) => processRef)?.processRef ?? bo;
  return is(bo, 'bpmn:Participant') && bo.processRef ? bo.processRef : bo;
}

/** The one process of the file. */
export function processOf(board) {
  const { rootElements } = board.modeler.getDefinitions() ?? { rootElements: [] };
  return rootElements.find((each) => is(each, 'bpmn:Process'));
}

export function extension(bo, type) {
  return bo.get('extensionElements')?.get('values').find((value) => value.$type === `spiffworkflow:${type}`);
}

export function property(bo, name) {
  return extension(bo, 'Properties')?.get('properties').find((each) => each.name === name)?.value ?? '';
}

/** Set one property; '' takes it away. The others keep their place and words. */
export function setProperty(board, element, name, value) {
  setProperties(board, element, { [name]: value });
}

export function setProperties(board, element, changes) {
  const kept = extension(owner(element), 'Properties')?.get('properties') ?? [];
  const pairs = kept.map((each) => [each.name, each.name in changes ? changes[each.name] : each.value]);
  for (const [name, value] of Object.entries(changes)) if (!kept.some((each) => each.name === name)) pairs.push([name, value]);
  const properties = pairs.filter(([, value]) => value !== '' && value !== undefined)
    .map(([name, value]) => board.create('spiffworkflow:Property', { name, value }));
  setExtension(board, element, 'Properties', properties.length ? board.create('spiffworkflow:Properties', { properties }) : null);
}

/** Put an extension in its place, or take it away (made null). `on`: an event definition or other part, when it is not the element itself. */
export function setExtension(board, element, type, made, on = owner(element)) {
  const holder = on.get('extensionElements');
  const values = [...(holder?.get('values') ?? [])];
  const at = values.findIndex((value) => value.$type === `spiffworkflow:${type}`);
  if (at < 0 && !made) return;
  if (at < 0) values.push(made);
  else if (made) values[at] = made;
  else values.splice(at, 1);
  if (holder && values.length) {
    adopt(holder, values);
    board.modeling.updateModdleProperties(element, holder, { values });
    return;
  }
  const fresh = values.length ? board.create('bpmn:ExtensionElements', { values }) : undefined;
  if (fresh) {
    fresh.$parent = on;
    adopt(fresh, values);
  }
  board.modeling.updateModdleProperties(element, on, { extensionElements: fresh });
}

/** An extension that is one text: preScript, calledDecisionId, messagePayload … */
export function textOf(bo, type) {
  return extension(bo, type)?.value ?? '';
}

export function setText(board, element, type, text, on = owner(element)) {
  setExtension(board, element, type, text ? board.create(`spiffworkflow:${type}`, { value: text }) : null, on);
}

export function expression(board, parent, text) {
  const made = board.create('bpmn:FormalExpression', { body: text });
  made.$parent = parent;
  return made;
}

function adopt(parent, children) {
  for (const child of children) {
    child.$parent = parent;
    for (const inner of child.properties ?? child.parameterList?.parameters ?? []) inner.$parent = child;
  }
}

/** JSON as our diagrams write it: {"value": "pass", "label": "通过"} — so that an untouched setting stays as it was, byte for byte. */
export function json(value) {
  if (Array.isArray(value)) return `[${value.map(json).join(', ')}]`;
  if (value && typeof value === 'object') return `{${Object.entries(value).map(([name, inner]) => `${JSON.stringify(name)}: ${json(inner)}`).join(', ')}}`;
  return JSON.stringify(value);
}

export function parsed(text, otherwise) {
  try {
    return text ? JSON.parse(text) : otherwise;
  } catch {
    return otherwise;
  }
}
