"""What each role may do, and how far (permissions.md §6.2). Data: a row here is a cell of the matrix."""
from enum import StrEnum

from data_model.organisation import Role


class Reach(StrEnum):
    """How far a permission reaches from the unit of the grant."""

    GROUP = "g"  # the whole tree
    COMPANY = "c"  # the company above the grant
    STATION = "s"  # the station above the grant
    SUBTREE = "n"  # the grant's own unit and below
    OWN = "u"  # one's own rows only


EVERYONE = "signed_in"  # any account that can sign in: own page, own messages, language
PUBLIC = "public"  # no account needed: sign-in page, health, static files

R, G, C, S, N, U = Role, Reach.GROUP, Reach.COMPANY, Reach.STATION, Reach.SUBTREE, Reach.OWN
_BUSINESS = (R.GROUP_SAFETY_ADMIN, R.COMPANY_SAFETY_ADMIN, R.STATION_LEADER, R.STATION_SAFETY_DIRECTOR, R.GRID_OWNER,
             R.INSPECTION_LEAD, R.DEPARTMENT_HEAD, R.DEPUTY_LEADER, R.GENERAL_MANAGER, R.CHAIRMAN, R.EMPLOYEE)

MATRIX: dict[str, dict[Role, Reach]] = {
    "inbox.use": {role: U for role in _BUSINESS} | {R.PROCESS_OWNER: U},
    "process.start": {role: U for role in _BUSINESS},
    "file.upload": {role: U for role in _BUSINESS} | {R.PROCESS_OWNER: U},
    "org.search": {role: C for role in _BUSINESS} | {R.GROUP_SAFETY_ADMIN: G, R.PROCESS_OWNER: G, R.AUDITOR: G},
    "hidden_danger.view": {
        R.COMPANY_SAFETY_ADMIN: C, R.STATION_LEADER: C, R.STATION_SAFETY_DIRECTOR: C, R.GRID_OWNER: C, R.INSPECTION_LEAD: C,
        R.DEPARTMENT_HEAD: C, R.DEPUTY_LEADER: C, R.GENERAL_MANAGER: C, R.CHAIRMAN: C, R.EMPLOYEE: C,
        R.PROCESS_OWNER: G, R.AUDITOR: G, R.GROUP_SAFETY_ADMIN: U,
    },
    "hidden_danger.view_major": {R.GROUP_SAFETY_ADMIN: G},
    "hidden_danger.export": {R.GROUP_SAFETY_ADMIN: G, R.COMPANY_SAFETY_ADMIN: C, R.STATION_SAFETY_DIRECTOR: C, R.AUDITOR: G},
    "snapshot.view": {
        R.COMPANY_SAFETY_ADMIN: C, R.STATION_LEADER: S, R.STATION_SAFETY_DIRECTOR: S, R.GRID_OWNER: N, R.DEPUTY_LEADER: C,
        R.GENERAL_MANAGER: C, R.EMPLOYEE: U, R.PROCESS_OWNER: G, R.AUDITOR: G, R.GROUP_SAFETY_ADMIN: G,
    },
    "assignment.view": {
        R.COMPANY_SAFETY_ADMIN: C, R.STATION_LEADER: S, R.STATION_SAFETY_DIRECTOR: S, R.GRID_OWNER: N, R.DEPARTMENT_HEAD: N,
        R.DEPUTY_LEADER: C, R.GENERAL_MANAGER: C, R.CHAIRMAN: C, R.EMPLOYEE: U, R.INSPECTION_LEAD: U, R.GROUP_SAFETY_ADMIN: G,
        R.PROCESS_OWNER: G, R.AUDITOR: G,
    },
    "assignment.export": {R.COMPANY_SAFETY_ADMIN: C, R.STATION_SAFETY_DIRECTOR: C, R.AUDITOR: G},
    "process_instance.view": {
        R.GROUP_SAFETY_ADMIN: U, R.COMPANY_SAFETY_ADMIN: C, R.STATION_LEADER: S, R.STATION_SAFETY_DIRECTOR: S, R.GRID_OWNER: N,
        R.DEPUTY_LEADER: C, R.GENERAL_MANAGER: C, R.CHAIRMAN: C, R.EMPLOYEE: U, R.INSPECTION_LEAD: U, R.DEPARTMENT_HEAD: N,
        R.PROCESS_OWNER: G, R.AUDITOR: G,
    },
    "incident.retry": {R.PROCESS_OWNER: G},
    "process.cancel": {R.PROCESS_OWNER: G},
    "process.operate": {R.PROCESS_OWNER: G},
    "process.monitor": {R.PROCESS_OWNER: G, R.AUDITOR: G},
    "process.analyse": {
        R.GROUP_SAFETY_ADMIN: G, R.COMPANY_SAFETY_ADMIN: C, R.STATION_LEADER: S, R.STATION_SAFETY_DIRECTOR: S, R.DEPUTY_LEADER: C,
        R.GENERAL_MANAGER: C, R.PROCESS_OWNER: G, R.AUDITOR: G,
    },
    "definition.view": {R.PROCESS_OWNER: G, R.GROUP_SAFETY_ADMIN: G, R.COMPANY_SAFETY_ADMIN: G, R.AUDITOR: G},
    "definition.edit": {R.PROCESS_OWNER: G},
    "definition.deploy": {R.PROCESS_OWNER: G},
    "canned_opinion.manage": {R.GROUP_SAFETY_ADMIN: G, R.COMPANY_SAFETY_ADMIN: C, R.STATION_LEADER: S, R.DEPARTMENT_HEAD: N},
    "user.manage": {R.SYSTEM_ADMIN: G},
    "outbox.view": {R.SYSTEM_ADMIN: G, R.PROCESS_OWNER: G},
    "outbox.manage": {R.SYSTEM_ADMIN: G},
    "robot.manage": {R.SYSTEM_ADMIN: G},
    "calendar.view": {role: C for role in _BUSINESS} | {
        R.GROUP_SAFETY_ADMIN: G, R.SYSTEM_ADMIN: G, R.PROCESS_OWNER: G, R.AUDITOR: G},
    "calendar.edit": {R.COMPANY_SAFETY_ADMIN: C, R.SYSTEM_ADMIN: G},
}
ALL = frozenset(MATRIX) | {EVERYONE, PUBLIC}
