"""How a list is laid out: which columns in which order, how high, how many rows; all in its address."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db import models

from rongjian.records.queries import campaigns, lines
from rongjian.web.listing import PAGE, changed, select

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from django.http import QueryDict

    from rongjian.records.kinds import Kind
    from rongjian.records.queries import Reading
    from rongjian.web.listing import Select

HEIGHTS = {"compact": "紧凑", "normal": "标准", "tall": "宽松"}
SIZES = ("20", "50", "100", "200")
FROZEN = ("0", "1", "2")
PARAMETERS = ("cols", "height", "size", "frozen", "edit")
_MOVING = ("up", "down")


@dataclass(frozen=True)
class Choice:
    """A field in the column chooser."""

    name: str
    heading: str
    shown: bool
    first: bool
    last: bool


@dataclass(frozen=True)
class Layout:
    """The layout that an address asks for."""

    columns: tuple[str, ...]
    choices: tuple[Choice, ...]
    height: str
    size: int
    frozen: int
    edit: bool
    looks: tuple[Select, ...]
    kept: tuple[tuple[str, str], ...]
    """What else the address asks, for the form that changes the layout."""
    own: tuple[tuple[str, str], ...]
    """The layout as parameters, for the form that changes the filter."""
    offers: tuple[tuple[str, tuple[str, ...]], ...]
    """(field, what may be typed) of the columns with only some values, where one writes."""

    @property
    def sticky(self) -> str:
        """The class of a table whose first columns stay in sight."""
        return f"frozen-{self.frozen}" if self.frozen else ""


def layout(kind: Kind, read: Reading, query: QueryDict, *, may_edit: bool) -> Layout:
    """Read the layout from an address; what it cannot mean is left at the usual."""
    offered = read.columns(kind, kind.fields)
    usual = read.columns(kind, kind.columns)
    columns = _columns(query, offered) or usual
    height = query.get("height", "")
    height = height if height in HEIGHTS else "normal"
    size = query.get("size", "") if query.get("size") in SIZES else str(PAGE)
    frozen = query.get("frozen", "") if query.get("frozen") in FROZEN else "0"
    edit = may_edit and not read.projected and query.get("edit") == "1"
    values = {
        "cols": "" if columns == usual else ",".join(columns),
        "height": "" if height == "normal" else height,
        "size": "" if size == str(PAGE) else size,
        "frozen": "" if frozen == "0" else frozen,
        "edit": "1" if edit else "",
    }
    rest = {*PARAMETERS, *_MOVING, "page"} - {"edit"}
    return Layout(
        columns=columns,
        choices=_choices(kind, columns, offered),
        height=height,
        size=int(size),
        frozen=int(frozen),
        edit=edit,
        looks=(
            select("height", "行高", HEIGHTS.items(), height),
            select("frozen", "冻结", zip(FROZEN, _FROZEN_WORDS, strict=True), frozen),
            select("size", "每页", [(each, f"{each} 条") for each in SIZES], size),
        ),
        kept=tuple(
            (name, str(value)) for name, value in query.items() if name not in rest and value
        ),
        own=tuple(pair for pair in values.items() if pair[1]),
        offers=tuple((name, labels(kind, name)) for name in columns if labels(kind, name))
        if edit
        else (),
    )


_FROZEN_WORDS = ("不冻结", "前一列", "前两列")


def labels(kind: Kind, name: str) -> tuple[str, ...]:
    """What may be typed into a field that has only some values; none for all others."""
    if name in {"campaign", "line"}:
        return tuple((campaigns() if name == "campaign" else lines()).values())
    field = kind.field(name)
    if isinstance(field, models.BooleanField):
        return ("是", "否")
    return tuple(str(label) for value, label in field.flatchoices if value)


def plain_address(query: QueryDict, read_layout: Layout) -> str:
    """The address without buttons that moved a column; empty where it is plain already."""
    if not any(name in query for name in _MOVING) and len(query.getlist("cols")) <= 1:
        return ""
    own = dict(read_layout.own)
    return changed(query, {**dict.fromkeys((*PARAMETERS, *_MOVING, "page")), **own})


def _columns(query: QueryDict, offered: Sequence[str]) -> tuple[str, ...]:
    """The columns asked for, in their order, one of them moved by a button."""
    asked = [name for part in query.getlist("cols") for name in part.split(",")]
    found = list(dict.fromkeys(name for name in asked if name in offered))
    for button, step in (("up", -1), ("down", 1)):
        name = query.get(button)
        if name in found:
            at = found.index(name)
            to = min(max(at + step, 0), len(found) - 1)
            found.insert(to, found.pop(at))
    return tuple(found)


def _choices(kind: Kind, columns: Sequence[str], offered: Iterable[str]) -> tuple[Choice, ...]:
    """The columns shown, in order, and then what else there is."""
    others = [name for name in offered if name not in columns]
    shown = [
        Choice(name, kind.heading(name), True, at == 0, at == len(columns) - 1)
        for at, name in enumerate(columns)
    ]
    hidden = [Choice(name, kind.heading(name), False, False, False) for name in others]
    return (*shown, *hidden)
