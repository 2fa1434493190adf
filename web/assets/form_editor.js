// form-js's editor in the house: our fields in its palette, our entries in its panel, in our languages. Loaded by form_designer.js.
import { FormEditor } from '@bpmn-io/form-js-editor';
import '@bpmn-io/form-js/dist/assets/form-js.css';
import '@bpmn-io/form-js/dist/assets/form-js-editor.css';
import '@bpmn-io/form-js/dist/assets/properties-panel.css';
import './form_editor.css';
import { speak, tame } from './_form_designer/chinese.js';
import { ours } from './_form_designer/ours.js';
import { panel } from './_form_designer/panel.js';

/** Show a schema to be changed; resolves to what the page may ask of it. */
window.anlan.openForm = async (container, text, changed, { title, dictionaries }) => {
  const editor = new FormEditor({ container, dictionaries, additionalModules: [tame, ours, panel] });
  editor.get('formFields').get('default').config.getSubheading = title; // form-js would head the panel with the id of the schema
  await editor.importSchema(JSON.parse(text));
  container.querySelector('.tb-loading')?.remove();
  speak(container);
  editor.on('commandStack.changed', changed);
  return new Editor(editor, title);
};

class Editor {
  constructor(editor, title) {
    Object.assign(this, { editor, title });
  }

  content() {
    const { type, id, components, ...more } = this.editor.saveSchema();
    return JSON.stringify({ type, id, ...more, name: this.title(), components }, null, 2);
  }

  /** Go to a field by its id. */
  select(id) {
    const field = this.editor.get('formFieldRegistry').get(id);
    if (field) this.editor.get('selection').set(field);
  }
}
