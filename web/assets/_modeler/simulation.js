// Token simulation speaks English only: its words are put into Chinese as it writes them.
const WORDS = {
  'Toggle Simulation Log': '模拟记录', 'Simulation Log': '模拟记录', 'Reset Simulation': '重新开始', 'Play/Pause Simulation': '继续或暂停', 'Pause Simulation': '已暂停',
  'Play Simulation': '继续', 'Found unsupported elements': '有不支持模拟的元素', 'Not supported': '不支持模拟', 'Trigger Event': '触发', 'Add pause point': '加暂停点',
  'Remove pause point': '去掉暂停点', 'Set Sequence Flow': '选择走哪条线', 'No Entries': '还没有记录', Finished: '已结束', 'Token Simulation': '走一遍',
  'User Task': '用户任务', 'Service Task': '自动执行', 'Call Activity': '调用流程', 'Script Task': '脚本', 'Business Rule Task': '决策表', 'Manual Task': '人工任务', 'Receive Task': '接收任务',
  'Send Task': '发送任务', Task: '任务', 'Exclusive Gateway': '选一条', 'Parallel Gateway': '都走', 'Inclusive Gateway': '选几条', 'Start Event': '开始', 'Intermediate Event': '中间事件',
  'Boundary Event': '边界事件', 'End Event': '结束', 'Process started': '开始', 'Process finished': '结束', 'Process canceled': '取消',
};
const PATTERNS = [[/^Set animation speed = (.*)$/, '速度 $1'], [/^Focus process instance (.*)$/, '只看实例 $1'], [/^Process (\S+) started$/, '流程 $1 开始'], [/^Process (\S+) finished$/, '流程 $1 结束'],
  [/^SubProcess (\S+) started$/, '子流程 $1 开始'], [/^SubProcess (\S+) finished$/, '子流程 $1 结束'], [/^View scopes$/, '实例']];

function chinese(text) {
  const said = text.trim();
  if (WORDS[said]) return WORDS[said];
  const found = PATTERNS.find(([pattern]) => pattern.test(said));
  return found ? said.replace(...found) : null;
}

function translate(node) {
  if (node.nodeType === Node.TEXT_NODE) {
    const found = node.parentElement?.closest('[class*="bts-"]') && chinese(node.data);
    if (found) node.data = found;
    return;
  }
  if (node.nodeType !== Node.ELEMENT_NODE) return;
  for (const each of [node, ...node.querySelectorAll('[title]')]) {
    const found = each.getAttribute('title') && each.closest('[class*="bts-"]') && chinese(each.getAttribute('title'));
    if (found) each.setAttribute('title', found);
  }
  const texts = document.createTreeWalker(node, NodeFilter.SHOW_TEXT);
  while (texts.nextNode()) translate(texts.currentNode);
}

export function speakChinese(root) {
  translate(root);
  new MutationObserver((changes) => {
    for (const { addedNodes, type, target } of changes) {
      if (type === 'characterData' || type === 'attributes') translate(target);
      addedNodes.forEach(translate);
    }
  }).observe(root, { childList: true, subtree: true, characterData: true, attributes: true, attributeFilter: ['title'] });
}
