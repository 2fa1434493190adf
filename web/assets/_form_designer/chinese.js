// form-js speaks English only. Its palette says what the fields are called here; the rest of what shows is put into Chinese as it appears.
export const english = document.documentElement.lang.startsWith('en');

// What may be drawn: name here, and the label a new field begins with.
const NAMES = {
  textfield: ['单行文字', 'Text field'], textarea: ['多行文字', 'Text area'], number: ['数字', 'Number'], datetime: ['日期时间', 'Date time'],
  checkbox: ['勾选框', 'Checkbox'], checklist: ['多选', 'Checkbox group'], radio: ['单选', 'Radio group'], select: ['下拉选择', 'Select'],
  taglist: ['多选标签', 'Tag list'], text: ['文字说明', 'Text view'], separator: ['分隔线', 'Separator'], spacer: ['空白', 'Spacer'],
  group: ['分组', 'Group'], dynamiclist: ['重复行', 'Repeating rows'],
};
const CHOOSING = ['checklist', 'radio', 'select', 'taglist'];

class Tame {
  constructor(formFields) {
    for (const [type, [zh, en]] of Object.entries(NAMES)) {
      const known = formFields.get(type);
      if (!known || known.config.tamed) continue;
      const { create } = known.config;
      const name = english ? en : zh;
      Object.assign(known.config, { tamed: true, name, create: (options = {}) => ({ ...create(options), ...begun(type, name), ...options }) });
    }
  }
}
Tame.$inject = ['formFields'];
export const tame = { __init__: ['tame'], tame: ['type', Tame] };

function begun(type, name) {
  if (type === 'text') return { text: english ? '# Heading\nWhat people should know' : '# 标题\n填写前请了解的内容' };
  if (type === 'datetime') return { subtype: 'date', dateLabel: english ? 'Date' : '日期' };
  if (type === 'separator' || type === 'spacer') return {};
  if (CHOOSING.includes(type)) return { label: name, values: [1, 2].map((n) => ({ label: `${english ? 'Choice' : '选项'} ${n}`, value: `choice${n}` })) };
  return { label: name };
}

const WORDS = {
  Components: '组件', 'Search components': '搜索组件', 'No components found.': '没有找到组件。', Input: '填写', Selection: '选择', Presentation: '展示', Containers: '容器',
  Action: '操作', 'Build your form': '画出您的表单', 'Drag and drop components here to start designing.': '把左边的组件拖到这里。', 'Use the preview window to test your form.': '在“预览”里试填。', 'Drag and drop components here.': '把组件拖到这里。', Repeatable: '可重复',
  'Select a form field to edit its properties.': '选中一个字段来设置它。', General: '基本', Validation: '校验', Appearance: '外观', Layout: '布局',
  Constraints: '限制', 'Static options': '选项', 'Options source': '选项来源', 'Form': '表单', 'Field label': '标签', Label: '标签', Key: '编号', Path: '编号', ID: '标识',
  'Binds to a form variable': '流程数据用这个编号，只能用英文', 'Field description': '说明', 'Default value': '默认值', Disabled: '停用', 'Read only': '只读',
  Required: '必填', 'Minimum length': '最少字数', 'Maximum length': '最多字数', Minimum: '最小值', Maximum: '最大值', 'Validation pattern': '格式', Custom: '自定义',
  Email: '电子邮箱', Phone: '电话', 'Custom regular expression': '正则表达式', 'Custom error message': '出错提示', Columns: '列数', Auto: '自动',
  'Vertical alignment': '垂直对齐', Top: '上', Center: '中', Bottom: '下', Prefix: '前缀', Suffix: '单位（写在后面）', 'Decimal digits': '小数位数', Increment: '步长',
  Text: '文字', Height: '高度', Subtype: '类型', Date: '日期', Time: '时间', 'Date & Time': '日期和时间', 'Date label': '日期标签', 'Time label': '时间标签',
  'Use 24h': '24 小时制', 'Time interval': '时间间隔', 'Time format': '时间格式', 'Disallow past dates': '不能选过去的日期', Searchable: '可搜索', Value: '值',
  'Group label': '分组标题', 'Show outline': '显示边框', 'Allow add/delete items': '可以增删行', 'Default number of items': '开始时的行数',
  'Disable collapse': '不折叠', 'Number of non-collapsing items': '不折叠的行数', Checked: '已勾选', 'Not checked': '未勾选', '<none>': '（无）',
  'Static': '直接列出', 'Input data': '取自数据', Expression: '表达式', Remove: '删除', 'Remove form field': '删除字段', 'Create new list item': '添加', 'Delete item': '删除',
  'Toggle section': '展开或收起', 'Toggle list item': '展开或收起', 'Where the child variables of this component are pathed to.': '这些行在流程数据里的编号，只能用英文',
  'Must not be empty.': '不能为空。', 'Must be unique.': '不能重复。', 'Must not contain whitespace.': '不能有空格。', 'Version tag': '版本标签', 'Custom properties': '自定义属性',
  'Row': '行', 'Add new': '添加', 'Header': '标题', 'Empty': '空', '1/4': '1/4', 'Edited': '已修改', 'Section contains edits': '有改动', 'Section contains data': '有内容',
  'Opened in editor': '已在编辑器中打开', 'Click to set a dynamic value with FEEL expression': '点击改用表达式', 'Click to remove FEEL': '点击取消表达式',
};
const ATTRIBUTES = ['placeholder', 'title', 'aria-label', 'data-title'];
const ROOMS = '.fjs-palette-container, .fjs-repeat-render-footer, .fjs-empty-component, .fjs-properties-container, .fjs-context-pad, .fjs-empty-editor, .fjs-empty-component, .bio-properties-panel-popup-container';

/** Put what stands in the editor's own rooms into Chinese, now and whenever it changes; what people write is left alone. */
export function speak(container) {
  if (english) return;
  const seen = new MutationObserver((changes) => {
    for (const { target, addedNodes } of changes) for (const node of [target, ...addedNodes]) put(node);
  });
  put(container);
  seen.observe(container, { subtree: true, childList: true, characterData: true, attributes: true, attributeFilter: ATTRIBUTES });
}

function put(node) {
  const element = node.nodeType === Node.TEXT_NODE ? node.parentElement : node.nodeType === Node.ELEMENT_NODE ? node : null;
  if (!element || !element.isConnected) return;
  if (node.nodeType === Node.TEXT_NODE) { if (element.closest(ROOMS) && !element.closest('textarea, [contenteditable]')) word(node); return; }
  const walker = document.createTreeWalker(element, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) if (walker.currentNode.parentElement.closest(ROOMS)) word(walker.currentNode);
  for (const one of [element, ...element.querySelectorAll(ATTRIBUTES.map((name) => `[${name}]`).join(','))]) {
    for (const name of ATTRIBUTES) {
      const said = one.getAttribute(name);
      if (said && WORDS[said] && one.closest(ROOMS)) one.setAttribute(name, WORDS[said]);
    }
  }
}

function word(text) {
  const said = text.data.trim();
  if (WORDS[said] && text.data !== WORDS[said]) text.data = text.data.replace(said, WORDS[said]);
}
