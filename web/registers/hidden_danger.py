"""隐患台账: fed by the flow hidden_danger, read here (RISK-10)."""
from data_model.hidden_danger import DangerLevel, DangerStage, HiddenDanger
from web.ledger.register import Register, Section

REGISTERS = (Register(
    model=HiddenDanger,
    title="隐患台账",
    empty="还没有隐患",
    empty_hint="随手拍经网格负责人判断为隐患，或直接登记后，会出现在这里。",
    heading="description",
    columns=("code", "description", "level", "stage", "station_id", "grid_id", "rectifier_id", "deadline", "found_at"),
    search=("code", "description"),
    filters=("stage", "level", "danger_class", "source", "station_id", "overdue", "found_at"),
    sort=("id", "code", "found_at", "deadline"),
    order="-found_at",
    chips="stage",
    colours={
        DangerStage.CONFIRMING: "azure", DangerStage.PLANNING: "indigo", DangerStage.APPROVING: "purple",
        DangerStage.RECTIFYING: "orange", DangerStage.CHECKING: "cyan", DangerStage.ACCEPTING: "teal",
        DangerStage.CLOSED: "green", DangerStage.NOT_A_DANGER: "secondary", DangerStage.CANCELLED: "secondary",
        DangerLevel.MAJOR: "red", DangerLevel.ONE: "orange", DangerLevel.TWO: "yellow", DangerLevel.THREE: "blue",
    },
    labels={"overdue": "超期"},
    alarms={"deadline": "overdue"},
    export=("code", "stage", "level", "danger_class", "source", "company_id", "station_id", "grid_id", "description", "finder_id",
            "found_at", "is_source", "stop_work", "immediate_action", "measures", "rectifier_id", "helper_id", "deadline",
            "overdue", "budget", "result", "rectified_on", "cost", "checker_id", "failed_checks", "escalations", "closed_at",
            "close_reason"),
    sections=(
        Section("基本信息", ("code", "stage", "level", "danger_class", "source", "company_id", "station_id", "grid_id",
                         "description", "immediate_action", "finder_id", "found_at", "is_source", "stop_work"),
                {"before": "整改前"}),
        Section("整改", ("measures", "five_fixed", "rectifier_id", "helper_id", "deadline", "overdue", "budget", "result",
                       "rectified_on", "cost"), {"after": "整改后"}),
        Section("复核", ("checker_id", "failed_checks", "escalations", "reports_up", "closed_at", "close_reason"),
                {"check": "复核照片"}),
    ),
    related=(("snapshot", "hidden_danger_id", "来自随手拍"),),
),)
