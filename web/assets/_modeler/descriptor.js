// Every spiffworkflow: element a file may hold. One that is missing here would be dropped on save.
const attribute = (name, type = 'String') => ({ name, isAttr: true, type });
const body = (name) => ({ name, superClass: ['Element'], properties: [{ name: 'value', isBody: true, type: 'String' }] });
const holder = (name, properties) => ({ name, superClass: ['Element'], properties });
const many = (name, type) => ({ name, type, isMany: true });

export default {
  name: 'SpiffWorkflow',
  uri: 'http://spiffworkflow.org/bpmn/schema/1.0/core',
  prefix: 'spiffworkflow',
  xml: { tagAlias: 'lowerCase' },
  associations: [],
  types: [
    ...['PreScript', 'PostScript', 'CalledDecisionId', 'InstructionsForEndUser', 'MessagePayload', 'MessageVariable', 'PayloadExpression',
      'VariableName', 'Category', 'AllowGuest', 'GuestConfirmation', 'SignalButtonLabel', 'IsOutputSynthetic', 'IsMatchingCorrelation',
      'PropertyId', 'Expression', 'InputJson', 'ExpectedOutputJson'].map(body),
    { ...holder('Properties', [many('properties', 'Property')]), meta: { allowedIn: ['*'] } },
    holder('Property', [attribute('name'), attribute('value')]),
    holder('ServiceTaskOperator', [attribute('id'), attribute('resultVariable'), { name: 'parameterList', type: 'Parameters' }, { name: 'retry', type: 'Retry' }]),
    holder('Parameters', [many('parameters', 'Parameter')]),
    holder('Parameter', [attribute('id'), attribute('type'), attribute('value')]),
    holder('Retry', [attribute('retries'), attribute('backoff_base')]),
    holder('ProcessVariableCorrelation', [{ name: 'propertyId', type: 'PropertyId' }, { name: 'expression', type: 'Expression' }]),
    holder('UnitTests', [many('unitTests', 'UnitTest')]),
    holder('UnitTest', [attribute('id'), { name: 'inputJson', type: 'InputJson' }, { name: 'expectedOutputJson', type: 'ExpectedOutputJson' }]),
    holder('TaskMetadataValues', [many('values', 'TaskMetadataValue')]),
    holder('TaskMetadataValue', [attribute('name'), attribute('value')]),
  ],
};
