"""The tasks in the form of a deployment: split from a text, as typed, as stored, and as they are planned."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from django.core.exceptions import ValidationError

from rongjian.org.access import may_somewhere
from rongjian.records.kinds import kinds
from rongjian.supervision.dispatching import Planned
from rongjian.web.dates import day_typed

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import date

    from rongjian.kernel.outline import Heading
    from rongjian.org.access import Actor
    from rongjian.supervision.deployment import Task

BLANK_ROWS = 1
"""Empty rows for further tasks, for whoever has no script; a script adds more."""
_PARTS = ("place", "mark", "words", "text", "parent", "due", "ledger")


@dataclass(frozen=True)
class TaskLine:
    """A task in the form; `place` numbers those proposed, `parent` is the place of the one above."""

    place: str = ""
    mark: str = ""
    words: str = ""
    text: str = ""
    parent: str = ""
    due: str = ""
    ledger: str = ""
    keep: bool = True
    level: int = 1
    parts: bool = False


def _marked(lines: list[TaskLine]) -> list[TaskLine]:
    """The rows, those with parts of their own marked: units answer the parts."""
    above = {line.parent for line in lines if line.parent}
    return [replace(line, parts=bool(line.place) and line.place in above) for line in lines]


def from_outline(headings: Sequence[Heading]) -> list[TaskLine]:
    """What the headings of a text propose."""
    return _marked(
        [
            TaskLine(
                place=str(place),
                mark=each.mark,
                words=each.words,
                text=each.text,
                parent="" if each.parent is None else str(each.parent),
                level=each.level,
            )
            for place, each in enumerate(headings)
        ]
    )


def from_tasks(tasks: Sequence[Task], whole: date | None = None) -> list[TaskLine]:
    """The tasks of a draft, or those of a deployment that is handed down."""
    places = {task.pk: str(place) for place, task in enumerate(tasks)}
    lines: list[TaskLine] = []
    levels: dict[int | None, int] = {None: 0}
    for task in tasks:
        levels[task.pk] = level = levels[task.parent_id] + 1
        state = f":{task.counts_state}" if task.counts_state else ""
        lines.append(
            TaskLine(
                place=places[task.pk],
                mark=task.mark,
                words=task.words,
                text=task.text,
                parent=places[task.parent_id] if task.parent_id else "",
                due="" if task.due_on == whole else task.due_on.isoformat(),
                ledger=f"{task.ledger}{state}",
                level=level,
            )
        )
    return _marked(lines)


def typed_tasks(said: Mapping[str, Sequence[str]]) -> list[TaskLine]:
    """The rows of a form that was sent, or kept as a draft; empty ones are left out."""
    columns = [list(said.get(f"task-{part}", ())) for part in _PARTS]
    kept = set(said.get("task-keep", ()))
    lines: list[TaskLine] = []
    levels: dict[str, int] = {"": 0}
    for row in zip(*columns, strict=False):
        place, mark, words, text, parent, due, ledger = row
        if not place and not words.strip():
            continue
        level = levels.get(parent, 0) + 1
        if place:
            levels[place] = level
        keep = not place or place in kept
        lines.append(TaskLine(place, mark, words, text, parent, due, ledger, keep, level))
    return _marked(lines)


def planned(lines: Sequence[TaskLine], whole: date) -> list[Planned]:
    """The tasks to lay out: what is ticked, each below the nearest ticked one above it.

    A row without a day of its own has the limit of the whole. ValidationError names by its place, as
    `task-0`, a task whose day is none.
    """
    above = {line.place: line.parent for line in lines if line.place}
    chosen = ticked(lines)
    _refuse_days(chosen)
    index = {line.place: at for at, line in enumerate(chosen) if line.place}

    def parent_of(line: TaskLine) -> int | None:
        place = line.parent
        while place and place not in index:
            place = above.get(place, "")
        return index.get(place)

    return [
        Planned(
            words=line.words.strip(),
            due_on=day_typed(line.due) or whole,
            mark=line.mark,
            text=line.text.strip()[:2000],
            parent=parent_of(line),
            ledger=line.ledger.partition(":")[0],
            counts_state=line.ledger.partition(":")[2],
        )
        for line in chosen
    ]


def ticked(lines: Sequence[TaskLine]) -> list[TaskLine]:
    """The rows to lay out, in their order."""
    above = {line.place: line.parent for line in lines if line.place}
    return _in_order([line for line in lines if line.keep], above)


def _refuse_days(chosen: Sequence[TaskLine]) -> None:
    found = {
        f"task-{at}": [f"时限“{line.due[:20]}”读不懂，请写成 2026-06-30"]
        for at, line in enumerate(chosen)
        if line.due and day_typed(line.due) is None
    }
    if found:
        raise ValidationError(found)


def _in_order(lines: Sequence[TaskLine], above: Mapping[str, str]) -> list[TaskLine]:
    """Rows that were added stand behind the last part of what they belong to."""
    found = [line for line in lines if line.place]
    for line in (each for each in lines if not each.place):
        at = [n for n, each in enumerate(found) if line.parent in _line_up(each, above)]
        found.insert(at[-1] + 1 if line.parent and at else len(found), line)
    return found


def _line_up(line: TaskLine, above: Mapping[str, str]) -> Iterable[str]:
    """The places of a row and of everything above it."""
    place = line.place or line.parent
    while place:
        yield place
        place = above.get(place, "")


@dataclass(frozen=True)
class Ledgers:
    """A group of ledgers from which a task may take its figure: (value, words) each."""

    name: str
    options: tuple[tuple[str, str], ...]


def ledgers(actor: Actor) -> tuple[Ledgers, ...]:
    """The ledgers to choose from, whole or in one state: those of which the actor may read figures."""
    groups: dict[str, list[tuple[str, str]]] = {}
    for kind in kinds():
        if not may_somewhere(actor, "figures", kind.access) or kind.group == "督办":
            continue
        options = groups.setdefault(kind.group, [])
        options.append((kind.code, kind.name))
        counted = [state for state in kind.flow.states if state.counted]
        if len(counted) > 1:
            options += [
                (f"{kind.code}:{state.code}", f"{kind.name}（{state.name}）") for state in counted
            ]
    return tuple(Ledgers(name, tuple(options)) for name, options in groups.items())
