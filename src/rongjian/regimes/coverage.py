"""第一议题 coverage: which body studied which document, and within how many working days of receiving it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

import numpy as np

from rongjian.kernel.dues import Numbers
from rongjian.kernel.workdays import is_workday
from rongjian.records.models import Link
from rongjian.regimes.answers import all_answers, fields_asked
from rongjian.regimes.bodies import places_of
from rongjian.regimes.orders import Orders

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from rongjian.org.models import Unit

NEVER = 0
"""What stands for a body that has not studied a document."""
_NONE = np.iinfo(np.int64).max


@dataclass(frozen=True)
class Coverage:
    """Documents × bodies: the day of the first study (an ordinal, 0 for none), and the working days
    from the document's day to it; -1 where there was none.
    """

    studied: Numbers
    workdays: Numbers

    def bodies(self, document: int) -> int:
        """How many bodies have studied a document."""
        return int((self.studied[document] != NEVER).sum())


def coverage(documents: Mapping[int, date], units: Sequence[Unit]) -> Coverage:
    """Who studied what first when; `documents` are their ids with the days from which one counts.

    Studied means: a counted activity of the body is linked to the document.
    """
    first = np.full((len(documents), len(units)), _NONE, dtype=np.int64)
    numbers = {pk: number for number, pk in enumerate(documents)}
    targets, activities = _linked(list(documents))
    place = places_of(units)
    near = activities.unit < len(place)
    row = place[activities.unit[near]]
    document = np.array([numbers[pk] for pk in targets[near].tolist()], dtype=np.int64)
    known = row >= 0
    np.minimum.at(first, (document[known], row[known]), activities.day[near][known])
    none = first == _NONE
    studied = np.where(none, NEVER, first)
    return Coverage(studied, np.where(none, -1, _workdays(list(documents.values()), studied)))


@dataclass(frozen=True)
class _Activities:
    """Whose they were and on which day."""

    unit: Numbers
    day: Numbers


def _linked(documents: list[int]) -> tuple[Numbers, _Activities]:
    """The links to documents, and the activities that they come from; these are at hand already."""
    rows = Link.objects.filter(target__in=documents).values_list("target_id", "source_id")
    links = np.array(list(rows.order_by()), dtype=np.int64).reshape(-1, 2)
    held = all_answers(fields_asked(Orders().rules))["activity"]
    # A record that several units held has a row for each: a link reaches all of them.
    order = np.argsort(held.ids, kind="stable")
    ids = held.ids[order]
    first = np.searchsorted(ids, links[:, 1], side="left")
    count = np.searchsorted(ids, links[:, 1], side="right") - first
    of_link = np.repeat(np.arange(len(links)), count)
    within = np.arange(len(of_link)) - np.repeat(np.cumsum(count) - count, count)
    record = order[np.repeat(first, count) + within]
    return links[of_link, 0], _Activities(held.unit[record], held.day[record])


def _workdays(since: Sequence[date], studied: Numbers) -> Numbers:
    """The working days after a document's day up to that of its study; none before it."""
    if not since or not studied.any():
        return np.zeros_like(studied)
    start = min(since)
    last = max(date.fromordinal(int(studied.max())), max(since))
    running = np.cumsum([is_workday(day) for day in _days(start, last)])
    begun = np.array([(day - start).days for day in since], dtype=np.int64)
    ended = np.clip(studied - start.toordinal(), 0, len(running) - 1)
    counted: Numbers = np.maximum(running[ended] - running[begun][:, None], 0)
    return counted


def _days(first: date, last: date) -> Iterable[date]:
    return (first + timedelta(days=step) for step in range((last - first).days + 1))
