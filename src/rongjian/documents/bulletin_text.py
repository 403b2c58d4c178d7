"""What the facts of a deployment say, sentence by sentence; people write the rest of a bulletin.

Units stand in code order and each is held against its own limit, never against another unit. Late ones are
named under 存在问题 alone; those whose reason was accepted are not. Nothing is praised by the product: good
practice is quoted out of accepted reports that somebody chose.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from rongjian.kernel.lights import Lamp
from rongjian.supervision.courses import tally

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import date

    from rongjian.supervision.courses import Cell, Standing, Tally
    from rongjian.supervision.feedback import TaskFeedback
    from rongjian.supervision.models import Receipt

Level = Literal["h1", "p"]
HEADINGS = {
    "overall": "一、总体情况",
    "practice": "二、进展较好的做法",
    "problems": "三、存在问题",
    "demands": "四、下步要求",
}
_INNER = str.maketrans("“”", "‘’")
NO_PRACTICE = "本期未选取做法。"
NO_PROBLEM = "没有逾期事项。"
_TITLE = "关于{}落实情况的通报"


@dataclass(frozen=True)
class Part:
    """A heading or paragraph; `code` says which facts it tells, empty for what people added."""

    code: str
    level: Level
    text: str


def titled(name: str, longest: int) -> str:
    """The title of the bulletin on what is named so; a long name is shortened until it fits."""
    room = longest - len(_TITLE.format(named("")))
    return _TITLE.format(named(name if len(name) <= room else f"{name[: room - 1]}…"))


def sentences(standing: Standing, as_of: date | None = None) -> dict[str, str]:
    """The generated sentences by code, in the order of the text.

    Those that tell how things stand say on which day: `as_of`, by itself the day of the standing.
    """
    day = f"截至{_day(as_of or standing.today)}，"
    found = {"sent": _sent(standing), "state": f"{day}{_state(tally(standing))}。"}
    for task in standing.leaves:
        found[f"task-{task.number}"] = _task(standing, task.number)
    late = [receipt for receipt in standing.receipts if _is_late(standing.at(receipt))]
    for receipt in late:
        found[f"late-{receipt.unit.code}"] = _late(receipt, standing.at(receipt))
    if not late:
        found["none-late"] = f"{day}{NO_PROBLEM}"
    found["demand"] = _demand(overdue=tally(standing).overdue > 0)
    return found


def _sent(standing: Standing) -> str:
    deployment = standing.deployment
    basis = f"依据{deployment.basis}，" if deployment.basis else ""
    return (
        f"{_day(deployment.happened_on)}，{basis}{deployment.unit.short}就{named(deployment.title)}作出部署，"
        f"下发{len(standing.receipts)}个单位，任务{len(standing.leaves)}项，"
        f"办结时限{_day(deployment.due_on)}。"
    )


def _state(count: Tally) -> str:
    """12 个单位中 11 个按时反馈，1 个逾期 1 天."""
    said = []
    if count.in_time:
        said.append(f"{count.in_time}个按时反馈")
    if count.late:
        said.append(f"{count.late}个迟于时限反馈")
    if count.excused:
        said.append(f"{count.excused}个有因未办结，已说明并经审定")
    if count.open:
        said.append(f"{count.open}个在时限内办理")
    if count.overdue:
        most = "最长" if count.overdue > 1 else ""
        days = f"{most}{count.longest}天" if count.longest else ""
        said.append(f"{count.overdue}个逾期{days}")
    return f"{count.units}个单位中{'，'.join(said)}" if said else "尚未下发"


def _task(standing: Standing, number: int) -> str:
    task = next(task for task in standing.leaves if task.number == number)
    cells = standing.of(task)
    done = sum(cell.light.lamp in (Lamp.DONE, Lamp.WAITING) for cell in cells)
    return f"{named(str(task))}时限{_day(task.due_on)}，{len(cells)}个单位中{done}个已反馈。"


def _is_late(cells: Iterable[Cell]) -> bool:
    """Whether something there is past its limit, or came after it."""
    return any(cell.in_time is False for cell in cells)


def _late(receipt: Receipt, cells: Sequence[Cell]) -> str:
    over = [cell for cell in cells if cell.light.lamp is Lamp.OVERDUE]
    if not over:
        return _came_late(receipt, [cell for cell in cells if cell.in_time is False])
    first = max(over, key=lambda cell: (cell.light.days, -cell.task.number))
    days = f"逾期{first.light.days}天" if first.light.days else "已过时限"
    back = "，退回补充后未再报送" if first.course.returned_on else "，尚未反馈"
    return f"{receipt.unit.short}{_what(first, over)}{days}{back}。"


def _came_late(receipt: Receipt, cells: Sequence[Cell]) -> str:
    first = max(cells, key=lambda cell: (cell.light.late, -cell.task.number))
    return f"{receipt.unit.short}{_what(first, cells)}迟于时限{first.light.late}天反馈。"


def _what(first: Cell, cells: Sequence[Cell]) -> str:
    name = named(str(first.task))
    return name if len(cells) == 1 else f"{name}等{len(cells)}项"


def _demand(*, overdue: bool) -> str:
    if overdue:
        return "逾期未反馈的单位应尽快反馈；确有原因的，说明原因或申请延期，由牵头部门审定。"
    return "各单位继续按时限抓好落实，办理中需要延期的，提前说明原因。"


def practice(reports: Sequence[TaskFeedback]) -> str:
    """The words of chosen reports, in code order, as the units wrote them."""
    if not reports:
        return NO_PRACTICE
    return "".join(f"{report.unit.short}：{report.text.rstrip('。')}。" for report in reports)


def named(name: str) -> str:
    """A name between quotation marks; marks inside it become single ones (GB/T 15834)."""
    return f"“{name.translate(_INNER)}”"


def _day(day: date) -> str:
    return f"{day.month}月{day.day}日"


def laid_out(facts: Mapping[str, str], quoted: str) -> list[Part]:
    """The whole text as the facts alone give it."""
    parts = [Part("", "h1", HEADINGS["overall"])]
    parts += [Part(code, "p", facts[code]) for code in ("sent", "state")]
    parts += _those(facts, "task-")
    parts += [Part("", "h1", HEADINGS["practice"]), Part("practice", "p", quoted)]
    parts += [Part("", "h1", HEADINGS["problems"])]
    parts += [*_those(facts, "late-"), *_those(facts, "none-late")]
    parts += [Part("", "h1", HEADINGS["demands"]), Part("demand", "p", facts["demand"])]
    return parts


def _those(facts: Mapping[str, str], begins: str) -> list[Part]:
    return [Part(code, "p", text) for code, text in facts.items() if code.startswith(begins)]


@dataclass(frozen=True)
class Change:
    """A sentence that the facts tell otherwise by now; empty where it is new, or gone."""

    code: str
    before: str
    now: str


def changes(before: Mapping[str, str], now: Mapping[str, str]) -> list[Change]:
    """What has changed between two sets of sentences, in the order of the text."""
    codes = [*now, *(code for code in before if code not in now)]
    return [
        Change(code, before.get(code, ""), now.get(code, ""))
        for code in codes
        if before.get(code) != now.get(code)
    ]


def renewed(parts: Sequence[Part], found: Sequence[Change]) -> tuple[list[Part], list[Change]]:
    """The text with changed sentences in place of the old ones, and the changes that did not fit.

    A sentence is replaced where it still stands, alone or among words that people added; where they
    have rewritten it, theirs is kept and the change is told. What no longer holds is taken out.
    """
    text, unfit = list(parts), []
    for change in found:
        place = next((at for at, part in enumerate(text) if part.code == change.code), None)
        if place is None:
            if change.now:
                text.insert(_place_for(text, change.code), Part(change.code, "p", change.now))
        elif change.before not in text[place].text:
            unfit.append(change)
        else:
            words = text[place].text.replace(change.before, change.now, 1)
            if words.strip():
                text[place] = Part(change.code, "p", words)
            else:
                del text[place]
    return text, unfit


def _place_for(text: Sequence[Part], code: str) -> int:
    """Where a new sentence goes: at the end of its section."""
    section = "overall" if code.startswith(("task-", "sent", "state")) else "problems"
    heads = [at for at, part in enumerate(text) if part.level == "h1"]
    own = next((at for at in heads if text[at].text == HEADINGS[section]), None)
    if own is None:
        return len(text)
    return next((at for at in heads if at > own), len(text))
