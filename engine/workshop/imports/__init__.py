"""Diagrams from elsewhere (Camunda 7 and 8, Flowable, Activiti, plain BPMN 2.0): what they say is said in our words, and told."""
