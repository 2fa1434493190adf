"""What people call each kind of line in a case's history; which of them the system wrote, and which are small."""
SYSTEM = frozenset({"service", "timer", "message", "signal", "route", "reroute"})  # lines no person wrote
SMALL = SYSTEM | {"claim", "unclaim", "remind", "retry", "copy"}  # said in small letters, and left out in print
UNPRINTED = SMALL | {"comment", "incident", "escalate", "end"}
WORDS = {
    "start": "发起", "complete": "办理", "claim": "认领", "unclaim": "退还", "cancel": "撤销", "escalate": "升级", "remind": "提醒",
    "service": "系统", "timer": "到时", "message": "消息", "signal": "信号", "incident": "出错", "retry": "重试", "end": "结束",
    "open": "等待办理", "auto": "自动通过", "route": "改派", "reroute": "改派", "transfer": "转办", "delegate": "委派",
    "give_back": "交还", "take_back": "收回", "copy": "抄送", "comment": "评论", "return": "退回", "withdraw": "撤回", "reject": "驳回",
    "request": "申请", "add_signer": "加签", "remove_signer": "减签",
    "suspend": "挂起", "resume": "恢复", "move": "移动令牌", "skip": "跳过", "edit": "修改数据", "reassign": "指派", "migrate": "迁移版本",
    "parent_end": "上级流程结束",
}
