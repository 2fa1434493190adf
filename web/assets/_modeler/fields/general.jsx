/** @jsx h */
// What every element has: a name, an id, words for the reader. And what the whole process says.
import { h } from '@bpmn-io/properties-panel/preact';
import { is } from 'bpmn-js/lib/util/ModelUtil';
import { owner, property, setProperty } from '../settings.js';
import { say } from '../words.js';
import { Area, Checks, Pick, Switch, Text, words } from './base.jsx';

const ID = /^[A-Za-z_][A-Za-z0-9_]{0,63}$/;
const RESERVED = ['Start', 'End', 'start'];

export function Name({ board, element }) {
  const bo = owner(element);
  if (is(bo, 'bpmn:TextAnnotation')) {
    return <Area id="name" label={say('文字')} value={bo.get('text') ?? ''} rows={3} keep={(text) => board.modeling.updateProperties(element, { text })} />;
  }
  if (is(bo, 'bpmn:Lane')) return <LaneName board={board} element={element} bo={bo} />;
  return <Text id="name" label={say('名称')} help={NAME_HELP(bo)} value={bo.get('name') ?? ''} keep={(name) => rename(board, element, bo, name)} />;
}

const NAME_HELP = (bo) => (is(bo, 'bpmn:SequenceFlow') ? say('写在连线上，例如“同意”“退回”') : say('待办、时间线和图上都显示这个名称'));

function LaneName({ board, element, bo }) {
  const roles = board.lists.roles.map(({ name, label }) => ({ value: name, label }));
  return <Pick id="name" label={say('由哪个角色办理')} help={say('泳道里没有另设办理人的步骤，由此角色在流程所在单位的人办理')} value={bo.get('name') ?? ''} options={roles} empty={say('请选择')}
    keep={(name) => rename(board, element, bo, name)} />;
}

/** A process and the pool that shows it are called the same. */
function rename(board, element, bo, name) {
  if (!is(bo, 'bpmn:Process')) { board.modeling.updateLabel(element, name); return; }
  const pool = board.modeler.get('elementRegistry').find((each) => is(each, 'bpmn:Participant') && each.businessObject.processRef === bo);
  board.together([[element, bo, { name }], ...(pool ? [[pool, pool.businessObject, { name }]] : [])]);
}

export function Id({ board, element }) {
  const bo = owner(element);
  const wrong = board.mayEdit ? idProblem(board, bo, bo.id) : '';
  if (is(bo, 'bpmn:Process')) return <Text id="id" label={say('编号')} value={bo.id} disabled keep={() => {}} help={say('流程的编号与文件名相同，不能修改')} />;
  return <Text id="id" label={say('编号')} value={bo.id} wrong={wrong} help={say('表达式用编号指这一步，如 confirm.outcome。改编号后，用到它的表达式要一起改')}
    keep={(id) => { if (id !== bo.id && !idProblem(board, bo, id)) board.modeling.updateProperties(element, { id }); else board.redraw(element); }} />;
}

function idProblem(board, bo, id) {
  if (!ID.test(id)) return say('只用英文字母、数字和下划线，以字母开头');
  if (RESERVED.includes(id)) return is(bo, 'bpmn:StartEvent') ? '' : say('这个编号有特殊含义，请换一个');
  const other = board.modeler.get('moddle').ids.assigned(id);
  return other && other !== bo ? say('这个编号已被使用') : '';
}

export function Documentation({ board, element }) {
  const bo = owner(element);
  const said = bo.get('documentation')?.[0]?.text ?? '';
  const keep = (text) => {
    const made = text ? [board.create('bpmn:Documentation', { text })] : [];
    board.modeling.updateModdleProperties(element, bo, { documentation: made });
  };
  return <Area id="documentation" label={say('说明')} help={say('给流程管理员看的备注，不影响执行')} value={said} keep={keep} rows={2} />;
}

export function Category({ board, element }) {
  return <Text id="category" label={say('类别')} help={say('“发起流程”页面按类别分组')} value={property(owner(element), 'category')} list={board.lists.categories}
    keep={(value) => setProperty(board, element, 'category', value)} />;
}

export function Starters({ board, element }) {
  const chosen = words(property(owner(element), 'starters'));
  const who = chosen.includes('everyone') ? 'everyone' : chosen.length ? 'roles' : 'nobody';
  const keep = (list) => setProperty(board, element, 'starters', list.join(','));
  const options = [{ value: 'everyone', label: say('所有人') }, { value: 'roles', label: say('下列角色') }, { value: 'nobody', label: say('不能手工发起') }];
  return (
    <div>
      <Pick id="starters" label={say('谁可以发起')} help={say('由人发起的流程需要一张发起表单；不能手工发起的流程由其他流程启动')} value={who} options={options}
        keep={(next) => keep({ everyone: ['everyone'], roles: [board.lists.roles[0].value], nobody: [] }[next])} />
      {who === 'roles' && <Checks id="starter-roles" label={say('角色')} options={board.lists.roles} chosen={chosen} keep={keep} />}
    </div>
  );
}

export function WhenParentEnds({ board, element }) {
  const options = [{ value: 'stay', label: say('继续办理') }];
  return <Pick id="when_parent_ends" label={say('启动它的流程结束时')} help={say('由别的流程启动的实例，在那个流程结束或撤销时怎样')} value={property(owner(element), 'when_parent_ends')} options={options} empty={say('随之结束')}
    keep={(value) => setProperty(board, element, 'when_parent_ends', value)} />;
}

export function Executable({ board, element }) {
  const bo = owner(element);
  return <Switch id="executable" label={say('可执行')} help={say('不勾选的流程只是图，不会运行')} on={bo.get('isExecutable') !== false && Boolean(bo.get('isExecutable'))}
    keep={(isExecutable) => board.modeling.updateModdleProperties(element, bo, { isExecutable })} />;
}

