"""Who is shown what of a deployment and may judge it: merged units, voided wholes, instructions, steps."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from rongjian.org.access import actor_of
from rongjian.org.models import Post, PostState, Unit
from rongjian.records.actions import move
from rongjian.supervision.answering import Told, counts, remind, report
from rongjian.supervision.dispatching import Planned, dispatch, lay_out
from rongjian.supervision.models import Deployment, Receipt, TaskFeedback
from tests.web.test_supervise import page_of, receipt
from tests.web.visitors import text_of
from tests.world import NOW

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tests.web.visitors import Visit
    from tests.world import World

LIMIT = date(2026, 6, 30)
COUNTIES = ("450102", "450103", "450105", "450107", "450108", "450109")


def sent_to(world: World, codes: Sequence[str]) -> Deployment:
    """A deployment of two tasks, one with a figure, led by a department; sent to some counties."""
    zhaoliu = world.actor("zhaoliu")
    draft = Deployment(
        title="涉企挂案清理",
        unit=world.nanning,
        happened_on=zhaoliu.today,
        due_on=LIMIT,
        leading=world.units["450100-D11"],
    )
    tasks = [Planned("应撤尽撤", LIMIT, ledger="stalled-case"), Planned("建章立制", LIMIT)]
    lay_out(zhaoliu, draft, tasks)
    dispatch(zhaoliu, draft, [world.units[code] for code in codes])
    return draft


def reported(sent: Deployment, code: str, tasks: str = "") -> TaskFeedback:
    """What the contact of a unit reports, with the figures of its ledger."""
    held = receipt(sent, code)
    assert held.contact is not None
    actor = actor_of(held.contact, NOW)
    told = [Told(count.task, count.drawn) for count in counts(actor, held)]
    return report(actor, held, TaskFeedback(text="已清理。", tasks=tasks), told)


def held_by(world: World, account: str, role: str, unit: Unit) -> None:
    """Another post of somebody of the cast."""
    Post.objects.create(
        person=world.persons[account],
        unit=unit,
        role=role,
        valid_from=date(2026, 1, 1),
        state=PostState.APPROVED,
    )


def test_what_a_unit_reported_before_it_ended_is_judged(world: World, visit: Visit) -> None:
    sent = sent_to(world, ["450102", "450105"])
    done = reported(sent, "450102")
    old, heir = world.units["450102"], world.units["450103"]
    Receipt.pass_to_heir(old, heir, NOW.date())
    Unit.objects.filter(pk=old.pk).update(dissolved_on=NOW.date())
    page = page_of(visit("lan"), sent, "?unit=450103")
    assert [each.report for each in page.reviews] == [done]
    # The heir stands where it stood, with what it had reported.
    assert [row.report for row in page.units] == [done, None]
    assert [list(each.reports) for each in page.opened] == [[done]]
    address = reverse("supervise-feedback", args=[done.pk])
    assert visit("lan").get(address).status_code == 200
    assert visit("lan").post(address, {"do": "accept"}).status_code == 302
    done.refresh_from_db()
    assert done.state == "accepted"


def test_what_was_reported_is_read_after_the_whole_is_voided(world: World, visit: Visit) -> None:
    sent = sent_to(world, ["450102"])
    done = reported(sent, "450102")
    move(world.actor("zhaoliu"), sent, "void", detail="另行部署")
    address = reverse("supervise-feedback", args=[done.pk])
    for account in ("zhaoliu", "lan", "sunqi"):
        answer = visit(account).get(address)
        assert answer.status_code == 200, account
        assert answer.context["page"].moves == ()
        assert "这项督办已作废，反馈仍保留" in text_of(answer)
        assert reverse("supervise-one", args=[sent.pk]) not in text_of(answer)
    assert visit("lan").post(address, {"do": "accept"}).status_code == 404
    assert visit("wujiu").get(address).status_code == 404


def test_the_leader_of_the_unit_is_offered_no_word_on_its_report(
    world: World, visit: Visit
) -> None:
    sent = sent_to(world, ["450102"])
    done = reported(sent, "450102")
    held_by(world, "zhouba", "chief", world.units["450102"])
    page = page_of(visit("zhouba"), sent)
    assert [row.report for row in (each.row for each in page.opened)] == [done]
    assert page.reviews == ()
    address = reverse("supervise-feedback", args=[done.pk])
    assert visit("zhouba").get(address).context["page"].moves == ()
    assert [each.report for each in page_of(visit("lan"), sent).reviews] == [done]
    Deployment.objects.filter(pk=sent.pk).update(state="closed")
    assert page_of(visit("lan"), sent).reviews == ()
    assert visit("lan").get(address).context["page"].moves == ()


def test_an_instruction_is_read_by_the_unit_that_it_names(world: World, visit: Visit) -> None:
    sent = sent_to(world, ["450102", "450105"])
    act = reverse("supervise-act", args=[sent.pk])
    words = "请江南区院说明情况"
    told = text_of(visit("yuan").post(act, {"do": "instruct", "words": words}, follow=True))
    assert "批示写明名称的单位也能看到" in told
    pages = [reverse(name, args=[sent.pk]) for name in ("supervise-one", "supervise-print")]
    for account in ("yuan", "zhaoliu", "lan", "jian", "wujiu"):
        for address in pages:
            assert words in text_of(visit(account).get(address)), (account, address)
    for address in pages:
        assert words not in text_of(visit("sunqi").get(address))


def test_a_step_that_asks_for_words_is_not_taken_without(world: World, visit: Visit) -> None:
    sent = sent_to(world, ["450102"])
    client, act = visit("zhaoliu"), reverse("supervise-act", args=[sent.pk])
    answer = client.post(act, {"do": "void", "words": " "}, follow=True)
    assert "请写明“作废”的原因" in text_of(answer)
    # What was written and is refused comes back in its field.
    refused = "误发，见 11010519491231002X"
    answer = client.post(act, {"do": "void", "words": refused})
    assert answer.status_code == 422
    assert f'value="{refused}"' in text_of(answer)
    sent.refresh_from_db()
    assert sent.state == "issued"
    answer = client.post(act, {"do": "void", "words": "误发"})
    assert answer["Location"] == reverse("supervise")


def test_reopening_says_what_follows(world: World, visit: Visit) -> None:
    sent = sent_to(world, ["450102"])
    done, zhaoliu = reported(sent, "450102"), world.actor("zhaoliu")
    move(zhaoliu, done, "accept")
    sent.refresh_from_db()
    move(zhaoliu, sent, "close")
    client = visit("zhaoliu")
    text = text_of(client.get(reverse("supervise-one", args=[sent.pk])))
    assert "请在需要重办的反馈上逐份“重新办理”" in text
    act = reverse("supervise-act", args=[sent.pk])
    answer = client.post(act, {"do": "reopen"}, follow=True)
    assert "请写明“重新办理”的原因" in text_of(answer)
    client.post(act, {"do": "reopen", "words": "有反弹"})
    # Nothing can be reported before that, and everything after.
    assert not page_of(client, sent).units[0].open
    again = reverse("supervise-feedback", args=[done.pk])
    assert client.post(again, {"do": "reopen", "words": "有反弹"}).status_code == 302
    assert page_of(client, sent).units[0].open


@pytest.mark.parametrize("of", ["reminders", "reports"])
def test_the_page_asks_no_more_for_more_units(world: World, visit: Visit, of: str) -> None:
    sent, client = sent_to(world, COUNTIES), visit("zhaoliu")

    def asked_with(codes: Sequence[str]) -> int:
        for code in codes:
            if of == "reminders":
                remind(world.actor("zhaoliu"), receipt(sent, code))
            else:
                reported(sent, code)
        page_of(client, sent)
        with CaptureQueriesContext(connection) as queries:
            page = page_of(client, sent)
        if of == "reminders":
            assert [bool(row.reminded) for row in page.units].count(True) >= len(codes)
        else:
            assert all(each.figures for each in page.reviews)
            assert len(page.reviews) >= len(codes)
        return len(queries)

    assert asked_with(COUNTIES[:1]) == asked_with(COUNTIES[1:])
