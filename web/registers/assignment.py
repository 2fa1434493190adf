"""任务台账: who asked what of whom until when, and what came of it (TASK-01)."""
from data_model.assignment import Assignment, Stage, Urgency
from web.ledger.register import Register, Section

REGISTERS = (Register(
    model=Assignment,
    title="任务台账",
    empty="还没有任务",
    empty_hint="在“任务管理”中新建指派后，任务会出现在这里。",
    heading="title",
    columns=("code", "title", "stage", "urgency", "assignee_id", "assigner_id", "unit_id", "deadline", "progress"),
    search=("code", "title", "content"),
    filters=("stage", "urgency", "overdue", "assigned_at"),
    sort=("id", "deadline", "assigned_at"),
    order="-id",
    chips="stage",
    colours={Stage.WORKING: "azure", Stage.REVIEWING: "orange", Stage.DONE: "green", Stage.CANCELLED: "secondary",
             Urgency.HIGH: "red", Urgency.NORMAL: "blue", Urgency.LOW: "secondary"},
    labels={"overdue": "超期"},
    alarms={"deadline": "overdue"},
    export=("code", "title", "content", "stage", "urgency", "assigner_id", "assignee_id", "unit_id", "deadline", "overdue",
            "progress", "result", "review", "returned", "escalations", "assigned_at", "handed_in_at", "closed_at"),
    sections=(
        Section("任务", ("code", "title", "content", "stage", "urgency", "assigner_id", "assignee_id", "unit_id", "deadline", "overdue",
                       "assigned_at"), {"before": "任务照片"}),
        Section("完成情况", ("progress", "result", "handed_in_at", "escalations"), {"after": "完成照片"}),
        Section("复核", ("review", "returned", "closed_at")),
    ),
),)
