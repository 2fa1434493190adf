"""随手拍台账: every report a person may see, and what was made of it (RISK-08)."""
from data_model.snapshot import Snapshot, Verdict
from web.ledger.register import Register, Section

REGISTERS = (Register(
    model=Snapshot,
    title="随手拍台账",
    empty="还没有随手拍",
    empty_hint="任何员工都可以用手机拍照上报。",
    heading="description",
    columns=("code", "description", "verdict", "grid_id", "reporter_id", "reported_at"),
    search=("code", "description"),
    filters=("verdict", "reported_at"),
    sort=("id", "reported_at"),
    order="-id",
    chips="verdict",
    colours={Verdict.WAITING: "azure", Verdict.DANGER: "orange", Verdict.HAZARD: "red", Verdict.UNDECIDED: "yellow",
             Verdict.DISCARDED: "secondary"},
    sections=(Section("上报情况", ("code", "grid_id", "description", "reporter_id", "taken_at", "reported_at"), {"before": "现场照片"}),
              Section("判断", ("verdict", "reason", "judged_at"))),
),)
