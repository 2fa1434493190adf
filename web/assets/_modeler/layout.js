// Automatic layout, for files without a drawing or when somebody asks. Pools and lanes are not laid out, and that is said.
import { layoutProcess } from 'bpmn-auto-layout';

export const isDrawn = (xml) => /<[\w-]*:?BPMNShape[\s>]/.test(xml);
export const hasLanes = (xml) => /<[\w-]*:?(lane|participant)[\s>]/.test(xml);

/** The file with a new drawing. Every flow is named at both its ends first: without that nodes lie on each other. */
export async function laidOut(moddle, xml) {
  const { rootElement } = await moddle.fromXML(xml);
  for (const process of rootElement.rootElements.filter((each) => each.$type === 'bpmn:Process')) ends(process);
  return layoutProcess((await moddle.toXML(rootElement, { format: true })).xml);
}

function ends(scope) {
  const inside = scope.get('flowElements') ?? [];
  for (const node of inside.filter((each) => each.$instanceOf('bpmn:FlowNode'))) {
    node.set('incoming', inside.filter((flow) => flow.$type === 'bpmn:SequenceFlow' && flow.targetRef === node));
    node.set('outgoing', inside.filter((flow) => flow.$type === 'bpmn:SequenceFlow' && flow.sourceRef === node));
    if (node.flowElements) ends(node);
  }
}
