"""Building a demo world, from the bodies to the frozen report."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import TYPE_CHECKING

from django.db import transaction

from rongjian.documents import actions
from rongjian.facts import extract
from rongjian.indicators import refresh
from rongjian.kernel.periods import Month, Period
from rongjian.ops.demo.bodies import plan_courts
from rongjian.ops.demo.calendar import write_regimes
from rongjian.ops.demo.casework import write_casework
from rongjian.ops.demo.cast import BRANCH
from rongjian.ops.demo.committees import approve_ended, fill_committees
from rongjian.ops.demo.deployments import write_deployments
from rongjian.ops.demo.desk import write_desk
from rongjian.ops.demo.forces import second_all, write_forces, write_standing
from rongjian.ops.demo.founding import found_all
from rongjian.ops.demo.history import write_history
from rongjian.ops.demo.ledgers import write_ledgers
from rongjian.ops.demo.meetings import write_meetings
from rongjian.ops.demo.own_deeds import write_own_deeds
from rongjian.ops.demo.scribe import Scribe, moment
from rongjian.ops.demo.services import write_services
from rongjian.ops.demo.staffing import staff_all
from rongjian.ops.demo.statistics import import_statistics
from rongjian.ops.demo.weaving import link_desk, write_links, write_studies
from rongjian.org.access import actor_of

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from rongjian.ops.demo.realm import Realm
    from rongjian.ops.demo.sizes import Size

REPORT = "fusion-report"
SEED = 42
EARLIEST = date(2023, 7, 1)
"""From then on the living present cannot reach into the history of 2018–2021."""


@dataclass(frozen=True)
class Wish:
    """Which world is wanted."""

    size: Size
    today: date
    seed: int = SEED


def build(wish: Wish, say: Callable[[str], None]) -> Realm:
    """Build the world into the empty database and the data directory; `say` hears of progress.

    The records come in one transaction: an interrupted build leaves none of them.
    """
    if wish.today < EARLIEST:
        raise ValueError(f"演示的当前日期不能早于 {EARLIEST}")
    with transaction.atomic():
        realm = _found(wish, say)
        _record(realm, wish, say)
    say("生成事实文件和数字……")
    extract.rebuild()
    refresh.rebuild(wish.today)
    say("冻结一份报告……")
    _freeze_report(realm, _evening_before(wish.today) + timedelta(minutes=30))
    # The freezing is in the log as well: afterwards nothing is left for `tick` to do.
    extract.refresh()
    refresh.refresh(wish.today)
    return realm


def _freeze_report(realm: Realm, at: datetime) -> None:
    """The region's case manager draws up the report of the published text and freezes it."""
    actor = actor_of(realm.cast["zhengshi"], at)
    draft = actions.create(actor, REPORT, realm.region.unit, {})
    actions.freeze(replace(actor, now=at + timedelta(minutes=5)), draft)


def _found(wish: Wish, say: Callable[[str], None]) -> Realm:
    plans = plan_courts(wish.size.places(), wish.seed)
    say(f"建立组织：{len(plans)} 个检察院及其部门、党组织、专班……")
    courts = found_all(plans, wish.seed, wish.today)
    realm = staff_all(plans, courts, wish.seed, _evening_before(wish.today))
    fill_committees(realm, wish.today)
    for court in courts:
        second_all(court, wish.seed)
    return realm


def _evening_before(today: date) -> datetime:
    """Everything was written down by then: today is left to whoever opens the demo."""
    return moment(today - timedelta(days=1), 18)


def _record(realm: Realm, wish: Wish, say: Callable[[str], None]) -> None:
    scribe = Scribe(_evening_before(wish.today))
    say("写入 2018–2021 年的业务数据……")
    write_forces(realm, scribe, wish.size.history_close)
    write_history(realm, scribe, wish.size)
    write_services(realm, scribe, wish.size)
    scribe.run()
    say(f"写入近 {wish.size.months} 个月的活动和办案……")
    last = Month.of(wish.today)
    months = list(Period(last + -(wish.size.months - 1), last))
    casework = write_casework(realm, scribe, months, wish.size)
    meetings = write_meetings(realm, scribe, months)
    write_ledgers(realm, scribe, months)
    entries = write_desk(realm, scribe, months)
    approve_ended(realm, scribe)
    write_standing(realm, scribe)
    write_links(realm, scribe, meetings, casework, wish.size.links)
    link_desk(realm, scribe, entries, casework[BRANCH.split("-")[0]])
    write_regimes(realm, scribe, months)
    write_own_deeds(realm, scribe, wish.today)
    write_deployments(realm, scribe)
    write_studies(realm, scribe)
    scribe.run()
    say("导入公布的统计数据……")
    import_statistics(realm, _evening_before(wish.today) + timedelta(minutes=10))
