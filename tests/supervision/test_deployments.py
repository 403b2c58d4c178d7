"""A deployment from the document to the last accepted report: what is owed, its lights, who hears of it."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import pytest
from django.core.exceptions import ValidationError

from rongjian.kernel.lights import Lamp
from rongjian.kernel.outline import outline
from rongjian.org.access import Denied
from rongjian.org.models import Unit
from rongjian.records.actions import WrongState, move
from rongjian.records.models import Due
from rongjian.supervision.answering import Plead, decide, plead, receive, remind, report
from rongjian.supervision.courses import standing
from rongjian.supervision.deployment import Deployment
from rongjian.supervision.dispatching import dispatch, lay_out, proposed
from rongjian.supervision.feedback import TaskFeedback
from rongjian.supervision.models import PleaKind, Receipt
from rongjian.supervision.waiting import escalations, open_items, to_decide, to_review

if TYPE_CHECKING:
    from rongjian.kernel.lights import Light
    from rongjian.org.access import Actor
    from rongjian.supervision.courses import Standing
    from tests.world import World

TEXT = """一、分类清理
（一）应撤尽撤。对没有犯罪事实的，督促撤案。
（二）加快办理
二、建章立制
制定长效机制。"""
LIMIT = date(2026, 6, 24)


def at(day: date, hour: int = 9) -> datetime:
    return datetime(day.year, day.month, day.day, hour, tzinfo=ZoneInfo("Asia/Shanghai"))


def light_of(on: Standing, receipt: Receipt) -> Light:
    found = on.light_at(receipt)
    assert found is not None
    return found


def counties(world: World) -> list[Unit]:
    below = [unit for unit in world.units.values() if unit.type == "county"]
    return sorted((unit for unit in below if unit.code < "450200"), key=lambda unit: unit.code)


def drafted(actor: Actor, world: World) -> Deployment:
    draft = Deployment(
        title="涉企挂案清理",
        unit=world.nanning,
        happened_on=actor.today,
        due_on=LIMIT,
        text=TEXT,
        reviewer=world.persons["lan"],
        leading=world.units["450100-D11"],
    )
    return lay_out(actor, draft, proposed(outline(TEXT), LIMIT))


@pytest.fixture
def sent(world: World) -> Deployment:
    zhaoliu = world.actor("zhaoliu", at(date(2026, 6, 15)))
    deployment = drafted(zhaoliu, world)
    done = dispatch(zhaoliu, deployment, counties(world))
    assert (len(done.receipts), done.without_contact) == (12, ())
    return deployment


def receipt(sent: Deployment, code: str) -> Receipt:
    return Receipt.objects.get(deployment=sent, unit__code=code)


def answered(world: World, sent: Deployment, account: str, code: str, day: date) -> TaskFeedback:
    actor = world.actor(account, at(day))
    return report(actor, receipt(sent, code), TaskFeedback(text="已清理七件，督促撤案两件。"))


def test_a_text_becomes_tasks_and_tasks_become_dues(world: World, sent: Deployment) -> None:
    assert [task.parent_id is None for task in sent.tasks.all()] == [True, False, False, True]
    before = Deployment._default_manager.filter(key__startswith="450100-2026-").exclude(pk=sent.pk)
    assert sent.key == f"450100-2026-{before.count() + 1:02}"
    assert sent.state == "issued"
    assert Due.objects.filter(origin__startswith=f"deployment:{sent.pk}:").count() == 36
    units = standing(sent, date(2026, 6, 15)).units
    assert [unit.code for unit in units] == [unit.code for unit in counties(world)]


def test_the_lights_of_j2(world: World, sent: Deployment) -> None:
    answered(world, sent, "sunqi", "450102", date(2026, 6, 16))
    late = receipt(sent, "450105")

    def light(day: int) -> Light:
        return light_of(standing(sent, date(2026, 6, day)), late)

    assert light(16).lamp is Lamp.OK
    assert light(18).words == "剩3个工作日"
    assert light(24).words == "今天到期"
    assert light(25).words == "逾期1天"
    on = standing(sent, date(2026, 6, 25))
    assert light_of(on, receipt(sent, "450102")).lamp is Lamp.WAITING
    above = on.light_of(on.tasks[0])
    assert above == on.light
    assert above is not None
    assert above.words == "逾期1天"


def test_nobody_accepts_what_they_reported(world: World, sent: Deployment) -> None:
    feedback = answered(world, sent, "zhouba", "450103", date(2026, 6, 16))
    zhouba = world.actor("zhouba", at(date(2026, 6, 16), 10))
    with pytest.raises((WrongState, Denied)):
        move(zhouba, feedback, "accept")
    lan = world.actor("lan", at(date(2026, 6, 16), 11))
    assert feedback in to_review(lan)
    move(lan, feedback, "accept")
    assert light_of(standing(sent, date(2026, 9, 1)), receipt(sent, "450103")).lamp is Lamp.DONE


def test_what_is_sent_back_is_open_again(world: World, sent: Deployment) -> None:
    feedback = answered(world, sent, "sunqi", "450102", date(2026, 6, 24))
    move(world.actor("zhaoliu", at(date(2026, 6, 25))), feedback, "return", detail="请补充数字")
    sunqi = world.actor("sunqi", at(date(2026, 6, 26)))
    [item] = [each for each in open_items(sunqi) if each.deployment == sent]
    assert (item.light.words, item.limit) == ("剩2个工作日", date(2026, 6, 30))


def test_a_reason_takes_another_person(world: World, sent: Deployment) -> None:
    wujiu = world.actor("wujiu", at(date(2026, 6, 25)))
    late = receipt(sent, "450105")
    plea = plead(wujiu, late, Plead(PleaKind.EXCUSE, "casework"))
    with pytest.raises(WrongState, match="他人审定"):
        decide(wujiu, plea, accepted=True)
    assert light_of(standing(sent, wujiu.today), late).lamp is Lamp.OVERDUE
    zhaoliu = world.actor("zhaoliu", at(date(2026, 6, 25), 10))
    assert to_decide(zhaoliu) == [plea]
    decide(zhaoliu, plea, accepted=True)
    assert light_of(standing(sent, wujiu.today), late).lamp is Lamp.EXCUSED


def test_an_extension_moves_the_limit(world: World, sent: Deployment) -> None:
    wujiu = world.actor("wujiu", at(date(2026, 6, 23)))
    late = receipt(sent, "450105")
    with pytest.raises(ValidationError, match="晚于原时限"):
        plead(wujiu, late, Plead(PleaKind.EXTENSION, "away", until=LIMIT))
    plea = plead(wujiu, late, Plead(PleaKind.EXTENSION, "away", until=date(2026, 6, 30)))
    decide(world.actor("zhaoliu", at(date(2026, 6, 24))), plea, accepted=True)
    light = light_of(standing(sent, date(2026, 6, 25)), late)
    assert light.words == "剩3个工作日"


def test_a_second_reminder_waits(world: World, sent: Deployment) -> None:
    late = receipt(sent, "450105")
    remind(world.actor("zhaoliu", at(date(2026, 6, 25))), late)
    with pytest.raises(WrongState, match="2 个工作日内已提醒过"):
        remind(world.actor("zhaoliu", at(date(2026, 6, 26))), late)
    remind(world.actor("zhaoliu", at(date(2026, 6, 29))), late)


@pytest.mark.parametrize(
    ("day", "names"),
    [
        (date(2026, 6, 24), {"wujiu": 0, "lan": 0, "yuan": 0}),
        (date(2026, 6, 25), {"wujiu": 1, "lan": 0, "yuan": 0}),
        (date(2026, 6, 30), {"wujiu": 1, "lan": 0, "yuan": 0}),
        (date(2026, 7, 1), {"wujiu": 1, "lan": 12, "yuan": 0}),
        (date(2026, 7, 2), {"wujiu": 1, "lan": 12, "yuan": 0}),
        (date(2026, 7, 3), {"wujiu": 1, "lan": 12, "yuan": 12}),
    ],
)
def test_the_ladder_is_climbed_on_its_day(
    world: World, sent: Deployment, day: date, names: dict[str, int]
) -> None:
    heard = {name: escalations(world.actor(name, at(day))) for name in names}
    of_this = {
        name: [each for each in found if each.receipt.deployment_id == sent.pk]
        for name, found in heard.items()
    }
    assert {name: len(found) for name, found in of_this.items()} == names


def test_only_the_unit_signs(world: World, sent: Deployment) -> None:
    day = at(date(2026, 6, 16))
    with pytest.raises(Denied):
        receive(world.actor("zhouba", day), receipt(sent, "450102"))
    signed = receive(world.actor("sunqi", day), receipt(sent, "450102"))
    assert signed.received_at == day
    again = receive(world.actor("sunqi", day + timedelta(hours=1)), signed)
    assert again.received_at == day
