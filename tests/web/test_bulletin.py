"""The page of a bulletin: who reads it when, the banner of changed facts, its way to being issued."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from django.urls import reverse

from rongjian.documents.bulletin_models import Bulletin, BulletinState
from rongjian.supervision.answering import Plead, decide, plead, report
from rongjian.supervision.feedback import TaskFeedback
from rongjian.supervision.models import PleaKind, Receipt
from tests.supervision.test_deployments import at, receipt, sent  # noqa: F401  # a fixture
from tests.web.visitors import text_of
from tests.world import TODAY

if TYPE_CHECKING:
    from django.test import Client

    from rongjian.supervision.deployment import Deployment
    from tests.web.visitors import Visit
    from tests.world import World

LATE = "450105"


@pytest.fixture
def drawn(visit: Visit, sent: Deployment) -> Bulletin:  # noqa: F811
    answer = visit("zhaoliu").post(reverse("bulletin-draw", args=[sent.pk]))
    made = Bulletin.objects.get(deployment=sent)
    assert answer.headers["Location"] == reverse("bulletin", args=[made.pk])
    return made


def press(client: Client, bulletin: Bulletin, do: str, **more: str) -> str:
    """Press a button of the page, with the version that is there now."""
    bulletin.refresh_from_db()
    sent_with = {"do": do, "version": str(bulletin.version), **more}
    answer = client.post(reverse("bulletin-act", args=[bulletin.pk]), sent_with, follow=True)
    return text_of(answer)


def page(client: Client, bulletin: Bulletin) -> str:
    return text_of(client.get(reverse("bulletin", args=[bulletin.pk])))


def excuse(world: World, bulletin: Bulletin, code: str = LATE) -> None:
    said = plead(
        world.actor("wujiu", at(TODAY, 10)),
        receipt(bulletin.deployment, code),
        Plead(PleaKind.EXCUSE, "casework"),
    )
    decide(world.actor("zhaoliu", at(TODAY, 11)), said, accepted=True)


def test_a_draft_says_that_it_is_not_issued(visit: Visit, drawn: Bulletin) -> None:
    text = page(visit("zhaoliu"), drawn)
    assert "草稿，未印发" in text
    assert "12个单位中" in text
    assert "还没有说明原因的单位" in text
    assert "送签" in text
    # Each sentence about a unit opens to what it is taken from.
    assert f"?unit={LATE}#opened-{LATE}" in text


def test_drawing_it_again_opens_the_same_draft(visit: Visit, drawn: Bulletin) -> None:
    visit("zhaoliu").post(reverse("bulletin-draw", args=[drawn.deployment_id]))
    assert Bulletin.objects.get(deployment=drawn.deployment) == drawn


def test_units_neither_draw_nor_read_before_it_is_issued(visit: Visit, drawn: Bulletin) -> None:
    wujiu = visit("wujiu")
    assert wujiu.post(reverse("bulletin-draw", args=[drawn.deployment_id])).status_code == 403
    address = reverse("bulletin", args=[drawn.pk])
    word = reverse("bulletin-word", args=[drawn.pk])
    assert [wujiu.get(each).status_code for each in (address, word)] == [404, 404]
    press(visit("zhaoliu"), drawn, "submit")
    assert wujiu.get(address).status_code == 404
    press(visit("yuan"), drawn, "sign")
    text = page(wujiu, drawn)
    assert "已印发" in text
    assert "<textarea" not in text
    assert wujiu.get(word).status_code == 200
    # A procuratorate that it was not sent to reads neither.
    assert visit("qian").get(address).status_code == 404


def test_whoever_drew_it_up_cannot_sign(visit: Visit, drawn: Bulletin) -> None:
    press(visit("zhaoliu"), drawn, "submit")
    text = page(visit("zhaoliu"), drawn)
    assert 'value="sign"' not in text
    address = reverse("bulletin-act", args=[drawn.pk])
    drawn.refresh_from_db()
    refused = visit("zhaoliu").post(address, {"do": "sign", "version": str(drawn.version)})
    assert refused.status_code == 403
    drawn.refresh_from_db()
    assert (drawn.state, drawn.signed_by) == (BulletinState.SUBMITTED, None)


def test_it_goes_back_to_whoever_drew_it_up(visit: Visit, drawn: Bulletin) -> None:
    press(visit("zhaoliu"), drawn, "submit")
    assert "已退回拟稿人" in press(visit("yuan"), drawn, "return", words="请补充做法")
    assert "草稿，未印发" in page(visit("zhaoliu"), drawn)


def test_changed_facts_are_named_and_taken_in_by_one_press(
    visit: Visit, world: World, drawn: Bulletin
) -> None:
    zhaoliu = visit("zhaoliu")
    assert 'data-testid="changes"' not in page(zhaoliu, drawn)
    excuse(world, drawn)
    text = page(zhaoliu, drawn)
    told = re.search(r"事实有变化：(\d+) 处", text)
    assert told
    assert int(told[1]) == text.count("<li><del>") + text.count('<li><span class="quiet">新增')
    assert "12个单位中12个逾期1天" not in re.sub(r"<del>.*?</del>", "", text).split("<textarea")[0]
    after = press(zhaoliu, drawn, "renew")
    assert "已按现在的记录更新文字" in after
    assert 'data-testid="changes"' not in after
    assert "1个有因未办结，已说明并经审定" in after


def test_changed_facts_stop_it_on_its_way(visit: Visit, world: World, drawn: Bulletin) -> None:
    press(visit("zhaoliu"), drawn, "submit")
    excuse(world, drawn)
    assert "送签后事实有变化" in press(visit("yuan"), drawn, "sign")
    drawn.refresh_from_db()
    assert drawn.state == BulletinState.SUBMITTED


def test_an_issued_one_never_moves(visit: Visit, world: World, drawn: Bulletin) -> None:
    press(visit("zhaoliu"), drawn, "submit")
    press(visit("yuan"), drawn, "sign")
    before = list(Bulletin.objects.values_list("parts", "facts", "version"))
    excuse(world, drawn)
    text = press(visit("zhaoliu"), drawn, "renew")
    assert "事实有变化" not in text
    assert list(Bulletin.objects.values_list("parts", "facts", "version")) == before


def test_words_of_comparison_are_refused_and_what_was_typed_is_kept(
    visit: Visit, drawn: Bulletin
) -> None:
    sent_with = {f"part-{place}": part["text"] for place, part in enumerate(drawn.parts)}
    sent_with |= {"title": drawn.title, "addressee": drawn.addressee, "version": "1"}
    sent_with["part-1"] += "江南区院名次靠后。"
    answer = visit("zhaoliu").post(reverse("bulletin", args=[drawn.pk]), sent_with)
    assert answer.status_code == 422
    text = text_of(answer)
    assert "是单位之间的比较" in text
    assert "江南区院名次靠后。" in text
    drawn.refresh_from_db()
    assert drawn.version == 1


def test_the_word_file_of_a_draft_is_named_as_one(visit: Visit, drawn: Bulletin) -> None:
    answer = visit("zhaoliu").get(reverse("bulletin-word", args=[drawn.pk]))
    assert "%E8%8D%89%E7%A8%BF" in answer.headers["Content-Disposition"]
    assert b"".join(answer)[:2] == b"PK"


def test_only_accepted_reports_can_be_quoted(visit: Visit, world: World, drawn: Bulletin) -> None:
    report(
        world.actor("sunqi", at(TODAY, 9)),
        Receipt.objects.get(deployment=drawn.deployment, unit__code="450102"),
        TaskFeedback(text="已建立台账。"),
    )
    assert 'name="chosen"' not in page(visit("zhaoliu"), drawn)
