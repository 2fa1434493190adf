"""A small organisation that tests tell their stories in: one group, two companies, a handful of people."""
from sqlalchemy.orm import Session

from data_model.organisation import Grant, Level, OrgUnit, Ownership, Role, UnitKind, User

#        code     parent  level          name          kind, function
UNITS = (
    ("group", None, Level.GROUP, "安澜水务集团", UnitKind.PLACE, ""),
    ("tap", "group", Level.LINE, "自来水", UnitKind.PLACE, ""),
    ("qingyuan", "tap", Level.COMPANY, "清源供水公司", UnitKind.PLACE, ""),
    ("plant1", "qingyuan", Level.STATION, "第一水厂", UnitKind.PLACE, ""),
    ("filter", "plant1", Level.GRID, "过滤区", UnitKind.PLACE, ""),
    ("pool", "filter", Level.CELL, "滤池", UnitKind.PLACE, ""),
    ("dosing", "plant1", Level.GRID, "加药消毒区", UnitKind.PLACE, ""),
    ("plant2", "qingyuan", Level.STATION, "第二水厂", UnitKind.PLACE, ""),
    ("safety", "qingyuan", Level.STATION, "安全管理部", UnitKind.DEPARTMENT, "安全"),
    ("sewage", "group", Level.LINE, "污水", UnitKind.PLACE, ""),
    ("bishui", "sewage", Level.COMPANY, "碧水排水公司", UnitKind.PLACE, ""),
    ("plant3", "bishui", Level.STATION, "城东污水厂", UnitKind.PLACE, ""),
    ("grit", "plant3", Level.GRID, "预处理区", UnitKind.PLACE, ""),
)
#        login, name, unit, role grants (role, unit), owns
PEOPLE = (
    ("wang", "王强", "filter", ((Role.EMPLOYEE, "filter"),), ()),
    ("li", "李敏", "filter", ((Role.GRID_OWNER, "filter"), (Role.EMPLOYEE, "filter")), ("filter",)),
    ("chen", "陈刚", "plant1", ((Role.EMPLOYEE, "plant1"),), ()),
    ("sun", "孙丽", "plant1", ((Role.STATION_SAFETY_DIRECTOR, "plant1"),), ()),
    ("zhang", "张伟", "plant1", ((Role.STATION_LEADER, "plant1"),), ("plant1",)),
    ("zhao", "赵静", "safety", ((Role.COMPANY_SAFETY_ADMIN, "qingyuan"),), ()),
    ("zhou", "周明", "qingyuan", ((Role.DEPUTY_LEADER, "qingyuan"),), ()),
    ("wu", "吴建国", "qingyuan", ((Role.GENERAL_MANAGER, "qingyuan"),), ("qingyuan",)),
    ("zheng", "郑华", "qingyuan", ((Role.CHAIRMAN, "qingyuan"),), ()),
    ("qian", "钱进", "grit", ((Role.EMPLOYEE, "grit"),), ()),
    ("feng", "冯磊", "grit", ((Role.GRID_OWNER, "grit"),), ("grit",)),
    ("ga", "高安", "group", ((Role.GROUP_SAFETY_ADMIN, "group"),), ()),
    ("dh", "何部长", "safety", ((Role.DEPARTMENT_HEAD, "safety"),), ()),
    ("il", "金检", "plant1", ((Role.INSPECTION_LEAD, "plant1"),), ()),
    ("po", "彭流", "group", ((Role.PROCESS_OWNER, "group"),), ()),
    ("admin", "管理员", "group", ((Role.SYSTEM_ADMIN, "group"),), ()),
    ("au", "欧审", "group", ((Role.AUDITOR, "group"),), ()),
)


def build(session: Session, password_hash: str = "") -> dict[str, int]:
    """Write the small organisation; return the ids of units ('unit:filter') and people ('wang')."""
    ids: dict[str, int] = {}
    units: dict[str, OrgUnit] = {}
    for position, (code, parent, level, name, kind, function) in enumerate(UNITS):
        above = units.get(parent or "")
        unit = OrgUnit(code=code, name=name, level=level, kind=kind, function=function, position=position,
                       parent_id=above.id if above else None, path=f"new:{code}")
        session.add(unit)
        session.flush()
        unit.path = f"{above.path if above else '/'}{unit.id}/"
        units[code], ids[f"unit:{code}"] = unit, unit.id
    for login, name, unit_code, grants, owns in PEOPLE:
        user = User(login=login, name=name, unit_id=units[unit_code].id, email=f"{login}@example.com",
                    password_hash=password_hash, must_change_password=False)
        session.add(user)
        session.flush()
        ids[login] = user.id
        session.add_all(Grant(user_id=user.id, role=role, unit_id=units[at].id, path=units[at].path) for role, at in grants)
        session.add_all(Ownership(unit_id=units[at].id, user_id=user.id) for at in owns)
    session.flush()
    return ids
