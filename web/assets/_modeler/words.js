// What the modeler's own script says, in the language of the page.
import { speaker } from '../_words.js';
import english from './english.js';

export const say = speaker(english);
