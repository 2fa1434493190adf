"""Who is asking. Plain data: the session carries one, and scope, audit and permission read it."""
from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Proxy:
    """Somebody who is away, for whom the actor does tasks: of all flows, or of those in `keys`."""

    giver_id: int
    giver_name: str
    principals: tuple[str, ...]  # the giver's own inbox addresses, never those the giver borrows
    keys: tuple[str, ...] = ()

    def covers(self, process_key: str) -> bool:
        return not self.keys or process_key in self.keys


@dataclass(frozen=True)
class Actor:
    """A person, or the system, as one request sees them.

    Attributes:
        user_id: id of the User row; 0 for the system.
        name: what history and audit print.
        unit_id: the organisation unit the person belongs to; 0 for the system.
        unit_path: its path, such as '/1/3/9/'.
        company_path: path of the company above it, or the unit's own path when there is none (group staff).
        permissions: permission code -> organisation paths below which it is held ('' means the person's own rows only).
        principals: inbox addresses of the person: 'u12', 'station_leader@45', 'owner@88' (engine/candidates.py).
        everywhere: the system itself: no wall, every permission.
        must_change_password: nothing but the password page is open.
        proxies: whom the person stands in for at this moment (委托).
    """

    user_id: int
    name: str
    unit_id: int = 0
    unit_path: str = "/"
    company_path: str = "/"
    permissions: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    principals: tuple[str, ...] = ()
    everywhere: bool = False
    must_change_password: bool = False
    proxies: tuple[Proxy, ...] = ()

    def can(self, permission: str) -> bool:
        """Whether the person may do this kind of thing at all, somewhere."""
        return self.everywhere or permission in self.permissions

    def can_at(self, permission: str, path: str) -> bool:
        """Whether the person may do this kind of thing at this place."""
        return self.everywhere or any(path.startswith(place) for place in self.places(permission))

    def places(self, permission: str) -> tuple[str, ...]:
        """Organisation paths below which the permission is held."""
        if self.everywhere:
            return ("/",)
        return tuple(place for place in self.permissions.get(permission, ()) if place)


SYSTEM = Actor(user_id=0, name="系统", everywhere=True)
