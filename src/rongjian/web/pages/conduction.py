"""责任传导 of one deployment: what every step took on the way down and back up, and where it is held up."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING

from django.http import Http404
from django.shortcuts import render

from rongjian.org.access import visible
from rongjian.records.queries import unit_words
from rongjian.supervision.conduction import ACCEPT, BELOW, PASS, STEPS, Conduction, conduction
from rongjian.supervision.models import Receipt
from rongjian.web.charts import Mark, columns
from rongjian.web.supervise_view import deployment_of, sees_all

if TYPE_CHECKING:
    from datetime import date

    from django.http import HttpResponse
    from django.utils.safestring import SafeString

    from rongjian.org.access import Actor
    from rongjian.supervision.conduction import Link, Slowest, Step
    from rongjian.supervision.deployment import Deployment
    from rongjian.web.middleware import ActorRequest

_LEVELS = "一二三四五六七八九"


@dataclass(frozen=True)
class Shown:
    """A step in its column: how long, and whether it is still going on, was left out, or has not begun."""

    column: str
    words: str
    state: str


@dataclass(frozen=True)
class Row:
    """One unit: its steps, what they come to, and where it stands."""

    code: str
    name: str
    steps: tuple[Shown, ...]
    elapsed: str
    at: str
    broken: bool


@dataclass(frozen=True)
class Level:
    """The units of a level, in code order, with the medians of their steps."""

    name: str
    columns: tuple[str, ...]
    rows: tuple[Row, ...]
    typical: tuple[str, ...]


@dataclass(frozen=True)
class ConductionPage:
    """The chain of one deployment."""

    title: str
    deployment: Deployment
    today: date
    slowest: tuple[str, ...]
    broken: tuple[str, ...]
    levels: tuple[Level, ...]
    chart: SafeString | None
    hidden: int


def chain(request: ActorRequest, pk: int) -> HttpResponse:
    """The page, for whoever sees every unit of the deployment; 404 for anybody else."""
    actor = request.actor
    deployment = deployment_of(actor, pk)
    if not sees_all(actor, deployment):
        raise Http404("责任传导只供部署单位和上级查看。")
    return render(request, "supervise/conduction.html", {"page": _page(actor, deployment)})


def _page(actor: Actor, deployment: Deployment) -> ConductionPage:
    whole = conduction(deployment, actor.today)
    seen = whole.only(_readable(actor, whole))
    levels = tuple(
        _level(number, tuple(links), seen)
        for number, links in groupby(seen.links, key=lambda link: link.level)
    )
    return ConductionPage(
        title="责任传导",
        deployment=deployment,
        today=actor.today,
        slowest=_slow(seen.slowest),
        broken=_breaks(seen.broken),
        levels=levels,
        chart=_chart(seen),
        hidden=len(whole.links) - len(seen.links),
    )


def _readable(actor: Actor, whole: Conduction) -> set[int]:
    """The receipts that may be shown: all of the first level, further down those within reach."""
    first = {link.receipt.pk for link in whole.links if link.level == 1}
    below = [link.receipt.pk for link in whole.links if link.level > 1]
    rows = Receipt.objects.filter(pk__in=below)
    return first | set(visible(actor, rows, "view").values_list("pk", flat=True))


# --- in words ------------------------------------------------------------------------------------------------


def lasted(step: Step) -> str:
    """How long a step took: 2个工作日, 3小时, 当日; 至今 where it is still going on."""
    if step.days is None:
        return "未到"
    if step.skipped:
        return "未经"
    if step.days:
        words = f"{step.days}个工作日"
    elif step.hours is not None:
        words = f"{step.hours:.0f}小时" if step.hours >= 1 else "不到1小时"
    else:
        words = "当日"
    return f"{words}（至今）" if step.open else words


def _shown(link: Link, step: Step) -> Shown:
    if step.skipped or step.days is None:
        state = "none"
    else:
        state = "broken" if link.broken and step.open else "open" if step.open else ""
    return Shown(_heading(step.name), lasted(step), state)


def _heading(name: str) -> str:
    return "交办或转部署" if name == PASS else name


def _level(number: int, links: tuple[Link, ...], seen: Conduction) -> Level:
    present = {step.name for link in links for step in link.steps}
    names = tuple(name for name in STEPS if name in present)
    medians = {each.name: f"{each.days:g}" for each in seen.typical if each.level == number}
    return Level(
        name=f"第{_LEVELS[number - 1]}级",
        columns=tuple(_heading(name) for name in names),
        rows=tuple(_row(link, names) for link in links),
        typical=tuple(medians.get(name, "—") for name in names),
    )


def _row(link: Link, names: tuple[str, ...]) -> Row:
    held = {step.name: _shown(link, step) for step in link.steps}
    at = link.standing_at
    if link.excused and at is None:
        words = "有因"
    else:
        words = "办结" if at is None else f"待{_heading(at.name)}"
    return Row(
        code=link.unit.code,
        name=unit_words(link.unit),
        steps=tuple(held.get(name, Shown(_heading(name), "—", "absent")) for name in names),
        elapsed=f"{link.elapsed}个工作日",
        at=words,
        broken=link.broken,
    )


def step_of(link: Link, step: Step) -> str:
    """The name of a step at a unit: what was handed down was 转部署, what stayed in the house 交办."""
    if step.name != PASS:
        return step.name
    if step.open:
        return _heading(PASS)
    return "转部署" if any(each.name == BELOW for each in link.steps) else PASS


def _slow(found: tuple[Slowest, ...]) -> tuple[str, ...]:
    """第一级签收，3个工作日：450105 江南区院; units that took as long stand together, in code order."""
    together: dict[str, list[str]] = {}
    for each in found:
        step, link = each.step, each.link
        words = f"第{_LEVELS[link.level - 1]}级{step_of(link, step)}，{lasted(step)}"
        name = f"{link.unit.code} {unit_words(link.unit)}"
        if step.name == ACCEPT:
            name = f"{each.holder.code} {unit_words(each.holder)}审核{unit_words(link.unit)}的反馈"
        together.setdefault(words, []).append(name)
    return tuple(f"{words}：{'、'.join(names)}" for words, names in together.items())


def _breaks(found: tuple[Link, ...]) -> tuple[str, ...]:
    """已签收，未交办也未转部署，已9个工作日：450105 江南区院."""
    together: dict[str, list[str]] = {}
    for link in found:
        step = link.standing_at
        if step is None:
            continue
        stopped = "已签收，未交办也未转部署" if step.name == PASS else "未签收"
        words = f"第{_LEVELS[link.level - 1]}级{stopped}，已{step.days}个工作日"
        together.setdefault(words, []).append(f"{link.unit.code} {unit_words(link.unit)}")
    return tuple(f"{words}：{'、'.join(names)}" for words, names in together.items())


def _chart(seen: Conduction) -> SafeString | None:
    """The medians of the steps, in the order in which they follow each other."""
    marks = [
        Mark(
            f"{_LEVELS[each.level - 1]}级{each.name}",
            each.days,
            f"第{_LEVELS[each.level - 1]}级{each.name}，中位数{each.days:g}个工作日，{each.units}个单位",
            "",
        )
        for each in seen.typical
    ]
    return columns(marks, "工作日", "各级各环节用时的中位数") if marks else None
