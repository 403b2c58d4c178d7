"""The page of a bulletin: who reads it when, the banner of changed facts, its way to being issued."""

from __future__ import annotations

import re
from datetime import date
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
    from django.http import HttpResponseBase
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


def form_of(bulletin: Bulletin, **typed: str) -> dict[str, str]:
    """What the form of the page sends, with something typed into it."""
    parts = {f"part-{place}": part["text"] for place, part in enumerate(bulletin.parts)}
    held = {"title": bulletin.title, "addressee": bulletin.addressee}
    codes = ",".join(part["code"] for part in bulletin.parts)
    return {**parts, **held, "codes": codes, "version": str(bulletin.version), **typed}


def send(client: Client, bulletin: Bulletin, typed: dict[str, str]) -> HttpResponseBase:
    return client.post(reverse("bulletin", args=[bulletin.pk]), typed)


def last_of(bulletin: Bulletin) -> str:
    """The name of the box of the last part, the demands."""
    return f"part-{len(bulletin.parts) - 1}"


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
    text = page(visit("zhaoliu"), drawn)
    assert "草稿，未印发" in text
    assert "退回原因：请补充做法" in text
    press(visit("zhaoliu"), drawn, "submit")
    assert "退回原因" not in page(visit("zhaoliu"), drawn)


def test_it_does_not_go_back_without_a_reason(visit: Visit, drawn: Bulletin) -> None:
    press(visit("zhaoliu"), drawn, "submit")
    assert "请写明退回原因" in press(visit("yuan"), drawn, "return", words=" ")
    drawn.refresh_from_db()
    assert drawn.state == BulletinState.SUBMITTED


def test_whoever_handed_it_in_takes_it_back(visit: Visit, drawn: Bulletin) -> None:
    press(visit("zhaoliu"), drawn, "submit")
    assert 'value="withdraw"' not in page(visit("yuan"), drawn)
    assert 'value="withdraw"' in page(visit("zhaoliu"), drawn)
    text = press(visit("zhaoliu"), drawn, "withdraw")
    assert "已撤回，可以继续修改。" in text
    assert "<textarea" in text


def test_a_day_that_brings_a_limit_is_a_changed_fact(
    visit: Visit, drawn: Bulletin, monkeypatch: pytest.MonkeyPatch
) -> None:
    press(visit("zhaoliu"), drawn, "submit")
    assert 'data-testid="changes"' not in page(visit("yuan"), drawn)
    monkeypatch.setenv("RONGJIAN_NOW", at(date(2026, 6, 30)).isoformat())
    yuan = visit("yuan")
    assert "事实有变化" in page(yuan, drawn)
    assert "送签后事实有变化" in press(yuan, drawn, "sign")
    assert "截至6月30日" in press(yuan, drawn, "renew")
    assert "已签发" in press(yuan, drawn, "sign")


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


@pytest.mark.parametrize("number", ["²", "x", ""])
def test_no_number_is_no_fault_of_the_house(visit: Visit, drawn: Bulletin, number: str) -> None:
    zhaoliu = visit("zhaoliu")
    sent_with = form_of(drawn, version=number, chosen=number)
    assert send(zhaoliu, drawn, sent_with).status_code == 409
    address = reverse("bulletin-act", args=[drawn.pk])
    assert zhaoliu.post(address, {"do": "submit", "version": number}).status_code == 302
    drawn.refresh_from_db()
    assert (drawn.version, drawn.state) == (1, BulletinState.DRAFT)


def test_a_long_name_is_no_fault_of_the_house(visit: Visit, sent: Deployment) -> None:  # noqa: F811
    type(sent)._default_manager.filter(pk=sent.pk).update(title="清理" * 60)
    answer = visit("zhaoliu").post(reverse("bulletin-draw", args=[sent.pk]))
    made = Bulletin.objects.get(deployment=sent)
    assert answer.headers["Location"] == reverse("bulletin", args=[made.pk])


def test_what_cannot_be_drawn_up_is_told(
    visit: Visit,
    sent: Deployment,  # noqa: F811
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("rongjian.documents.bulletin_text.titled", lambda *_: "长" * 121)
    address = reverse("bulletin-draw", args=[sent.pk])
    assert "没有生成：" in text_of(visit("zhaoliu").post(address, follow=True))
    assert not Bulletin.objects.filter(deployment=sent).exists()


def test_what_two_people_write_at_once_is_kept_and_shown(visit: Visit, drawn: Bulletin) -> None:
    zhaoliu, place = visit("zhaoliu"), last_of(drawn)
    mine, theirs = form_of(drawn, **{place: "我写的要求。"}), form_of(drawn, title="他们的标题")
    assert send(zhaoliu, drawn, theirs | {place: "他们的要求。"}).status_code == 302
    answer = send(zhaoliu, drawn, mine)
    assert answer.status_code == 409
    text = text_of(answer)
    assert "通报刚被别人改过" in text
    assert ">我写的要求。</textarea>" in text
    assert "现在保存的是：他们的要求。" in text
    assert "现在保存的标题：他们的标题" in text
    assert text.count("现在保存的是：") == 1
    # Looked at, it is kept over theirs.
    drawn.refresh_from_db()
    assert f'name="version" value="{drawn.version}"' in text
    assert send(zhaoliu, drawn, mine | {"version": str(drawn.version)}).status_code == 302
    drawn.refresh_from_db()
    assert drawn.parts[-1]["text"] == "我写的要求。"


def test_what_was_typed_follows_its_part_when_parts_have_moved(
    visit: Visit, world: World, drawn: Bulletin
) -> None:
    zhaoliu = visit("zhaoliu")
    late = next(at for at, part in enumerate(drawn.parts) if part["code"] == f"late-{LATE}")
    mine = form_of(drawn, **{last_of(drawn): "我写的要求。", f"part-{late}": "我写的江南区院。"})
    excuse(world, drawn)
    press(zhaoliu, drawn, "renew")
    answer = send(zhaoliu, drawn, mine)
    assert answer.status_code == 409
    text = text_of(answer)
    drawn.refresh_from_db()
    assert re.search(rf'name="{last_of(drawn)}"[^>]*>我写的要求。</textarea>', text)
    # Its part has gone: it is shown to be copied.
    told = text.split('data-testid="lost"')[1].split("</section>")[0]
    assert told.count("<li>") == 1
    assert "我写的江南区院。" in told


def test_what_was_typed_is_shown_when_it_was_handed_in_meanwhile(
    visit: Visit, drawn: Bulletin
) -> None:
    mine = form_of(drawn, **{last_of(drawn): "我写的要求。"})
    press(visit("zhaoliu"), drawn, "submit")
    answer = send(visit("zhaoliu"), drawn, mine)
    assert answer.status_code == 409
    text = text_of(answer)
    assert "<textarea" not in text
    assert "我写的要求。" in text.split('data-testid="lost"')[1].split("</section>")[0]


def test_handing_in_keeps_what_was_typed_first(visit: Visit, drawn: Bulletin) -> None:
    zhaoliu = visit("zhaoliu")
    text = page(zhaoliu, drawn)
    # The first button of a form is what the Enter key presses: it keeps, and does nothing else.
    buttons = re.findall(r'<button[^>]*form="bulletin-form"[^>]*>', text)
    assert [' name="do"' in button for button in buttons] == [False, True]
    typed = form_of(drawn, do="submit", **{last_of(drawn): "我写的要求。"})
    assert send(zhaoliu, drawn, typed).status_code == 302
    drawn.refresh_from_db()
    assert (drawn.state, drawn.parts[-1]["text"]) == (BulletinState.SUBMITTED, "我写的要求。")


def test_bringing_it_up_to_date_keeps_what_was_typed_first(
    visit: Visit, world: World, drawn: Bulletin
) -> None:
    excuse(world, drawn)
    zhaoliu = visit("zhaoliu")
    assert re.search(r'form="bulletin-form" name="do" value="renew"', page(zhaoliu, drawn))
    typed = form_of(drawn, do="renew", **{last_of(drawn): "我写的要求。"})
    assert send(zhaoliu, drawn, typed).status_code == 302
    drawn.refresh_from_db()
    text = "".join(part["text"] for part in drawn.parts)
    assert "我写的要求。" in text
    assert "已说明并经审定" in text


def test_what_is_not_handed_in_is_not_kept_by_half(
    visit: Visit, world: World, drawn: Bulletin
) -> None:
    zhaoliu, place = visit("zhaoliu"), last_of(drawn)
    refused = send(zhaoliu, drawn, form_of(drawn, do="submit", **{place: "江南区院垫底。"}))
    assert refused.status_code == 422
    excuse(world, drawn)
    answer = send(zhaoliu, drawn, form_of(drawn, do="submit", **{place: "我写的要求。"}))
    assert answer.status_code == 409
    text = text_of(answer)
    assert "请先按“更新文字”" in text
    assert ">我写的要求。</textarea>" in text
    assert "现在保存的是" not in text
    before = drawn.parts
    drawn.refresh_from_db()
    assert (drawn.version, drawn.state, drawn.parts) == (1, BulletinState.DRAFT, before)


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
