"""Which column of a file is which field, told from its heading.

A proposal is *sure* when the heading is one of the field's names; a likely one is proposed too, but
waits for a person's word.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db import models

from rongjian.kernel.likeness import nearest

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from rongjian.records.kinds import Kind

NUMBER = "record"
"""The column that names an existing record, written by our own exports; not a field of the model."""
NUMBER_HEADING = "记录号"
PROBLEMS_HEADING = "问题"
ROW_HEADING = "导入行号"
"""The column of a problem sheet that says which row of which import each line is."""

_UNIT_WORDS = ("单位", "承办院", "检察院", "承办单位", "填报单位", "报送单位", "所属单位", "院名")
_BASE: Mapping[str, tuple[str, ...]] = {
    "unit": _UNIT_WORDS,
    "happened_on": ("日期", "时间", "发生日期", "登记日期"),
    "key": ("编号", "代号", "人员代号", "记录编号"),
    "campaign": ("专项", "专项行动", "专项工作", "专项名称"),
    "line": ("业务条线", "条线", "业务类别"),
    "task_force": ("专班", "工作专班"),
    "hosts": ("联办单位", "合办单位", "联建单位", "共同主办单位", "联合主办单位"),
}
# Running numbers are made anew by every file, and our own problem column is no datum.
_RUNNING = {"序号", "行号", "no", "no.", "#", PROBLEMS_HEADING, ROW_HEADING}
_PERSONAL = re.compile(
    "姓名|嫌疑人|被告人|当事人|被害人|身份证|证件号|案号|受案|案件名称|电话|手机|住址|住所|出生"
)
_BRACKETS = re.compile(r"[(\[【〔<][^()\[\]【】〔〕<>]*[)\]】〕>]")
_SIGNS = re.compile(r"[\s*·:,;/、_\-—“”\"'.]+")
_SCALE = re.compile(r"([百千]?万|亿)(?:元|个|件|人|份|次)?[)\]】]?$")
_SHORTEST = 3


@dataclass(frozen=True)
class Proposal:
    """The field proposed for a column, and whether the heading leaves no doubt."""

    field: str
    sure: bool


def fields(kind: Kind) -> dict[str, str]:
    """What a column may become (field → heading), in the order of our own sheets."""
    return {name: kind.heading(name) for name in kind.fields} | {NUMBER: NUMBER_HEADING}


def propose(kind: Kind, headings: Sequence[str]) -> dict[int, Proposal]:
    """The proposals by column; a heading that fits nothing, or a field twice, gets none."""
    found: dict[int, Proposal] = {}
    known = _names(kind)
    for rule, sure in _RULES:
        taken = {proposal.field for proposal in found.values()}
        hits: dict[str, list[int]] = {}
        for column, heading in enumerate(headings):
            if column in found or is_running(heading) or not heading:
                continue
            field = rule(heading, {name: f for name, f in known.items() if f not in taken})
            if field:
                hits.setdefault(field, []).append(column)
        found |= {at[0]: Proposal(field, sure) for field, at in hits.items() if len(at) == 1}
    return found


def _names(kind: Kind) -> dict[str, str]:
    """Folded heading → field; what a kind says of its own headings wins over what all share."""
    names: dict[str, str] = {}
    for field, words in _BASE.items():
        if field in kind.fields:
            names |= dict.fromkeys(map(_folded, words), field)
    for name, heading in fields(kind).items():
        names |= dict.fromkeys((_folded(name), _folded(_bare(heading)), _folded(heading)), name)
    for field, words in kind.aliases.items():
        names |= dict.fromkeys(map(_folded, words), field)
    return names


def _exact(heading: str, names: Mapping[str, str]) -> str | None:
    """The whole heading, or the last part of one that stood in several rows."""
    for words in (heading, heading.rpartition("·")[2]):
        for form in (words, _bare(words)):
            if field := names.get(_folded(form)):
                return field
    return None


def _ending(heading: str, names: Mapping[str, str]) -> str | None:
    """起诉日期 is probably the 日期, 承办单位名称 is not the 名称 of anything else."""
    folded = _folded(_bare(heading))
    fits = {field for name, field in names.items() if len(name) > 1 and folded.endswith(name)}
    return fits.pop() if len(fits) == 1 else None


def _alike(heading: str, names: Mapping[str, str]) -> str | None:
    folded = _folded(_bare(heading))
    likely = nearest(folded, list(names)) if len(folded) >= _SHORTEST else []
    return names[likely[0]] if likely else None


_RULES: tuple[tuple[Callable[[str, Mapping[str, str]], str | None], bool], ...] = (
    (_exact, True),
    (_ending, False),
    (_alike, False),
)


def _folded(text: str) -> str:
    return _SIGNS.sub("", unicodedata.normalize("NFKC", text)).casefold()


def _bare(text: str) -> str:
    """A heading without what stands in brackets: units of measure, remarks."""
    return _BRACKETS.sub("", unicodedata.normalize("NFKC", text))


def is_running(heading: str) -> bool:
    """Whether a column only numbers the rows, or holds the problems we wrote ourselves."""
    return unicodedata.normalize("NFKC", heading).strip().casefold() in _RUNNING


def is_personal(heading: str) -> bool:
    """Whether a column names the people or cases that rows are about, which is never stored."""
    return bool(_PERSONAL.search(heading))


def scale(kind: Kind, field: str, heading: str) -> str:
    """万 where a column of amounts says 万元: written behind each number before it is read."""
    if field == NUMBER or not isinstance(
        kind.field(field), models.DecimalField | models.IntegerField
    ):
        return ""
    found = _SCALE.search(unicodedata.normalize("NFKC", heading).strip())
    return found[1] if found else ""


def missing(kind: Kind, mapped: Iterable[str], derived: Iterable[str]) -> list[str]:
    """Headings of the fields that every record needs and no column or derivation gives."""
    given = {*mapped, *derived, "unit"}
    return [
        kind.heading(name)
        for name in kind.fields
        if name not in given and is_required(kind.field(name))
    ]


def is_required(field: models.Field[object, object]) -> bool:
    """Whether a record cannot do without the field."""
    return not (field.blank or field.null or field.has_default())
