"""The log as the 审计管理员 reads it: who did what to what, by object numbers and field names.

Never content: what a record says, before or after, and what people typed as a reason belong to
business. The lines of the procuratorates in the auditor's reach are shown, and those of the system
as a whole to whoever audits the whole tree.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.apps import apps
from django.db.models import Q

from rongjian.log.audit import SYSTEM, Change, fault_of
from rongjian.log.models import Event, Image
from rongjian.org.access import reach_units
from rongjian.org.models import COURT_TYPES, Person, Unit
from rongjian.org.reaching import NAMELESS
from rongjian.records.changes import VERBS, with_names_of_kinds
from rongjian.records.kinds import kinds

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import date

    from django.db.models import Model, QuerySet

    from rongjian.org.access import Actor

ACCESS = Event.access_class
_MORE_VERBS = {
    "keep-view": "保存视图",
    "drop-view": "去掉视图",
    "verify": "校验日志",
    "freeze": "定稿",
    "log-in": "登录",
    "log-out": "退出",
    "log-in-failed": "登录失败",
    "refuse-content": "拦下不得存储的内容",
    "activate": "激活账号",
    "change-password": "修改密码",
    "enrol-second-factor": "启用第二因素",
    "remove-second-factor": "重置第二因素",
    "second-factor-failed": "第二因素错误",
    "use-recovery-code": "使用恢复码",
    "renew-recovery-codes": "更换恢复码",
    "open-account": "开通账号",
    "approve-account": "核准账号",
    "refuse-account": "退回账号",
    "reset-account": "重置密码",
    "close-account": "停用账号",
    "unlock-account": "解锁账号",
    "end-sessions": "结束登录",
    "reissue-slip": "重出激活单",
    "request": "申请岗位",
    "refuse": "退回岗位",
    "appoint": "任职",
    "end": "免职或结束",
    "request-clearance": "申请知悉范围",
    "approve-clearance": "核准知悉范围",
    "refuse-clearance": "退回知悉范围",
    "found": "设立",
    "move": "改变隶属",
    "merge": "合并",
    "split": "分设",
    "rename": "更名",
    "dissolve": "撤销单位",
    "take-on": "人员录入",
    "transfer": "人员调动",
    "settle": "人员异动生效",
    "notify": "发提醒",
    "address": "设置提醒地址",
    "elect": "换届",
    "extend": "延期换届",
}
_SERVICES = {"svc:tick": "例行工作", "-": "未登录者", NAMELESS: "匿名"}
_OTHER_OBJECTS = {"figure": "数字", "log": "变更记录", "batch": "导入批次", "door": "录入"}
# Lines whose words are shown: these things are done by administrators, these verbs are told by the
# product itself. Any other line may hold what somebody typed about business.
_ADMINISTRATIVE = {
    "log",
    "post",
    "user",
    "account",
    "unit",
    "placement",
    "pairing",
    "clearancechange",
}
_OWN_WORDS = {"open", "unmask", "import", "undo", "link", "refuse-content"}
_APPS = ("org", "records", "documents", "auth")


@dataclass(frozen=True)
class Search:
    """What an auditor looks for; everything left empty does not limit the lines."""

    who: str = ""
    verb: str = ""
    about: str = ""
    first: date | None = None
    last: date | None = None
    stream: str = ""


@dataclass(frozen=True)
class Line:
    """One line of the log in words; `fault` says what is wrong with it, if anything is."""

    event: Event
    at: datetime
    who: str
    verb: str
    about: str
    detail: str
    fields: str
    stream: str
    fault: str


def streams(actor: Actor) -> dict[str, str]:
    """The streams in the actor's reach with their names, in code order; the system's comes first."""
    reached = reach_units(actor, "view", ACCESS).filter(type__in=COURT_TYPES).order_by("path")
    courts = list(reached)
    whole = any(court.path == f"{court.code}/" for court in courts)
    return ({SYSTEM: "系统"} if whole else {}) | {court.code: court.short for court in courts}


def lines(actor: Actor, search: Search) -> QuerySet[Event]:
    """The lines in reach that fit, newest first."""
    reach = streams(actor)
    wanted = [search.stream] if search.stream in reach else list(reach)
    condition = Q(stream__in=wanted)
    if search.who:
        condition &= Q(actor__in=_actors(search.who))
    if search.verb:
        condition &= Q(verb=search.verb)
    if search.about:
        condition &= _about(search.about)
    if search.first:
        condition &= Q(at__gte=search.first.isoformat())
    if search.last:
        condition &= Q(at__lt=(search.last + timedelta(days=1)).isoformat())
    return Event.objects.filter(condition).order_by("-pk")


def _actors(who: str) -> set[str]:
    """How the log names people with this staff number, account or name, and what is written so."""
    named = Q(staff_no=who) | Q(name=who) | Q(account__username=who)
    numbers = Person.objects.filter(named).values_list("staff_no", flat=True)
    return {who, *(f"u:{number}" for number in numbers)}


def _about(words: str) -> Q:
    """Lines about a kind of object (activity), or about one of them (activity:12)."""
    return Q(object=words) if ":" in words else Q(object=words) | Q(object__startswith=f"{words}:")


# --- in words --------------------------------------------------------------------------------


def verbs() -> dict[str, str]:
    """What the log can say that somebody did, by its code."""
    moves = {move.code: move.name for kind in kinds() for move in kind.flow.moves}
    return VERBS | moves | _MORE_VERBS


def objects() -> dict[str, str]:
    """The kinds of objects that lines are about, by the code before the colon."""
    ledgers = {kind.code: kind.name for kind in kinds()}
    return (
        ledgers
        | {code: str(model._meta.verbose_name) for code, model in _models().items()}
        | (_OTHER_OBJECTS)
    )


def _models() -> dict[str, type[Model]]:
    """Everything that is no ledger, by the name its lines use."""
    ledgers = {kind.model for kind in kinds()}
    return {
        str(model._meta.model_name): model
        for label in _APPS
        for model in apps.get_app_config(label).get_models()
        if model not in ledgers
    }


def in_words(events: Sequence[Event]) -> list[Line]:
    """Lines as the auditor reads them: a fixed number of queries, however many."""
    people = _people(events)
    names = objects(), verbs(), {SYSTEM: "系统"} | _courts(events)
    images = {image.event_id: image for image in _small_images(events)}
    return [_line(event, people, names, images.get(event.pk)) for event in events]


def _done(event: Event, code: str, done: Mapping[str, str]) -> str:
    """What was done; a step by the name that the flow of its own ledger gives it."""
    flow = next((kind.flow for kind in kinds() if kind.code == code), None)
    steps = {step.code: step.name for step in flow.moves} if flow else {}
    return steps.get(event.verb) or done.get(event.verb, event.verb)


def _line(
    event: Event,
    people: Mapping[str, Person],
    names: tuple[Mapping[str, str], ...],
    image: Image | None,
) -> Line:
    things, done, courts = names
    code, _, number = event.object.partition(":")
    person = people.get(event.actor.removeprefix("u:"))
    return Line(
        event=event,
        at=datetime.fromisoformat(event.at),
        who=f"{person.name}（{person.staff_no}）"
        if person
        else _SERVICES.get(event.actor, event.actor),
        verb=_done(event, code, done),
        about=things.get(code, code) + (f" {number}" if number[:1].isdecimal() else ""),
        detail=told(event),
        fields="、".join(changed_fields(image)) if image else "",
        stream=courts.get(event.stream, event.stream),
        fault=fault_of(event),
    )


def told(event: Event) -> str:
    """What a line says beside who, what and when, as far as the product wrote it itself."""
    code = event.object.partition(":")[0]
    if not event.detail or code in _ADMINISTRATIVE or event.verb in _OWN_WORDS:
        return with_names_of_kinds(event.detail)
    return "（附言属业务内容，此处不显示）"


def _people(events: Iterable[Event]) -> dict[str, Person]:
    numbers = {event.actor.removeprefix("u:") for event in events}
    return {person.staff_no: person for person in Person.objects.filter(staff_no__in=numbers)}


def _courts(events: Iterable[Event]) -> dict[str, str]:
    codes = {event.stream for event in events}
    return dict(Unit.objects.filter(code__in=codes).values_list("code", "short"))


def _small_images(events: Iterable[Event]) -> QuerySet[Image]:
    """The images of single objects; those of a batch hold thousands and are told by its detail."""
    parted = ((event, event.object.partition(":")) for event in events if event.commitment)
    single = [event.pk for event, (code, _, n) in parted if n.isdecimal() and code != "batch"]
    return Image.objects.filter(pk__in=single)


def changed_fields(image: Image) -> list[str]:
    """The names of the fields that an event changed; none for something new, and no version."""
    change = Change.read(bytes(image.body))
    headings = _headings(change.kind)
    changed = {
        name
        for _, before, after in change.images()
        if before is not None and after is not None
        for name, value in after.items()
        if name != "version" and before.get(name) != value
    }
    return [headings.get(name, name) for name in change.columns if name in changed]


def _headings(kind: str) -> dict[str, str]:
    """The Chinese names of the stored fields of a ledger or of a table, by attribute.

    Empty for what the product no longer has: its lines stay readable all the same.
    """
    ledgers: dict[str, type[Model]] = {each.code: each.model for each in kinds()}
    tables = {model._meta.label_lower: model for model in apps.get_models()}
    model: Any = ledgers.get(kind) or tables.get(kind)
    if model is None:
        return {}
    return {field.attname: str(field.verbose_name) for field in model._meta.concrete_fields}
