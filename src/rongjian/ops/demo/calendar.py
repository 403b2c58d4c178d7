"""The demo's regimes: since when the region keeps the calendar, and what its bodies did for it.

Most was done in time; here and there something is missing or was written down late, as anywhere. The
house of the cast has no such gap, and its own branch has still to do this quarter's analysis.
"""

from __future__ import annotations

from datetime import date, timedelta
from functools import partial
from random import Random
from typing import TYPE_CHECKING

from rongjian.kernel.periods import Month, Period
from rongjian.kernel.workdays import add_workdays
from rongjian.ops.demo.cast import BRANCH
from rongjian.ops.demo.scribe import moment, workday
from rongjian.regimes.actions import adopt

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from rongjian.ops.demo.realm import Court, Realm
    from rongjian.ops.demo.scribe import Row, Scribe

KEPT_FOR = 6
"""The calendar is kept for so many months, up to the month of today."""

ELSEWHERE = ["INTF-01"]
"""What the demo leaves out: the monthly report on interference is filed in a system of its own."""

GAPS, LATE = 0.03, 0.04
_OPEN = 0.6
_MOODS = (
    ("workload", "案件集中，加班较多", "统筹调配办案力量，落实年休假"),
    ("training", "新类型案件办理能力不足", "组织专题培训和结对带教"),
    ("career", "青年干警关注职业发展", "开展职业规划谈话"),
    ("facilities", "办公用房紧张", "调整办公用房，设置阅卷室"),
)
_RISKS = (
    ("network", "新媒体账号发布审核流程不全", "修订三审三校流程"),
    ("platform", "普法讲座报备不及时", "建立讲座报告会报备表"),
    ("opinion", "个别案件舆情应对准备不足", "完善重大敏感案件舆情预案"),
)
_REPORTS = (
    ("four_forms", "committee", 3, "监督执纪四种形态运用情况"),
    ("interference_notice", "house", 3, "重大事项记录报告情况季度通报"),
    ("rectification", "group", 3, "巡视巡察反馈问题整改调度"),
    ("data_review", "group", 2, "业务数据分析研判会"),
)


def write_regimes(realm: Realm, scribe: Scribe, months: list[Month]) -> None:
    """Plan the taking up of the calendar and every quarter's work for it."""
    since = months[-KEPT_FOR:][0].first_day
    office = realm.region
    scribe.at(moment(since, 9), partial(_adopt, office, since))
    for court in realm.courts:
        random = Random(f"{realm.seed}/regimes/{court.unit.code}")
        for size, rows_of in ((3, _of_a_quarter), (2, _of_two_months)):
            for period in _periods(since, scribe.until.date(), size):
                _write(scribe, court, period, list(rows_of(random, court, period, scribe)), random)


def skips(court: str, unit: str, month: Month) -> bool:
    """Whether a body elsewhere than in the cast's house left something out that month."""
    if court == BRANCH.split("-")[0]:
        return False
    return Random(f"gap/{unit}/{month}").random() < GAPS / 2


def _adopt(court: Court, since: date, now: datetime) -> None:
    adopt(court.acting("organ_committee", now), court.unit, since, ELSEWHERE)


def _periods(since: date, until: date, size: int) -> Iterator[Period]:
    first = Month.of(since)
    first += -((first.month - 1) % size)
    while first.first_day <= until:
        if first.first_day >= since:
            yield Period(first, first + (size - 1))
        first += size


def _of_a_quarter(
    random: Random, court: Court, period: Period, scribe: Scribe
) -> Iterator[tuple[str, Row]]:
    for branch in court.branches:
        if branch.unit.code != BRANCH or period.end < scribe.until.date():
            concern, tendency, measure = random.choice(_MOODS)
            words = {"concern": concern, "tendency": tendency, "measure": measure}
            yield "mood-analysis", {"unit_id": branch.unit.pk, "title": "季度思想动态分析", **words}
    field, title, measure = random.choice(_RISKS)
    risk = {"field": field, "title": title, "measure": measure, "grade": "general"}
    yield "ideology-item", {"unit_id": court.committee.pk, **risk}
    yield from _reports(court, 3)


def _of_two_months(
    random: Random, court: Court, period: Period, scribe: Scribe
) -> Iterator[tuple[str, Row]]:
    yield from _reports(court, 2)


def _reports(court: Court, size: int) -> Iterator[tuple[str, Row]]:
    units = {"committee": court.committee, "house": court.unit, "group": court.leading_group}
    for type_, whose, every, title in _REPORTS:
        if every == size:
            unit = units[whose]
            yield "regime-report", {"unit_id": unit.pk, "type": type_, "title": title}


def _write(
    scribe: Scribe, court: Court, period: Period, rows: list[tuple[str, Row]], random: Random
) -> None:
    """Recorded together once the period is over, some of them late; of a running one only a part."""
    yesterday = scribe.until.date() - timedelta(days=1)
    running = period.end > yesterday
    first = period.last.first_day
    if running and first > yesterday:
        return
    ours = court.unit.code == BRANCH.split("-")[0]
    usual = add_workdays(period.end, 2)
    batches: dict[tuple[str, date], list[Row]] = {}
    for kind, row in rows:
        chance = random.random()
        if (running and chance > _OPEN) or (not ours and chance < GAPS):
            continue
        late = not ours and chance < GAPS + LATE
        row["happened_on"] = workday(random, first, min(period.end, yesterday))
        when = add_workdays(usual, 8) if late else usual
        batches.setdefault((kind, when), []).append(row)
    for (kind, when), listed in sorted(batches.items(), key=lambda each: each[0]):
        at = moment(when, 16)
        office = court.acting("organ_committee", min(at, scribe.until))
        scribe.rows(at, office, kind, listed, state="approved")
