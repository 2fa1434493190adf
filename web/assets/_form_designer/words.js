// What the page of a designed form says, in the language of the page.
import { speaker } from '../_words.js';

export const say = speaker({
  '打不开这张表单：{problem}': 'This form cannot be opened: {problem}',
  '网络不通，请稍后再试。': 'No connection; try again later.',
  '没有发现问题': 'Nothing found',
  '{errors} 个错误，{warnings} 个提醒': '{errors} errors, {warnings} warnings',
  '无法检查，请检查网络': 'Could not check; look at your connection',
});
