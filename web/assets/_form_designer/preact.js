// The very preact that form-js draws with: two copies would not know one another's components.
export { h } from '../../../node_modules/@bpmn-io/form-js-editor/node_modules/preact';
