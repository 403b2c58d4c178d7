"""The first run in the browser: the code, the procuratorate, three administrators, three slips."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import ValidationError
from django.db import IntegrityError
from django.http import Http404
from django.shortcuts import render
from django.views.decorators.cache import never_cache

from rongjian.kernel.places import Place, aliases, load_places
from rongjian.org import first_run
from rongjian.org.access import roles
from rongjian.org.first_run import ADMINISTRATORS, Administrator
from rongjian.org.log_in_policy import policy
from rongjian.org.log_ins import Stranger
from rongjian.web import addresses, clock

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from rongjian.org.accounts import IssuedSlip

KNOWN, PLACE, SINCE = "set_up_known", "set_up_place", "set_up_since"
_YEARS = 8
_DUTIES = {
    "sysadmin": "开立账号、维护单位、备份；看不到业务数据",
    "secadmin": "核准账号和授权；看不到业务数据",
    "auditor": "查阅变更记录；看不到业务数据",
}


@dataclass(frozen=True)
class Seat:
    """One administrator's two boxes, with what was typed."""

    role: str
    title: str
    duty: str
    name: str
    staff_no: str


@dataclass(frozen=True)
class SetUpPage:
    """One step: `code`, `place`, `people`, `slips` (new ones are offered), or `done`."""

    title: str
    step: str
    place: str = ""
    since: str = ""
    offered: tuple[str, ...] = ()
    seats: tuple[Seat, ...] = ()
    slips: tuple[IssuedSlip, ...] = ()
    hours: int = 0
    faults: tuple[str, ...] = ()


@login_not_required
@never_cache
def set_up(request: HttpRequest) -> HttpResponse:
    """The wizard; once all three administrators have activated their accounts it is not there."""
    stage = first_run.stage()
    if stage == "closed":
        raise Http404
    try:
        if request.method == "POST":
            return _taken(request, stage)
    except ValidationError as error:
        return _page(request, stage, tuple(error.messages))
    except IntegrityError:
        return _page(request, first_run.stage(), ("刚刚已有人完成设置",))
    return _page(request, stage, ())


def _taken(request: HttpRequest, stage: first_run.Stage) -> HttpResponse:
    """Take one step forward."""
    if not request.session.get(KNOWN):
        if not first_run.knows_code(request.POST.get("code", "")):
            raise ValidationError("设置码不对：请照运行 rongjian serve 的窗口里显示的填写")
        request.session.cycle_key()
        request.session[KNOWN] = True
        return _page(request, stage, ())
    doer = Stranger(clock.now(), addresses.client(request), "set-up")
    if stage == "slips":
        return _done(request, first_run.reissue(doer))
    if request.POST.get("back"):
        request.session.pop(PLACE, None)
    elif PLACE not in request.session:
        place, since = _place(request.POST.get("place", "")), _since(request.POST.get("since", ""))
        request.session[PLACE], request.session[SINCE] = place.code, since.isoformat()
    else:
        place = _place(request.session[PLACE])
        since = date.fromisoformat(request.session[SINCE])
        return _done(request, first_run.set_up(doer, place, since, _people(request)))
    return _page(request, stage, ())


def _done(request: HttpRequest, slips: list[IssuedSlip]) -> HttpResponse:
    request.session.flush()
    page = SetUpPage("三张激活单", "done", slips=tuple(slips), hours=policy().slip_hours)
    return render(request, "account/setup.html", {"page": page})


def _place(said: str) -> Place:
    """The place that was meant by code, name or what people call it."""
    word = said.strip()
    places = load_places()
    exact = [each for each in places if word in (each.code, each.name, each.court_name)]
    meant = exact or [each for each in places if word and word in aliases(each)]
    if len(meant) != 1:
        raise ValidationError(f"没有认出“{word}”：请写行政区划代码（如 450000）或检察院全称")
    return meant[0]


def _since(said: str) -> date:
    try:
        since = date.fromisoformat(said.strip())
    except ValueError:
        raise ValidationError("请填写起始日期，如 2018-01-01") from None
    if since > clock.now().date():
        raise ValidationError("起始日期不能晚于今天")
    return since


def _people(request: HttpRequest) -> list[Administrator]:
    return [
        Administrator(
            role,
            request.POST.get(f"{role}_name", "").strip()[:20],
            request.POST.get(f"{role}_no", "").strip()[:24],
        )
        for role in ADMINISTRATORS
    ]


def _page(request: HttpRequest, stage: first_run.Stage, faults: tuple[str, ...]) -> HttpResponse:
    if not request.session.get(KNOWN):
        page = SetUpPage("初始设置", "code", faults=faults)
    elif stage == "slips":
        page = SetUpPage("重新出具激活单", "slips", hours=policy().slip_hours, faults=faults)
    elif PLACE not in request.session:
        page = SetUpPage(
            "初始设置：检察院",
            "place",
            place=request.POST.get("place", ""),
            since=request.POST.get("since", f"{clock.now().year - _YEARS}-01-01"),
            offered=tuple(place.court_name for place in load_places()),
            faults=faults,
        )
    else:
        place = _place(request.session[PLACE])
        page = SetUpPage(
            "初始设置：三名管理员", "people", place.court_name, seats=_seats(request), faults=faults
        )
    status = 422 if faults else 200
    return render(request, "account/setup.html", {"page": page}, status=status)


def _seats(request: HttpRequest) -> tuple[Seat, ...]:
    return tuple(
        Seat(each.role, roles()[each.role].name, _DUTIES[each.role], each.name, each.staff_no)
        for each in _people(request)
    )
