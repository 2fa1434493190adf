"""The tree, the people, their roles and who answers for what, in the demo group."""
import csv
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cache
from importlib.resources import files
from random import Random

from sqlalchemy.orm import Session

from data_model import clock
from data_model.organisation import Grant, Level, Licence, OrgUnit, Ownership, Role, UnitKind, User
from engine.demo import cast

COMPANIES = (  # code, name, business, stations: (name, template station)
    ("YS01", "龙潭原水公司", "原水", (
        ("龙潭水库", "水库枢纽"), ("石门水库", "水库枢纽"), ("江口取水泵站", "取水泵站"), ("白沙取水泵站", "取水泵站"),
        ("东干线管理所", "输水管线"), ("西干线管理所", "输水管线"), ("原水调度中心", "调度中心"))),
    ("ZL01", "清源供水公司", "自来水", (
        ("第一水厂", "净水厂"), ("第二水厂", "净水厂"), ("江东水厂", "净水厂"), ("江东取水口", "取水头部"),
        ("城北供水管理所", "供水管网"), ("城南供水管理所", "供水管网"), ("开发区供水管理所", "供水管网"))),
    ("ZL02", "甘泉供水公司", "自来水", (
        ("凤凰山水厂", "净水厂"), ("南湖水厂", "净水厂"), ("南湖取水口", "取水头部"), ("凤凰供水管理所", "供水管网"),
        ("湖滨供水管理所", "供水管网"), ("高新区供水管理所", "供水管网"))),
    ("WS01", "碧水排水公司", "污水", (
        ("城东污水处理厂", "污水处理厂"), ("城西污水处理厂", "污水处理厂"), ("滨河污水处理厂", "污水处理厂"),
        ("城东管网所", "污水收集管网"), ("城西管网所", "污水收集管网"), ("滨河管网所", "污水收集管网"), ("港区管网所", "污水收集管网"))),
    ("WS02", "清波环境公司", "污水", (
        ("莲花污水处理厂", "污水处理厂"), ("北站污水处理厂", "污水处理厂"), ("北站管网所", "污水收集管网"),
        ("莲花管网所", "污水收集管网"), ("新城管网所", "污水收集管网"), ("新城污水处理厂", "污水处理厂"))),
    ("JS01", "恒安水务工程公司", "建设工程", (
        ("江东水厂扩建项目部", "项目部"), ("城北管网改造项目部", "项目部"), ("滨河截污项目部", "项目部"),
        ("石门引水项目部", "项目部"), ("新城泵站项目部", "项目部"), ("莲花提标项目部", "项目部"))),
)
DEPARTMENTS = (("安全管理部", "安全"), ("财务部", "财务"), ("人力资源部", "人力资源"), ("生产技术部", "生产"))
ACCOUNTS = {  # the people a visitor signs in as; everybody else has a login made from the name
    "employee": "普通员工", "rectifier": "整改人（维修工）", "gridowner": "网格负责人", "director": "厂站安全主任", "leader": "厂站领导",
    "safety": "公司安全管理员", "depthead": "部门负责人", "deputy": "分管领导", "gm": "总经理", "chairman": "董事长",
    "group": "集团安全管理员", "owner": "流程管理员", "admin": "系统管理员", "auditor": "审计员",
}
_STAFF_POSTS = ("运行工", "维修工", "电工", "巡检工", "化验员", "仓库管理员")


@dataclass
class Town:
    """What the histories need to know of the group: its grids, and who works at each station."""

    grids: list[OrgUnit] = field(default_factory=list)
    staff: dict[int, list[int]] = field(default_factory=dict)  # station id -> user ids


@cache
def grid_templates() -> dict[str, dict[str, str]]:
    """Template station -> {grid name: its cells, joined by 、}, from the group's standard template."""
    found: dict[str, dict[str, str]] = {}
    with files("engine.demo").joinpath("grid_template.csv").open(encoding="utf-8") as lines:
        for row in csv.DictReader(lines):
            found.setdefault(row["L3 厂站/业务"], {})[row["L4 网格"]] = row["L5 管理单元"]
    return found


class Builder:
    """Adds units and people, keeping paths, codes and logins right."""

    def __init__(self, session: Session, rng: Random, password_hash: str) -> None:
        self.session, self.rng, self.password_hash = session, rng, password_hash
        self.names = cast.people(rng)
        self.free_accounts = dict(ACCOUNTS)
        self.town = Town()

    def unit(self, parent: OrgUnit | None, level: Level, code: str, name: str, **more: str) -> OrgUnit:
        made = OrgUnit(parent_id=parent.id if parent else None, level=level, code=code, name=name, path=f"new:{code}", **more)
        self.session.add(made)
        self.session.flush()
        made.path = f"{parent.path if parent else '/'}{made.id}/"
        return made

    def person(self, unit: OrgUnit, post: str, *roles: tuple[Role, OrgUnit], account: str = "") -> User:
        name, login = next(self.names)
        if self.free_accounts.pop(account, None):
            login = account
        made = User(login=login, name=name, unit_id=unit.id, post=post, password_hash=self.password_hash,
                    must_change_password=False, employee_no=f"{self.rng.randrange(10**6):06}", email=f"{login}@example.com")
        self.session.add(made)
        self.session.flush()
        self.session.add_all(Grant(user_id=made.id, role=role, unit_id=at.id, path=at.path) for role, at in roles)
        return made

    def owner(self, unit: OrgUnit, user: User, backup: bool = False) -> None:
        self.session.add(Ownership(unit_id=unit.id, user_id=user.id, backup=backup))


def build(session: Session, rng: Random, password_hash: str) -> Town:
    """Write one group, four business lines, six companies, about 40 stations and 300 people."""
    made = Builder(session, rng, password_hash)
    group = made.unit(None, Level.GROUP, "AL", "安澜水务集团")
    _group_people(made, group)
    lines = {name: made.unit(group, Level.LINE, f"L{n}", name, business=name)
             for n, name in enumerate(("原水", "自来水", "污水", "建设工程"), 1)}
    for code, name, business, stations in COMPANIES:
        company = made.unit(lines[business], Level.COMPANY, code, name, business=business)
        _company_people(made, company)
        for number, (station_name, template) in enumerate(stations, 1):
            station = made.unit(company, Level.STATION, f"{code}-{number:02}", station_name, business=business)
            _station(made, station, template)
    session.add(Licence(customer="安澜水务集团（演示）", max_users=500, valid_to=clock.today() + timedelta(days=365),
                        details={"kind": "demo", "issued_on": date.isoformat(clock.today())}))
    return made.town


def _group_people(made: Builder, group: OrgUnit) -> None:
    made.person(group, "集团安全总监", (Role.GROUP_SAFETY_ADMIN, group), account="group")
    made.person(group, "流程管理员", (Role.PROCESS_OWNER, group), account="owner")
    made.person(group, "系统管理员", (Role.SYSTEM_ADMIN, group), account="admin")
    made.person(group, "审计员", (Role.AUDITOR, group), account="auditor")


def _company_people(made: Builder, company: OrgUnit) -> None:
    shown = company.code == "ZL01"  # the company a visitor sees first
    leaders = (("董事长", Role.CHAIRMAN, "chairman"), ("总经理", Role.GENERAL_MANAGER, "gm"),
               ("分管安全副总经理", Role.DEPUTY_LEADER, "deputy"))
    for post, role, account in leaders:
        person = made.person(company, post, (role, company), (Role.EMPLOYEE, company), account=account if shown else "")
        if role is Role.GENERAL_MANAGER:
            made.owner(company, person)
    for number, (name, function) in enumerate(DEPARTMENTS, 1):
        department = made.unit(company, Level.STATION, f"{company.code}-D{number}", name, kind=UnitKind.DEPARTMENT, function=function)
        account = "depthead" if shown and function == "安全" else ""
        made.person(department, f"{name}部长", (Role.DEPARTMENT_HEAD, department), (Role.EMPLOYEE, company), account=account)
        if function == "安全":
            made.person(department, "安全管理员", (Role.COMPANY_SAFETY_ADMIN, company), (Role.EMPLOYEE, company),
                        account="safety" if shown else "")


def _station(made: Builder, station: OrgUnit, template: str) -> None:
    shown = station.code == "ZL01-01"
    leader = made.person(station, "厂站站长", (Role.STATION_LEADER, station), (Role.EMPLOYEE, station), account="leader" if shown else "")
    director = made.person(station, "厂站安全主任", (Role.STATION_SAFETY_DIRECTOR, station), (Role.INSPECTION_LEAD, station),
                           (Role.EMPLOYEE, station),
                           account="director" if shown else "")
    made.owner(station, leader)
    made.owner(station, director, backup=True)
    staff = [leader.id, director.id]
    owner: User | None = None
    for number, (grid_name, cells) in enumerate(grid_templates()[template].items(), 1):
        grid = made.unit(station, Level.GRID, f"{station.code}-{number:02}", grid_name)
        if owner is None or number % 2:  # one person often answers for two neighbouring grids
            owner = made.person(grid, "班组长", (Role.EMPLOYEE, grid), account="gridowner" if shown else "")
            staff.append(owner.id)
        made.session.add(Grant(user_id=owner.id, role=Role.GRID_OWNER, unit_id=grid.id, path=grid.path))
        made.owner(grid, owner)
        for cell_number, cell in enumerate(cells.split("、"), 1):
            made.unit(grid, Level.CELL, f"{grid.code}-{cell_number:02}", cell)
        made.town.grids.append(grid)
    for number in range(3 if shown else 2):
        account = ("employee", "rectifier", "")[number] if shown else ""
        post = "维修工" if account == "rectifier" else made.rng.choice(_STAFF_POSTS)
        staff.append(made.person(station, post, (Role.EMPLOYEE, station), account=account).id)
    made.town.staff[station.id] = staff
