// 绘制: bpmn-js with our panel, our palette, lint from the server, and a draft that saves itself.
import Modeler from 'bpmn-js/lib/Modeler';
import NavigatedViewer from 'bpmn-js/lib/NavigatedViewer';
import { CreateAppendAnythingModule } from 'bpmn-js-create-append-anything';
import { BpmnPropertiesPanelModule } from 'bpmn-js-properties-panel';
import TokenSimulationModule from 'bpmn-js-token-simulation';
import CommandModule from 'diagram-js/lib/command';
import MinimapModule from 'diagram-js-minimap';
import { Board } from './board.js';
import { Clip } from './clip.js';
import descriptor from './descriptor.js';
import { Sieve } from './drawable.js';
import { Findings } from './findings.js';
import { isDrawn, laidOut } from './layout.js';
import { Palette } from './palette.js';
import { Provider } from './provider.js';
import { Saving } from './saving.js';
import { speakChinese } from './simulation.js';
import { bar, shower } from './topbar.js';
import { translator } from './translate.js';
import { say } from './words.js';

const english = document.documentElement.lang.startsWith('en');
const board = new Board(JSON.parse(document.getElementById('board').textContent), english);

begin().catch((problem) => {
  document.querySelector('[data-loading]').textContent = say('打不开这张图：{problem}', { problem: problem.message });
});

async function begin() {
  board.lists = await board.get(board.urls.lists);
  if (!board.lists.functions) throw new Error(say('网络不通'));
  board.modeler = make();
  const show = shower(board);
  await open(show);
  document.querySelector('[data-loading]').remove();
  const findings = new Findings(board, document.querySelector('[data-findings-list]'), show.findings);
  board.learn();
  board.modeler.on('draft.saved', () => board.learn());
  const saving = board.mayEdit ? new Saving(board, show) : null;
  window.addEventListener('focus', () => board.refresh()); // a form or a table may have been made in another tab
  bar(board, { saving, findings, show });
  if (saving && board.changed) saving.touch();
  if (!english) speakChinese(document.querySelector('.mo-canvas'));
  window.anlan.board = board; // for the tests, which look at the diagram itself
}

function make() {
  const own = { board: ['value', board], translate: ['value', translator(english)], __init__: ['ownProvider'], ownProvider: ['type', Provider] };
  const common = { container: '.mo-canvas', propertiesPanel: { parent: '.mo-panel' }, moddleExtensions: { spiffworkflow: descriptor } };
  if (!board.mayEdit) return new NavigatedViewer({ ...common, additionalModules: [CommandModule, BpmnPropertiesPanelModule, MinimapModule, own] });
  const editing = { __init__: ['ownPalette', 'ownSieve', 'ownClip'], ownPalette: ['type', Palette], ownSieve: ['type', Sieve], ownClip: ['type', Clip] };
  return new Modeler({ ...common, additionalModules: [BpmnPropertiesPanelModule, CreateAppendAnythingModule, TokenSimulationModule, MinimapModule, own, editing] });
}

/** The drawing, or what was drawn here without a connection and never arrived; a file without a drawing is laid out first. */
async function open(show) {
  const left = board.mayEdit ? Saving.left(board) : null;
  let xml = left ? left.content : board.xml;
  if (left) {
    board.revision = left.revision;
    board.changed = true;
    window.anlan.note(say('已恢复上次离线时的改动'));
  }
  if (!isDrawn(xml)) {
    xml = await laidOut(board.modeler.get('moddle'), xml);
    board.changed = board.mayEdit;
    window.anlan.note(say('文件里没有布局，已自动排版；泳池和泳道不参与排版'));
  }
  await board.draw(xml);
  show(board.savedAt ? say('已保存 {when}', { when: board.savedAt }) : say('与运行的版本相同'), 'done');
}
