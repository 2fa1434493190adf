"""The small signs inside events (36 × 36), gateways (50 × 50), tasks (20 × 20) and at a task's foot (16 × 16), as SVG paths."""

EVENT_GLYPHS = {
    "timer": "M18 7.5a10.5 10.5 0 1 0 .01 0ZM18 11v7l5 2.5M18 7.5v2M28.5 18h-2M18 28.5v-2M7.5 18h2",
    "message": "M9 12h18v12H9ZM9 12l9 7 9-7",
    "signal": "M18 9 27 24H9Z",
    "error": "M10 26l4-13 6 8 5-11-4 15-6-8Z",
    "escalation": "M18 9l7 17-7-7-7 7Z",
    "terminate": "M18 10a8 8 0 1 0 .01 0Z",
    "conditional": "M11 9h14v18H11ZM13.5 13h9M13.5 16.5h9M13.5 20h9M13.5 23.5h9",
    "link": "M9 15h10v-4l8 7-8 7v-4H9Z",
    "compensate": "M9 18l8-6v12ZM18 18l8-6v12Z",
    "cancel": "M11 13l2-2 5 5 5-5 2 2-5 5 5 5-2 2-5-5-5 5-2-2 5-5Z",
    "multiple": "M18 9l9 6.8L23.6 26H12.4L9 15.8Z",
}
GATEWAY_GLYPHS = {
    "exclusiveGateway": "M20 18l10 14M30 18 20 32",
    "parallelGateway": "M25 13.5v23M13.5 25h23",
    "inclusiveGateway": "M25 14a11 11 0 1 0 .01 0Z",
    "eventBasedGateway": "M25 12a13 13 0 1 0 .01 0ZM25 15a10 10 0 1 0 .01 0ZM25 19l6 4.4L28.7 30h-7.4L19 23.4Z",
    "complexGateway": "M25 14v22M14 25h22M17 17l16 16M33 17 17 33",
}
TASK_GLYPHS = {
    "userTask": "M10 1.5a4 4 0 1 0 .01 0ZM2.5 18v-2.5c0-3 3-5 7.5-5s7.5 2 7.5 5V18ZM6 18v-3M14 18v-3",
    "serviceTask": "M10 6.2a3.8 3.8 0 1 0 .01 0ZM8.6 1.5h2.8l.5 2.2 1.9.8 1.9-1.2 2 2-1.2 1.9.8 1.9 2.2.5v2.8l-2.2.5-.8 1.9 1.2 1.9-2 2-1.9-1.2"
                   "-1.9.8-.5 2.2H8.6l-.5-2.2-1.9-.8-1.9 1.2-2-2 1.2-1.9-.8-1.9-2.2-.5V9.6l2.2-.5.8-1.9L2.3 5.3l2-2 1.9 1.2 1.9-.8Z",
    "scriptTask": "M6 2h11c-4 4 4 10 0 15H4C8 12 1 7 6 2ZM7 6h6M7 9h6M8 12h6",
    "businessRuleTask": "M1.5 3h17v13h-17ZM1.5 7h17M1.5 11.5h17M7 7v9",
    "sendTask": "M1.5 4h17v12h-17ZM1.5 4l8.5 7 8.5-7",
    "receiveTask": "M1.5 4h17v12h-17ZM1.5 4l8.5 7 8.5-7",
    "manualTask": "M2 9l5-5h3l-2 3h9v2.5H9h9v2.7H9h8v2.6H9h6V17H6l-4-3Z",
}
LOOP_GLYPHS = {
    "parallel": "M4 2v11M8 2v11M12 2v11",
    "sequential": "M2 4h11M2 8h11M2 12h11",
    "loop": "M5 13a5.2 5.2 0 1 1 5 .2M5 13H1.5M5 13V9.5",
    "flat": "M1.5 1.5h13v13h-13ZM8 4v8M4 8h8",
}
