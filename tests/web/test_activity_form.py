"""Recording an activity on the page: prefilled, drafts, parts, result, minutes, links."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

import pytest
from django.urls import reverse

from rongjian.ledgers.absence import Absence
from rongjian.ledgers.activity import Activity
from rongjian.ledgers.agenda import AgendaItem
from rongjian.ledgers.decision import MeetingDecision
from rongjian.ledgers.task_force import TaskForce
from rongjian.log.models import Event
from rongjian.records.actions import save
from rongjian.records.draft_models import FormDraft
from rongjian.records.models import Due, Link, NoLink
from tests.web.visitors import text_of

if TYPE_CHECKING:
    from tests.web.visitors import Visit
    from tests.world import World

NEW = "/ledger/activity/new"
DRAFT = "/ledger/activity/draft"
IDENTITY = "身份证 450103199003070012"


@pytest.fixture
def sent(world: World) -> dict[str, Any]:
    """A theme day of the cast's branch as the form sends it."""
    return {
        "unit": world.units["450100-P02"].pk,
        "type": "theme_day",
        "happened_on": "2026-06-25",
        "starts_at": "15:00",
        "topic": "研究涉黑案件取证引导",
        "named": "1",
    }


@pytest.fixture
def force(world: World) -> TaskForce:
    """The setting up of the task force that 李四 is in."""
    return TaskForce._default_manager.get(task_force__code="450100-T901")


@pytest.fixture
def asked(world: World) -> Due:
    """Something that asks the branch for an activity today."""
    day, unit = date(2026, 6, 25), world.units["450100-P02"]
    return Due.objects.create(
        origin="asked:1", unit=unit, kind="activity", opens_on=day, due_on=day, reason="专题研究"
    )


def test_a_new_form_has_what_the_last_one_had_and_the_time_of_now(visit: Visit) -> None:
    page = visit("lisi").get(NEW, {"type": "theme_day"}).context["page"]
    initial = page.form.initial
    assert initial["place"] == "307会议室"
    assert page.carried_words == "地点 307会议室，主持 王五，记录 李四"
    assert page.from_last
    assert initial["starts_at"].strftime("%H:%M") == "15:00"
    assert "mode" not in initial
    held = page.attending.held
    assert (held.expected, held.present, page.attending.quorate) == (17, 17, True)
    assert not any(word in text_of(visit("lisi").get(NEW)) for word in ("签到", "打卡", "照片"))


def test_the_form_says_what_of_the_calendar_it_answers(visit: Visit) -> None:
    def met(account: str, **chosen: str) -> list[tuple[str, str]]:
        page = visit(account).get(NEW, chosen).context["page"]
        return [(due.rule.code, due.window.label) for due in page.dues]

    assert ("LIFE-05", "6月") in met("lisi", type="theme_day")
    assert ("LIFE-05", "3月") in met("lisi", type="theme_day", happened_on="2026-03-31")
    assert met("lisi", type="discipline") == []
    assert met("lisi", type="theme_day", happened_on="2026-02-30") == []


def test_the_form_asks_for_at_most_six_things(visit: Visit) -> None:
    page = visit("lisi").get(NEW).context["page"]
    # Type, date, time and topic; the unit where there are several.
    assert len(page.asked) + 1 <= 6


def test_everything_is_saved_at_once_and_the_result_says_what_followed(
    world: World, visit: Visit, sent: dict[str, Any], force: TaskForce, asked: Due
) -> None:
    client = visit("lisi")
    people = client.get(NEW, {"type": "theme_day"}).context["page"].attending.people
    parts = {
        "absent_person": [people[3].pk],
        "link": [force.pk],
        "decision_what": ["提前介入取证", ""],
        "decision_owner": [people[0].pk, ""],
        "decision_due": ["2026-06-30", ""],
        "agenda_kind": ["study", "vote"],
        "agenda_title": ["学习讲话", "通过事项"],
        "agenda_document": ["", ""],
        "agenda_in_favour": ["", "10"],
        "agenda_against": ["", "0"],
        "agenda_abstained": ["", ""],
    }
    voters = sum(each.votes for each in people) - people[3].votes
    parts["agenda_abstained"] = ["", str(voters - 10)]
    answer = client.post(NEW, sent | parts | {"then": "submit", "idempotency": "a"})
    saved = Activity.objects.get(topic=sent["topic"])
    assert answer["Location"] == reverse("record-saved", args=["activity", saved.pk])
    assert (saved.expected, saved.absent, saved.state) == (17, 1, "submitted")
    assert saved.task_force == force.task_force
    assert saved.mode == "supervision"
    assert Absence.objects.get(activity=saved).person_id == people[3].pk
    assert AgendaItem.objects.filter(activity=saved).count() == 2
    decision = MeetingDecision.objects.get(links__target=saved)
    page = client.get(answer["Location"]).context["page"]
    kinds = {each.what for each in page.updated}
    assert kinds >= {"应办事项", "专班台账", "业务链接", "议定事项", "指标"}
    assert "专班台账 1 条" in page.summary
    twice = client.post(NEW, sent | parts | {"then": "submit", "idempotency": "a"})
    assert twice["Location"] == answer["Location"]
    assert MeetingDecision.objects.filter(links__target=saved).get() == decision


def test_the_minutes_hold_what_the_paper_needs_and_names_only_for_some(
    world: World, visit: Visit, sent: dict[str, Any]
) -> None:
    client = visit("lisi")
    people = client.get(NEW, {"type": "theme_day"}).context["page"].attending.people
    client.post(NEW, sent | {"absent_person": [people[3].pk], "then": "submit"})
    saved = Activity.objects.get(topic=sent["topic"])
    address = reverse("activity-minutes", args=[saved.pk])
    paper = text_of(client.get(address))
    for words in (sent["topic"], "应到 17 人，实到 16 人，缺席 1 人", f"缺席：{people[3].name}"):
        assert words in paper
    # Members of the branch read their own; of the others, what is confirmed.
    assert visit("qian").get(address).status_code == 404
    Activity._default_manager.filter(pk=saved.pk).update(state="approved")
    others = text_of(visit("qian").get(address))
    assert sent["topic"] in others
    assert people[3].name not in others
    assert "缺席人员由支部书记、组织委员和机关党委查看" in others
    above = visit("zhengshi").get(address)
    assert above.status_code == 404


def test_faults_of_every_part_are_told_together_and_nothing_typed_is_lost(
    visit: Visit, sent: dict[str, Any]
) -> None:
    wrong = sent | {
        "decision_what": ["办好"],
        "decision_due": ["下周"],
        "agenda_title": ["通过"],
        "agenda_in_favour": ["许多"],
        "absent_person": [],
    }
    answer = visit("lisi").post(NEW, wrong)
    assert answer.status_code == 422
    page = answer.context["page"]
    said = [words for _, _, words in page.faults]
    assert any("时限“下周”无法识别" in words for words in said)
    assert any("票数应为整数" in words for words in said)
    assert page.decisions[0].due == "下周"
    assert page.agenda[0].in_favour == "许多"
    assert not Activity.objects.filter(topic=sent["topic"]).exists()


def test_the_roster_follows_type_unit_and_day(world: World, visit: Visit) -> None:
    query: dict[str, Any] = {"type": "committee_meeting", "unit": world.units["450100-P02"].pk}
    committee = visit("lisi").get(NEW, query).context["page"].attending
    assert 3 <= committee.held.expected <= 7
    long_ago = visit("lisi").get(NEW, query | {"happened_on": "2011-01-01"}).context["page"]
    assert not long_ago.attending.people
    counted = text_of(visit("weiw").get(NEW, {"type": "leading_group", "unit": "450100-L"}))
    assert "应到、缺席人数" in counted


# --- drafts ----------------------------------------------------------------------------------------


def test_a_draft_survives_and_ends_with_saving(visit: Visit, sent: dict[str, Any]) -> None:
    client, address = visit("lisi"), f"{NEW}?type=theme_day"
    said = client.post(DRAFT, sent | {"address": address, "link": ["7"]})
    assert said.content.decode() == "已自动保存 15:00"
    page = client.get(address).context["page"]
    assert page.form["topic"].value() == sent["topic"]
    assert page.kept.values["link"] == ["7"]
    assert "已恢复 15:00 自动保存的内容" in text_of(client.get(address))
    assert visit("wangwu").get(address).context["page"].kept is None
    assert client.post(address, sent).status_code == 302
    assert not FormDraft.objects.exists()


def test_a_draft_of_a_change_does_not_pass_over_what_others_changed(
    world: World, visit: Visit, sent: dict[str, Any]
) -> None:
    client = visit("lisi")
    client.post(NEW, sent)
    saved = Activity.objects.get(topic=sent["topic"])
    address = reverse("activity-edit", args=[saved.pk])
    typed = sent | {"topic": "我改的", "version": str(saved.version), "address": address}
    client.post(DRAFT, typed)
    saved.topic = "书记改的"
    save(world.actor("wangwu"), saved)
    page = client.get(address).context["page"]
    assert page.form["topic"].value() == "我改的"
    mine = sent | {"topic": "我改的", "version": str(page.version)}
    assert client.post(address, mine).status_code == 409


def test_a_draft_can_be_thrown_away(visit: Visit, sent: dict[str, Any]) -> None:
    client = visit("lisi")
    client.post(DRAFT, sent | {"address": NEW})
    answer = client.post(DRAFT, {"address": NEW, "drop": "1"})
    assert answer["Location"] == NEW
    assert not FormDraft.objects.exists()
    assert client.post(DRAFT, {"address": "//elsewhere.example/", "drop": "1"}).status_code == 400


def test_a_draft_says_what_it_does_not_keep(visit: Visit, sent: dict[str, Any]) -> None:
    answer = visit("lisi").post(DRAFT, sent | {"address": NEW, "gist": IDENTITY})
    text = answer.content.decode()
    assert "其中一处没有保存：有居民身份证号码" in text
    assert "450103199003070012" not in str(FormDraft.objects.get().values)


# --- links -------------------------------------------------------------------------------------------


def test_every_ledger_s_form_offers_links(world: World, visit: Visit) -> None:
    page = visit("wangwu").get("/ledger/hard-problem/new").context["page"]
    assert page.links is not None
    assert not page.links.asked
    assert visit("lisi").get(NEW).context["page"].links.asked


def test_a_word_that_finds_one_links_it_and_several_are_asked_about(
    visit: Visit, sent: dict[str, Any], force: TaskForce
) -> None:
    client = visit("lisi")
    for wanted, fault in (("没有这样的", "没有找到"), ("专班", "请勾选其中的一条")):
        answer = client.post(NEW, sent | {"link_find": wanted})
        if answer.status_code == 422:
            assert any(fault in words for _, _, words in answer.context["page"].faults)
    answer = client.post(NEW, sent | {"topic": "一条就够", "link_find": force.name})
    assert answer.status_code == 302
    assert Link.objects.filter(source__activity__topic="一条就够", target=force).exists()
    found = text_of(client.get("/ledger/activity/find", {"link_find": force.name}))
    assert f'value="{force.pk}"' in found


def test_what_is_not_visible_is_neither_found_nor_linked(
    world: World, visit: Visit, sent: dict[str, Any]
) -> None:
    foreign = TaskForce._default_manager.exclude(court=world.nanning).order_by("pk")[0]
    client = visit("lisi")
    found = text_of(client.get("/ledger/activity/find", {"link_find": foreign.name}))
    assert f'value="{foreign.pk}"' not in found
    client.post(NEW, sent | {"link": [foreign.pk]})
    assert not Link.objects.filter(target=foreign, source__kind="activity").exists()


def test_a_missing_link_is_mended_on_the_record(
    world: World, visit: Visit, sent: dict[str, Any], force: TaskForce
) -> None:
    client = visit("lisi")
    client.post(NEW, sent)
    saved = Activity.objects.get(topic=sent["topic"])
    record = reverse("record", args=["activity", saved.pk])
    assert client.get(record).context["page"].missing is not None
    bond = client.get("/").context["page"].bond
    assert saved.pk in [each.pk for each in bond.open]
    mend = reverse("record-link", args=["activity", saved.pk])
    assert "请勾选要关联的记录" in text_of(client.post(mend, {}, follow=True))
    assert "请用一句话说明" in text_of(client.post(mend, {"no_link": "other"}, follow=True))
    client.post(mend, {"no_link": "other", "no_link_words": "慰问"})
    assert NoLink.objects.get(record=saved.pk).words == "慰问"
    page = client.get(record).context["page"]
    assert (page.missing, page.no_link) == (None, "其他：慰问")
    client.post(mend, {"link": [force.pk]})
    assert not NoLink.objects.filter(record=saved.pk).exists()
    assert Event.objects.filter(verb="link", record_id=saved.pk).exists()
    # Whoever may read but not write is offered nothing.
    assert visit("weiw").post(mend, {"link": [force.pk]}).status_code in (302, 403)


def test_the_record_page_shows_the_chain(visit: Visit, sent: dict[str, Any], force: Any) -> None:
    client = visit("wangwu")
    client.post(NEW, sent | {"link": [force.pk], "decision_what": ["办好"]})
    saved = Activity.objects.get(topic=sent["topic"])
    page = client.get(reverse("record", args=["activity", saved.pk])).context["page"]
    assert {step.record.kind for step in page.chain.after} == {"task-force", "decision"}
    assert [step.about for step in page.chain.after if step.record.kind == "decision"] == ["办好"]
    assert 'id="chain"' in text_of(client.get(reverse("record", args=["activity", saved.pk])))


def test_changing_keeps_what_was_and_adds(world: World, visit: Visit, sent: dict[str, Any]) -> None:
    client = visit("lisi")
    client.post(NEW, sent | {"decision_what": ["第一件"]})
    saved = Activity.objects.get(topic=sent["topic"])
    address = reverse("activity-edit", args=[saved.pk])
    page = client.get(address).context["page"]
    assert [each.what for each in page.decided] == ["第一件"]
    assert page.form["starts_at"].value().strftime("%H:%M") == "15:00"
    answer = client.post(
        address,
        sent | {"topic": "改过的主题", "version": page.version, "decision_what": ["第二件"]},
    )
    assert answer["Location"] == reverse("record", args=["activity", saved.pk])
    decided = MeetingDecision.objects.filter(links__target=saved)
    assert [each.what for each in decided.order_by("pk")] == ["第一件", "第二件"]
    assert visit("qian").get(address).status_code == 404
