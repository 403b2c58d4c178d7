"""用户: who has an account and how it stands; opening one together with the post it is for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from uuid import uuid4

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.db import transaction
from django.db.models import Q
from django.shortcuts import redirect, render

from rongjian.org import accounts, lockout, posts
from rongjian.org.access import reach_units, require, roles
from rongjian.org.account_models import Account, AccountState
from rongjian.org.models import COURT_TYPES, Person, Post, PostState, Unit, effective
from rongjian.records.queries import unit_words
from rongjian.web import listing
from rongjian.web.people_boxes import PersonTyped, UnitNamed, add_faults

if TYPE_CHECKING:
    from collections.abc import Iterable

    from django.db.models import QuerySet
    from django.http import HttpResponse, QueryDict

    from rongjian.org.access import Actor
    from rongjian.org.accounts import IssuedSlip
    from rongjian.web.listing import Select
    from rongjian.web.middleware import ActorRequest

PAGE = 50
ACCESS = Account.access_class
_LAMPS = {"requested": "warn", "approved": "ok", "closed": "off", "locked": "bad", "": "off"}
_STATES = (
    ("", "有账号"),
    ("requested", "待安全管理员生效"),
    ("approved", "已生效"),
    ("closed", "已停用"),
    ("none", "没有账号"),
)


@dataclass(frozen=True)
class Standing:
    """How somebody's account stands: a code, a lamp and a word."""

    code: str
    lamp: str
    words: str


@dataclass(frozen=True)
class Row:
    """One person in the list."""

    person: Person
    place: str
    account: str
    standing: Standing
    posts: tuple[str, ...]


@dataclass(frozen=True)
class UsersPage:
    """The people within reach and their accounts."""

    title: str
    rows: tuple[Row, ...]
    words: str
    selects: tuple[Select, ...]
    total: int
    pages: int
    page: int
    older: str
    newer: str


def people_in_reach(actor: Actor) -> QuerySet[Person]:
    """The people of the procuratorates whose accounts the actor keeps; Denied where there are none."""
    require(actor, "create", ACCESS, actor.person.court)
    courts = reach_units(actor, "create", ACCESS).filter(type__in=COURT_TYPES)
    people = Person.objects.filter(court__in=courts)
    return people.select_related("court", "department__court", "account__account")


def users(request: ActorRequest) -> HttpResponse:
    """Everybody with an account, by staff number; others when asked for."""
    query = request.GET
    reach = people_in_reach(request.actor)
    rows = _wished(reach, query).order_by("court__path", "staff_no")
    chosen = Paginator(rows, PAGE).get_page(query.get("page", "1"))
    people = list(chosen.object_list)
    page = UsersPage(
        title="用户",
        rows=tuple(_rows(request.actor, people)),
        words=query.get("q", ""),
        selects=(_courts(request.actor, query), _states(query)),
        total=chosen.paginator.count,
        pages=chosen.paginator.num_pages,
        page=chosen.number,
        older=_to(query, chosen.number + 1) if chosen.has_next() else "",
        newer=_to(query, chosen.number - 1) if chosen.has_previous() else "",
    )
    return render(request, "sys/users.html", {"page": page})


def _wished(people: QuerySet[Person], query: QueryDict) -> QuerySet[Person]:
    state = query.get("state", "")
    if state == "none":
        people = people.filter(account=None, left_on=None)
    elif state in AccountState.values:
        people = people.filter(account__account__state=state)
    else:
        people = people.exclude(account=None)
    if court := query.get("court", ""):
        people = people.filter(court__code=court)
    if words := query.get("q", "").strip():
        named = Q(name__contains=words) | Q(staff_no=words) | Q(account__username=words)
        people = people.filter(named)
    return people


def _courts(actor: Actor, query: QueryDict) -> Select:
    courts = reach_units(actor, "create", ACCESS).filter(type__in=COURT_TYPES).order_by("path")
    listed = [("", "全部"), *courts.values_list("code", "short")]
    return listing.select("court", "单位", listed, query.get("court", ""))


def _states(query: QueryDict) -> Select:
    return listing.select("state", "账号", _STATES, query.get("state", ""))


def _to(query: QueryDict, number: int) -> str:
    return listing.changed(query, {"page": str(number)})


def _rows(actor: Actor, people: list[Person]) -> Iterable[Row]:
    held: dict[int, list[str]] = {}
    wanted = effective(actor.today) | Q(state=PostState.REQUESTED)
    found = Post.objects.filter(wanted, person__in=people).select_related("unit__court")
    for post in found.order_by("pk"):
        held.setdefault(post.person_id, []).append(post_words(post))
    for person in people:
        place = unit_words(person.department)
        account = person.account.get_username() if person.account else ""
        yield Row(person, place, account, standing(actor, person), tuple(held.get(person.pk, ())))


def post_words(post: Post) -> str:
    """A post in words, with its state where it gives no rights yet."""
    waiting = "（待核准）" if post.state == PostState.REQUESTED else ""
    role = roles()[post.role].name if post.role in roles() else post.role
    return f"{unit_words(post.unit)} {role}{waiting}"


def standing(actor: Actor, person: Person) -> Standing:
    """How a person's account stands now."""
    if person.account is None:
        return Standing("", "off", "没有账号")
    account = getattr(person.account, "account", None)
    state = account.state if account else AccountState.APPROVED
    if state == AccountState.APPROVED and lockout.locked(person.account.username, actor.now):
        return Standing("locked", "bad", "已锁定")
    return Standing(state, _LAMPS[state], str(AccountState(state).label))


# --- 新增用户 ----------------------------------------------------------------------------------


class NewUserForm(forms.Form):
    """Who is to have which role where, from when, and on what paper that rests."""

    person = PersonTyped(label="人员", help_text="工号，或姓名（没有重名时）；账号名就是工号")
    role = forms.ChoiceField(label="申请角色")
    unit = UnitNamed(label="任职单位", help_text="代码、全称或简称")
    day = forms.DateField(label="任职日期", widget=forms.DateInput({"type": "date"}, "%Y-%m-%d"))
    until = forms.DateField(
        label="任职截止",
        required=False,
        help_text="没有期限的不填",
        widget=forms.DateInput({"type": "date"}, "%Y-%m-%d"),
    )
    basis = forms.CharField(label="任职依据", max_length=80, help_text="任免文号或会议日期")

    def __init__(self, actor: Actor, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        self.fields["person"].people = people_in_reach(actor)  # type: ignore[attr-defined]
        self.fields["unit"].units = reach_units(actor, "create", "role_grant")  # type: ignore[attr-defined]
        listed = [
            (role.code, role.name) for role in roles().values() if role.code not in _EVERYBODY
        ]
        self.fields["role"].choices = [("", "请选择"), *listed]  # type: ignore[attr-defined]


_EVERYBODY = ("staff", "party_member")


@dataclass(frozen=True)
class NewUserPage:
    """The form for a new user."""

    title: str
    form: NewUserForm
    key: str


@dataclass(frozen=True)
class SlipPage:
    """An activation slip, shown once."""

    title: str
    slip: IssuedSlip
    person: Person
    words: str


def new(request: ActorRequest) -> HttpResponse:
    """Ask for a post, and open an account where the person has none; both wait for another's word."""
    actor = request.actor
    people_in_reach(actor)
    sent = request.POST if request.method == "POST" else None
    key = request.POST.get("idempotency") or uuid4().hex
    form = NewUserForm(actor, sent, initial={"day": actor.today, **_asked_for(request)})
    if sent is not None and form.is_valid():
        try:
            slip = _request(actor, key, **form.cleaned_data)
        except ValidationError as error:
            add_faults(form, error)
        else:
            return _answer(request, form.cleaned_data["person"], slip)
    page = NewUserPage("新增用户", form, key)
    return render(request, "sys/user_new.html", {"page": page}, status=422 if form.errors else 200)


def _asked_for(request: ActorRequest) -> dict[str, str]:
    """Who the form is about, where the address says it."""
    number = request.GET.get("person", "")
    person = Person.objects.filter(staff_no=number).select_related("department").first()
    return {"person": number, "unit": person.department.code} if person else {}


@transaction.atomic
def _request(
    actor: Actor, key: str, person: Person, unit: Unit, role: str, **terms: object
) -> IssuedSlip | None:
    """The post and, where there is none that works or waits, the account; all or nothing."""
    posts.request(actor, person, unit, role, key=key, **terms)  # type: ignore[arg-type]
    now = standing(actor, person).code
    return accounts.open_account(actor, person) if now in ("", AccountState.CLOSED) else None


def _answer(request: ActorRequest, person: Person, slip: IssuedSlip | None) -> HttpResponse:
    if slip is None:
        messages.success(request, "已申请，待安全管理员生效。")
        return redirect("sys-user", person.pk)
    return slip_page(request, person, slip, "账号和岗位待安全管理员生效；生效前不能登录。")


def slip_page(request: ActorRequest, person: Person, slip: IssuedSlip, words: str) -> HttpResponse:
    """Show a slip, this once: it is kept nowhere."""
    page = SlipPage("账号激活单", slip, person, words)
    return render(request, "sys/slip.html", {"page": page})
