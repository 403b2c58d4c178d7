"""Where an administrator begins: the first page of the own menu."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.shortcuts import redirect

from rongjian.org.access import Denied
from rongjian.web.frame import MENU_OF_ADMINISTRATORS

if TYPE_CHECKING:
    from django.http import HttpResponse

    from rongjian.web.middleware import ActorRequest


def start(request: ActorRequest) -> HttpResponse:
    """The first page that is the administrator's own; nobody else has one."""
    own = (entry.route for entry in MENU_OF_ADMINISTRATORS if entry.offered(request.actor))
    if not request.actor.administrator:
        raise Denied("没有权限：系统管理只由系统管理员、安全管理员、审计管理员办理")
    return redirect(next(own))
