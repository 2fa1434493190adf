"""流程分析: where cases of a flow wait, who is busy, what is late; and the event log for tools of process mining."""
