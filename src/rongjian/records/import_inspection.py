"""Looking into an import without changing it: rows against their records, cells put into our form."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from rongjian.kernel.cell_forms import FORMS, form_of
from rongjian.records.import_checking import Checker
from rongjian.records.import_forms import sort_of
from rongjian.records.import_mapping import fields

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from rongjian.org.access import Actor
    from rongjian.records.import_checking import Column
    from rongjian.records.models import Batch, BatchRow

_EXAMPLES = 3


def compared(
    actor: Actor, batch: Batch, rows: Iterable[BatchRow]
) -> dict[int, tuple[dict[str, Any], dict[str, Any]]]:
    """For rows about a record that exists: what it holds, and what it would hold, by attname."""
    checker = Checker(actor, batch)
    lines = checker.lines(rows)
    checker.matches.find(lines)
    found = {}
    for line in lines:
        if match := checker.matches.of(line):
            given = {name: line.values[name] for name in checker.matches.given}
            found[line.row.number] = (match.values, {**match.values, **given})
    return found


@dataclass(frozen=True)
class FormCount:
    """The cells of one column typed in one form: how many, examples (typed → ours), and whether
    they are left as they were typed."""

    field: str
    heading: str
    form: str
    words: str
    cells: int
    examples: tuple[tuple[str, str], ...]
    as_is: bool


def forms(actor: Actor, batch: Batch) -> list[FormCount]:
    """What was put into our form, by column and form, in the order of the file and of FORMS."""
    checker = Checker(actor, batch)
    texts: dict[str, Counter[str]] = {column.name: Counter() for column in checker.given}
    for cells in batch.rows.exclude(cells=[]).values_list("cells", flat=True).iterator():
        for column in checker.given:
            texts[column.name][cells[column.at]] += 1
    columns = sorted(checker.given, key=lambda each: each.at)
    return [found for column in columns for found in _forms_of(checker, column, texts[column.name])]


def _forms_of(checker: Checker, column: Column, texts: Counter[str]) -> Iterator[FormCount]:
    target = checker.kind.field(column.name)
    sort = sort_of(target)
    one_unit = sort == "unit" and target.is_relation
    shown = checker.units.full if one_unit else column.shown
    by_form: dict[str, dict[str, Any]] = {}
    for text, _ in texts.most_common():
        found = column.plain(text, checker.home) if text else None
        if found and found.normalised:
            by_form.setdefault(form_of(text, sort), {})[text] = found.value
    for form in (each for each in FORMS if each in by_form):
        read = list(by_form[form].items())
        yield FormCount(
            field=column.name,
            heading=fields(checker.kind)[column.name],
            form=form,
            words=FORMS[form],
            cells=sum(texts[text] for text, _ in read),
            examples=tuple(
                (text, "" if value is None else shown(value)) for text, value in read[:_EXAMPLES]
            ),
            as_is=form in column.as_is,
        )
