"""The sheets around an import: the template to fill in, and the rows that stayed to be mended."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models

from rongjian.kernel.sheets import Column, write_xlsx
from rongjian.org.models import Person
from rongjian.records.import_mapping import (
    NUMBER,
    PROBLEMS_HEADING,
    ROW_HEADING,
    fields,
    is_required,
)
from rongjian.records.import_reading import Trouble
from rongjian.records.models import RowOutcome
from rongjian.records.queries import campaigns, lines

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from typing import Any

    from rongjian.records.kinds import Kind
    from rongjian.records.models import Batch

_WIDEST = 40
_NARROWEST = 12
_TRUTH = ("是", "否")


def template(kind: Kind) -> bytes:
    """An empty .xlsx under the headings that exports use too, with notes and drop-downs."""
    columns = [_column(kind, name) for name in fields(kind)]
    notes = [
        f"这是“{kind.name}”的导入模板。第一行是表头，请从第二行起填写，一行一条。",
        "列的顺序可以改动，用不到的选填列可以删去。",
        *(f"{heading}：{_note(kind, name)}" for name, heading in fields(kind).items()),
    ]
    return write_xlsx(columns, [], title=kind.name, notes=notes, choices=_choices(kind))


def _column(kind: Kind, name: str) -> Column:
    target = None if name == NUMBER else kind.field(name)
    length = getattr(target, "max_length", None) or _NARROWEST
    width = min(_WIDEST, max(_NARROWEST, length // 3))
    holds = "date" if isinstance(target, models.DateField) else "text"
    return Column(fields(kind)[name], width, "date" if holds == "date" else "text")


def _note(kind: Kind, name: str) -> str:
    if name == NUMBER:
        return "由导出写入，用来认出原有记录。新增的行请留空，原有的请不要改动。"
    target = kind.field(name)
    must = "必填。" if is_required(target) and name != "unit" else "选填。"
    if name == "unit":
        must = "不写时用导入时选定的单位。"
    return must + _form(target)


def _form(target: models.Field[Any, Any]) -> str:
    """How a value of the field is written."""
    if isinstance(target, models.ForeignKey):
        person = issubclass(target.related_model, Person)
        return "工号，或本院人员的姓名。" if person else "单位代码、全称或简称。"
    if target.name in {"campaign", "line"} or target.choices:
        return "从下拉列表中选择。"
    if isinstance(target, models.BooleanField):
        return "是或否。"
    if isinstance(target, models.DateField):
        return "日期，如 2026-06-25。"
    if isinstance(target, models.DecimalField | models.IntegerField):
        return "数字。"
    length = getattr(target, "max_length", None)
    return f"文字，最多 {length} 个字。" if length else "文字。"


def offered(kind: Kind, name: str) -> Sequence[str]:
    """The texts to choose from in a field, where it is one of a list."""
    if name not in kind.fields:
        return ()
    target = kind.field(name)
    if name in {"campaign", "line"}:
        return list((campaigns() if name == "campaign" else lines()).values())
    if target.choices:
        return [str(label) for _, label in target.flatchoices]
    return _TRUTH if isinstance(target, models.BooleanField) else ()


def _choices(kind: Kind) -> dict[str, Sequence[str]]:
    return {kind.heading(name): texts for name in kind.fields if (texts := offered(kind, name))}


def problem_sheet(batch: Batch) -> bytes:
    """The rows to be mended as the file had them, then what is wrong, then which rows they are.

    Mended and read again, each goes back to its place in the import.
    """
    columns = [Column(heading) for heading in batch.headings]
    columns += [Column(PROBLEMS_HEADING, _WIDEST), Column(ROW_HEADING)]
    return write_xlsx(columns, _bad_rows(batch), title="需修改的行")


def _bad_rows(batch: Batch) -> Iterator[list[str]]:
    known = set(batch.mapping.values()) | {"unit", "key"}
    rows = batch.rows.filter(outcome=RowOutcome.BAD).order_by("number")
    listed = rows.values_list("number", "cells", "problems")
    for number, cells, problems in listed.iterator(chunk_size=2000):
        found = [Trouble.read(kept) for name, kept in problems.items() if name in known]
        words = "；".join(each.words for each in found if each.group != "hint")
        yield [*cells, words, f"#{batch.pk}-{number}"]
