"""督查通报: what the facts say, how a changed fact reaches the text, and who may let it out."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

import pytest
from django.core.exceptions import ValidationError

from rongjian.documents import bulletin_text, bulletins, docx
from rongjian.documents.bulletin_models import BulletinState
from rongjian.documents.bulletin_text import Change, Part
from rongjian.org.access import Denied, actor_of, visible
from rongjian.org.models import Person, Post
from rongjian.records.actions import WrongState, move
from rongjian.supervision.answering import Plead, decide, plead, report
from rongjian.supervision.courses import Tally, standing, tally
from rongjian.supervision.feedback import TaskFeedback
from rongjian.supervision.models import PleaKind, Receipt
from rongjian.supervision.policy import contacts
from tests.documents.paper import CHECKS, Paper
from tests.supervision.test_deployments import at, counties, sent  # noqa: F401  # a fixture

if TYPE_CHECKING:
    from collections.abc import Callable

    from rongjian.documents.bulletin_models import Bulletin
    from rongjian.org.access import Actor
    from rongjian.supervision.deployment import Deployment
    from tests.world import World

DAY = date(2026, 6, 25)
LATE = "450105"


@pytest.fixture
def reported(world: World, sent: Deployment) -> Deployment:  # noqa: F811
    """Eleven of twelve have reported in time and were accepted; 江南区院 is a day late."""
    accounts = {"450102": "sunqi", "450103": "zhouba"}
    lan = world.actor("lan", at(date(2026, 6, 18)))
    for receipt in Receipt.objects.filter(deployment=sent).exclude(unit__code=LATE):
        day = at(date(2026, 6, 17))
        name = accounts.get(receipt.unit.code)
        who = world.actor(name, day) if name else contact(world, receipt, day)
        done = report(who, receipt, TaskFeedback(text="已清理七件，督促撤案两件。"))
        move(lan, done, "accept")
    return sent


def contact(world: World, receipt: Receipt, day) -> Actor:
    assert receipt.contact is not None
    return actor_of(receipt.contact, day)


@pytest.fixture
def drawn(world: World, reported: Deployment) -> Bulletin:
    return bulletins.draw_up(world.actor("zhaoliu", at(DAY)), reported)


def text_of(bulletin: Bulletin) -> str:
    return "\n".join(part.text for part in bulletins.parts_of(bulletin))


def test_the_draft_says_what_the_records_say(world: World, drawn: Bulletin) -> None:
    text = text_of(drawn)
    assert "截至6月25日，12个单位中11个按时反馈，1个逾期1天。" in text
    problems = text.split("三、存在问题")[1]
    assert "江南区院" in problems
    assert "江南区院" not in text.split("三、存在问题")[0]
    assert "等3项逾期1天，尚未反馈。" in problems
    assert not [word for word in bulletins.FORBIDDEN if word in text]
    assert drawn.state == BulletinState.DRAFT


def test_headings_stand_in_the_order_of_the_kind(drawn: Bulletin) -> None:
    heads = [part.text for part in bulletins.parts_of(drawn) if part.level == "h1"]
    assert heads == [*bulletin_text.HEADINGS.values()]


def test_an_accepted_reason_changes_the_text_and_nothing_else(
    world: World, drawn: Bulletin
) -> None:
    zhaoliu = world.actor("zhaoliu", at(DAY, 10))
    texts = [part.text for part in bulletins.parts_of(drawn)]
    texts[-1] = "请各单位抓好收尾。"
    drawn = bulletins.write(zhaoliu, drawn, drawn.version, drawn.title, drawn.addressee, texts, [])
    assert bulletins.changes_since(drawn, DAY) == []
    assert bulletins.unheard(drawn) == ["江南区院"]

    late = Receipt.objects.get(deployment=drawn.deployment, unit__code=LATE)
    said = plead(world.actor("wujiu", at(DAY, 11)), late, Plead(PleaKind.EXCUSE, "casework"))
    decide(zhaoliu, said, accepted=True)
    found = {change.code: change for change in bulletins.changes_since(drawn, DAY)}
    assert (
        found["state"].now == "截至6月25日，12个单位中11个按时反馈，1个有因未办结，已说明并经审定。"
    )
    assert found[f"late-{LATE}"].now == ""
    with pytest.raises(WrongState, match="事实有变化"):
        bulletins.submit(zhaoliu, drawn, drawn.version)

    drawn, unfit = bulletins.renew(zhaoliu, drawn, drawn.version)
    text = text_of(drawn)
    # The demand was rewritten: it is kept, and what it would be now is told.
    assert [change.code for change in unfit] == ["demand"]
    assert "江南区院" not in text
    assert "请各单位抓好收尾。" in text
    assert bulletins.changes_since(drawn, DAY) == []


def test_more_days_over_are_a_change_and_renewing_moves_the_day(
    world: World, drawn: Bulletin
) -> None:
    monday = date(2026, 6, 29)
    later = world.actor("zhaoliu", at(monday))
    assert bulletins.changes_since(drawn, DAY) == []
    found = {change.code: change for change in bulletins.changes_since(drawn, monday)}
    assert found["state"].now == "截至6月29日，12个单位中11个按时反馈，1个逾期3天。"
    with pytest.raises(WrongState, match="先按“更新文字”"):
        bulletins.submit(later, drawn, drawn.version)
    drawn, _ = bulletins.renew(later, drawn, drawn.version)
    assert "逾期3天" in text_of(drawn)
    assert drawn.drawn_on == monday
    assert bulletins.submit(later, drawn, drawn.version).state == BulletinState.SUBMITTED


@pytest.fixture
def early(world: World, sent: Deployment) -> Bulletin:  # noqa: F811
    """Drawn up and handed in two days before the limit, when nothing is late."""
    zhaoliu = world.actor("zhaoliu", at(date(2026, 6, 22)))
    made = bulletins.draw_up(zhaoliu, sent)
    return bulletins.submit(zhaoliu, made, made.version)


def test_a_later_day_alone_is_no_change_for_the_text_says_its_day(
    world: World, early: Bulletin
) -> None:
    text = text_of(early)
    assert "截至6月22日，12个单位中12个在时限内办理。" in text
    assert "截至6月22日，没有逾期事项。" in text
    assert bulletins.changes_since(early, date(2026, 6, 23)) == []
    signed = bulletins.sign(world.actor("yuan", at(date(2026, 6, 23))), early, early.version)
    assert signed.state == BulletinState.PUBLISHED
    assert "截至6月22日，没有逾期事项。" in bulletins.composition(signed).text


def test_a_limit_that_passes_while_it_waits_stops_the_signing(
    world: World, early: Bulletin
) -> None:
    yuan = world.actor("yuan", at(date(2026, 7, 10)))
    with pytest.raises(WrongState, match="送签后事实有变化：请先按“更新文字”"):
        bulletins.sign(yuan, early, early.version)
    # Whoever signs brings it up to date, or it would be a day behind whenever it is read.
    renewed, unfit = bulletins.renew(yuan, early, early.version)
    assert (renewed.state, unfit) == (BulletinState.SUBMITTED, [])
    text = text_of(bulletins.sign(yuan, renewed, renewed.version))
    assert "没有逾期事项" not in text
    assert "截至7月10日，12个单位中12个逾期最长" in text


def test_what_its_author_rewrote_goes_back_to_be_renewed(world: World, drawn: Bulletin) -> None:
    zhaoliu = world.actor("zhaoliu", at(DAY, 10))
    texts = [
        "总体平稳。" if part.code == "state" else part.text for part in bulletins.parts_of(drawn)
    ]
    drawn = bulletins.write(zhaoliu, drawn, drawn.version, drawn.title, drawn.addressee, texts, [])
    drawn = bulletins.submit(zhaoliu, drawn, drawn.version)
    with pytest.raises(Denied):
        bulletins.renew(zhaoliu, drawn, drawn.version)
    with pytest.raises(WrongState, match="请退回拟稿人核对"):
        bulletins.renew(world.actor("yuan", at(date(2026, 6, 29))), drawn, drawn.version)


def test_a_long_name_is_shortened_in_the_title(world: World, sent: Deployment) -> None:  # noqa: F811
    sent.title = "涉企挂案清理" * 20
    sent.save()
    made = bulletins.draw_up(world.actor("zhaoliu", at(DAY)), sent)
    assert len(made.title) == 120
    assert made.title.startswith("关于“涉企挂案清理")
    assert made.title.endswith("…”落实情况的通报")
    exactly = "清" * 109
    assert bulletin_text.titled(exactly, 120) == f"关于“{exactly}”落实情况的通报"


def test_a_part_that_is_too_long_is_refused_not_cut(world: World, drawn: Bulletin) -> None:
    zhaoliu = world.actor("zhaoliu", at(DAY, 10))
    parts = bulletins.parts_of(drawn)
    place = next(at for at, part in enumerate(parts) if part.code == "practice")
    texts = [part.text for part in parts]
    chosen = [bulletins.quotable(zhaoliu, drawn.deployment)[0].pk]
    # Counted with the quotes that are put in, wherever in the text they stand.
    texts[place] = "有" * 1_995 + bulletin_text.NO_PRACTICE
    with pytest.raises(ValidationError) as caught:
        bulletins.write(zhaoliu, drawn, drawn.version, drawn.title, drawn.addressee, texts, chosen)
    assert "或少选几条做法" in caught.value.message_dict[f"part-{place}"][0]
    texts[place] = "有" * 1_970 + bulletin_text.NO_PRACTICE
    drawn = bulletins.write(
        zhaoliu, drawn, drawn.version, drawn.title, drawn.addressee, texts, chosen
    )
    assert "有兴宁区院：已清理七件，督促撤案两件。" in text_of(drawn)
    texts[place] = "本期无。"
    texts[1] += "多" * 2_000
    with pytest.raises(ValidationError) as caught:
        bulletins.write(zhaoliu, drawn, drawn.version, drawn.title, drawn.addressee, texts, [])
    assert "第2段（“6月15日" in caught.value.message_dict["part-1"][0]


def test_a_report_whose_unit_has_gone_can_be_quoted(world: World, drawn: Bulletin) -> None:
    zhaoliu = world.actor("zhaoliu", at(DAY, 10))
    reports = bulletins.quotable(zhaoliu, drawn.deployment)
    heir = world.nanning
    TaskFeedback._default_manager.filter(pk=reports[0].pk).update(unit=heir)
    now = bulletins.quotable(zhaoliu, drawn.deployment)
    assert {report.pk for report in now} == {report.pk for report in reports}


def test_it_goes_back_with_a_reason_that_stays_until_handed_in_again(
    world: World, drawn: Bulletin
) -> None:
    zhaoliu, yuan = world.actor("zhaoliu", at(DAY, 10)), world.actor("yuan", at(DAY, 11))
    drawn = bulletins.submit(zhaoliu, drawn, drawn.version)
    with pytest.raises(WrongState, match="请写明退回原因"):
        bulletins.give_back(yuan, drawn, drawn.version, "")
    with pytest.raises(ValidationError, match="最多200个字符"):
        bulletins.give_back(yuan, drawn, drawn.version, "补" * 201)
    drawn = bulletins.give_back(yuan, drawn, drawn.version, "请补充做法")
    assert (drawn.state, drawn.remark) == (BulletinState.DRAFT, "请补充做法")
    drawn = bulletins.submit(zhaoliu, drawn, drawn.version)
    assert drawn.remark == ""


def test_whoever_handed_it_in_takes_it_back_until_it_is_signed(
    world: World, drawn: Bulletin
) -> None:
    zhaoliu, yuan = world.actor("zhaoliu", at(DAY, 10)), world.actor("yuan", at(DAY, 11))
    with pytest.raises(WrongState):
        bulletins.take_back(zhaoliu, drawn, drawn.version)
    drawn = bulletins.submit(zhaoliu, drawn, drawn.version)
    with pytest.raises(Denied):
        bulletins.take_back(yuan, drawn, drawn.version)
    type(drawn).objects.filter(pk=drawn.pk).update(submitted_by=world.persons["lan"])
    with pytest.raises(WrongState, match="送签人本人"):
        bulletins.take_back(zhaoliu, drawn, drawn.version)
    type(drawn).objects.filter(pk=drawn.pk).update(submitted_by=zhaoliu.person)
    drawn = bulletins.take_back(zhaoliu, drawn, drawn.version)
    assert (drawn.state, drawn.submitted_by) == (BulletinState.DRAFT, None)
    drawn = bulletins.submit(zhaoliu, drawn, drawn.version)
    drawn = bulletins.sign(yuan, drawn, drawn.version)
    with pytest.raises(WrongState, match="已印发"):
        bulletins.take_back(zhaoliu, drawn, drawn.version)


def test_it_is_read_by_the_contacts_of_the_day_of_signing(world: World, drawn: Bulletin) -> None:
    late = Receipt.objects.select_related("contact").get(
        deployment=drawn.deployment, unit__code=LATE
    )
    before = late.contact
    assert before is not None
    role = contact_role(late)
    after = Person.objects.exclude(pk=before.pk).filter(posts__unit=late.unit, left_on=None).first()
    assert after is not None
    Post.objects.filter(person=before, unit=late.unit, role=role).update(person=after)
    zhaoliu, yuan = world.actor("zhaoliu", at(DAY, 10)), world.actor("yuan", at(DAY, 11))
    drawn = bulletins.submit(zhaoliu, drawn, drawn.version)
    drawn = bulletins.sign(yuan, drawn, drawn.version)
    assert drawn.addressees.count() == len(counties(world))
    assert after in drawn.addressees.all()
    assert before not in drawn.addressees.all()


def contact_role(receipt: Receipt) -> str:
    return contacts()[receipt.unit.type][0]


def test_words_that_set_units_against_each_other_are_refused(world: World, drawn: Bulletin) -> None:
    zhaoliu = world.actor("zhaoliu", at(DAY, 10))
    texts = [part.text for part in bulletins.parts_of(drawn)]
    texts[1] += "江南区院排名末位。"
    with pytest.raises(ValidationError) as caught:
        bulletins.write(zhaoliu, drawn, drawn.version, drawn.title, drawn.addressee, texts, [])
    assert "排名" in caught.value.message_dict["part-1"][0]


def test_practice_is_quoted_from_accepted_reports(world: World, drawn: Bulletin) -> None:
    zhaoliu = world.actor("zhaoliu", at(DAY, 10))
    texts = [part.text for part in bulletins.parts_of(drawn)]
    reports = bulletins.quotable(zhaoliu, drawn.deployment)
    assert len(reports) == 11
    chosen = [reports[1].pk, reports[0].pk]
    drawn = bulletins.write(
        zhaoliu, drawn, drawn.version, drawn.title, drawn.addressee, texts, chosen
    )
    assert "兴宁区院：已清理七件，督促撤案两件。青秀区院：" in text_of(drawn)
    texts = [part.text for part in bulletins.parts_of(drawn)]
    drawn = bulletins.write(zhaoliu, drawn, drawn.version, drawn.title, drawn.addressee, texts, [])
    assert bulletin_text.NO_PRACTICE in text_of(drawn)


def test_another_signs_and_only_then_the_units_read_it(world: World, drawn: Bulletin) -> None:
    zhaoliu, yuan = world.actor("zhaoliu", at(DAY, 10)), world.actor("yuan", at(DAY, 11))
    wujiu = world.actor("wujiu", at(DAY, 12))
    rows = type(drawn).objects.filter(deployment=drawn.deployment)
    assert not visible(wujiu, rows, "view").exists()
    drawn = bulletins.submit(zhaoliu, drawn, drawn.version)
    assert not visible(wujiu, rows, "view").exists()
    with pytest.raises((Denied, WrongState)):
        bulletins.sign(zhaoliu, drawn, drawn.version)
    drawn = bulletins.sign(yuan, drawn, drawn.version)
    assert (drawn.state, drawn.signed_by) == (BulletinState.PUBLISHED, yuan.person)
    assert visible(wujiu, rows, "view").get() == drawn
    # What is issued never moves.
    late = Receipt.objects.get(deployment=drawn.deployment, unit__code=LATE)
    said = plead(wujiu, late, Plead(PleaKind.EXCUSE, "casework"))
    decide(zhaoliu, said, accepted=True)
    assert bulletins.changes_since(drawn, DAY) == []
    with pytest.raises(WrongState, match="已印发"):
        bulletins.renew(zhaoliu, drawn, drawn.version)


def test_two_people_write_on_one_draft(world: World, drawn: Bulletin) -> None:
    zhaoliu = world.actor("zhaoliu", at(DAY, 10))
    assert bulletins.draw_up(zhaoliu, drawn.deployment) == drawn
    texts = [part.text for part in bulletins.parts_of(drawn)]
    bulletins.write(zhaoliu, drawn, drawn.version, "通报", drawn.addressee, texts, [])
    with pytest.raises(WrongState, match="别人改过"):
        bulletins.write(zhaoliu, drawn, drawn.version, "通报二", drawn.addressee, texts, [])


def test_it_goes_out_as_an_official_paper(drawn: Bulletin) -> None:
    composed = bulletins.composition(drawn)
    content = docx.write(composed, day=DAY, addressee=drawn.addressee)
    assert content == docx.write(composed, day=DAY, addressee=drawn.addressee)
    assert composed.title == "南宁市人民检察院关于“涉企挂案清理”落实情况的通报"


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__)
def test_the_paper_keeps_to_the_form(
    world: World, drawn: Bulletin, check: Callable[[Paper], None]
) -> None:
    zhaoliu = world.actor("zhaoliu", at(DAY, 10))
    drawn = bulletins.submit(zhaoliu, drawn, drawn.version)
    drawn = bulletins.sign(world.actor("yuan", at(DAY, 11)), drawn, drawn.version)
    day = bulletins.day_of(drawn, date(2026, 12, 31))
    assert day == DAY
    content = docx.write(bulletins.composition(drawn), day=day, addressee=drawn.addressee)
    check(Paper(content, addressee=drawn.addressee))


def test_a_draft_says_on_paper_that_it_is_one(world: World, drawn: Bulletin) -> None:
    zhaoliu = world.actor("zhaoliu", at(DAY, 10))
    assert bulletins.composition(drawn).blocks[0].text == "（草稿，未印发）"
    drawn = bulletins.submit(zhaoliu, drawn, drawn.version)
    drawn = bulletins.sign(world.actor("yuan", at(DAY, 11)), drawn, drawn.version)
    assert "未印发" not in bulletins.composition(drawn).text


def test_what_came_late_is_told_with_its_days(world: World, sent: Deployment) -> None:  # noqa: F811
    day = at(date(2026, 6, 29))
    for receipt in Receipt.objects.filter(deployment=sent):
        reported_on = day if receipt.unit.code == LATE else at(date(2026, 6, 17))
        report(contact(world, receipt, reported_on), receipt, TaskFeedback(text="已清理七件。"))
    facts = bulletin_text.sentences(standing(sent, date(2026, 7, 1)))
    assert facts["state"] == "截至7月1日，12个单位中11个按时反馈，1个迟于时限反馈。"
    late = {code: words for code, words in facts.items() if code.startswith("late-")}
    assert list(late) == [f"late-{LATE}"]
    assert late[f"late-{LATE}"].endswith("等3项迟于时限3天反馈。")
    assert "none-late" not in facts
    assert "逾期" not in facts["demand"]


def test_late_units_stand_in_code_order_and_below_problems_alone(
    world: World,
    sent: Deployment,  # noqa: F811
) -> None:
    facts = bulletin_text.sentences(standing(sent, date(2026, 7, 1)))
    late = [code for code in facts if code.startswith("late-")]
    assert late == sorted(late)
    assert len(late) == 12
    parts = bulletin_text.laid_out(facts, bulletin_text.NO_PRACTICE)
    text = "\n".join(part.text for part in parts)
    above, below = text.split(bulletin_text.HEADINGS["problems"])
    for unit in counties(world):
        assert unit.short in below
        assert unit.short not in above
    assert not [word for word in bulletins.FORBIDDEN if word in text]


def test_a_rewritten_sentence_is_kept_and_a_widened_one_follows() -> None:
    parts = [
        Part("", "h1", "一、总体情况"),
        Part("state", "p", "总体平稳。甲。望继续努力。"),
        Part("task-1", "p", "我改写了。"),
        Part("", "h1", "三、存在问题"),
        Part("late-1", "p", "乙院逾期1天。"),
    ]
    found = [
        Change("state", "甲。", "乙。"),
        Change("task-1", "原句。", "新句。"),
        Change("late-1", "乙院逾期1天。", ""),
        Change("late-2", "", "丙院逾期1天。"),
    ]
    text, unfit = bulletin_text.renewed(parts, found)
    assert [part.text for part in text] == [
        "一、总体情况",
        "总体平稳。乙。望继续努力。",
        "我改写了。",
        "三、存在问题",
        "丙院逾期1天。",
    ]
    assert [change.code for change in unfit] == ["task-1"]


def test_counts_are_of_units_and_add_up(world: World, reported: Deployment) -> None:
    count = tally(standing(reported, DAY))
    parts = (count.in_time, count.late, count.overdue, count.excused, count.open)
    assert sum(parts) == count.units == len(counties(world))
    assert replace(count, longest=0) == Tally(12, 11, 0, 1, 0, 0, 0, unsigned=1)


def test_marks_inside_a_quoted_name_become_single() -> None:
    assert bulletin_text.named("服务民营经济“挂案”清理") == "“服务民营经济‘挂案’清理”"
