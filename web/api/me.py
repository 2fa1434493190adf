"""Who the token stands for, and what it may be used for."""
from typing import Any

from flask import g
from flask_login import current_user

from data_model.permissions import EVERYONE
from web.api.route import Route, Sent, at, room
from web.api.show import moment

bp = room("me", "/me")


@at(bp, "GET", "", Route(EVERYONE, (), "令牌的主人与范围", "Me"))
def me(sent: Sent) -> dict[str, Any]:
    return {"id": current_user.id, "login": current_user.login, "name": current_user.name,
            "unit": {"id": current_user.unit_id, "name": current_user.unit_name}, "permissions": sorted(g.actor.permissions),
            "token": {"name": current_user.token_name, "scopes": list(current_user.scopes),
                      "expires_at": moment(current_user.token_expires_at)}}
