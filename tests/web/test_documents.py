"""Documents on pages: the paper, the margin, freezing, and the way out as Word."""

from __future__ import annotations

import io
import re
from typing import TYPE_CHECKING

import docx
from django.urls import reverse

from rongjian.documents.models import Document
from rongjian.ledgers.handled_person import HandledPerson
from rongjian.records.actions import move
from tests.web.visitors import text_of

if TYPE_CHECKING:
    from django.test import Client

    from tests.web.visitors import Visit
    from tests.world import World


def report() -> Document:
    return Document.objects.get(frozen_at__isnull=False)


def draw_up(client: Client, **sent: str) -> Document:
    answer = client.post(reverse("document-new"), {"unit": "450000", "idempotency": "once", **sent})
    assert answer.status_code == 302
    return Document.objects.get(pk=int(answer["Location"].strip("/").split("/")[-1]))


def test_figures_are_links_that_say_what_they_are(visit: Visit) -> None:
    text = text_of(visit("zhengshi").get(reverse("document", args=[report().pk])))
    assert 'aria-label="起诉涉黑涉恶犯罪嫌疑人 1591 人，可查看记录"' in text
    assert 'title="口径 v1 · 截至 2020-12-31 已冻结"' in text
    assert ">35亿余元</a>" in text
    assert "引文 · " in text
    assert "看 1,591 条记录" in text


def test_the_paper_runs_without_gaps_around_its_figures(visit: Visit) -> None:
    answer = visit("zhengshi").get(reverse("document", args=[report().pk]))
    composition = answer.context["page"].composition
    text = text_of(answer)
    for block in composition.blocks:
        assert block.text.startswith(block.runs[0].text)
    assert "人，提起公诉<a" in text
    assert "</a>人" in text


def test_a_reader_without_the_right_gets_plain_text(visit: Visit) -> None:
    answer = visit("lisi").get(reverse("document", args=[report().pk]))
    text = text_of(answer)
    assert re.search(r"提起公诉<span [^>]*>1591</span>人", text)
    assert 'data-trace="prosecuted-gang"' not in text


def test_drawing_up_twice_with_one_form_makes_one_document(visit: Visit) -> None:
    client = visit("zhengshi")
    first = draw_up(client)
    assert draw_up(client) == first
    assert first.periods["gang"] == "2018-01..2020-12"


def test_periods_can_be_changed_and_faults_are_said(visit: Visit) -> None:
    client = visit("zhengshi")
    made = draw_up(client, **{"gang-first": "2019-01", "gang-last": "2019-12"})
    assert made.periods["gang"] == "2019"
    wrong = {"unit": "450000", "gang-first": "2020-12", "gang-last": "2019-01"}
    answer = client.post(reverse("document-new"), wrong)
    assert answer.status_code == 422
    assert "期间的起止颠倒" in text_of(answer)
    assert Document.objects.count() == 2


def test_freezing_fixes_the_figures_and_says_so(world: World, visit: Visit) -> None:
    client = visit("zhengshi")
    made = draw_up(client)
    address = reverse("document", args=[made.pk])
    assert client.get(address).context["page"].freezable
    answer = client.post(reverse("document-freeze", args=[made.pk]), follow=True)
    assert "已冻结" in text_of(answer)
    assert not client.get(address).context["page"].freezable
    again = client.post(reverse("document-freeze", args=[made.pk]), follow=True)
    assert "这份文稿已经冻结。" in text_of(again)


def test_a_document_cannot_be_frozen_over_records_that_have_moved(
    world: World, visit: Visit
) -> None:
    client = visit("zhengshi")
    made = draw_up(client)
    rows = HandledPerson.objects.filter(court=world.region, decision="prosecuted", campaign="gang")
    move(world.actor("zhengshi"), rows[0], "void", detail="误录")
    answer = client.post(reverse("document-freeze", args=[made.pk]), follow=True)
    assert "不能冻结" in text_of(answer)
    changed = client.get(reverse("document", args=[made.pk])).context["page"].composition.changes
    assert [figure.indicator for figure in changed] == ["prosecuted-gang"]


def test_the_word_file_holds_the_text(visit: Visit) -> None:
    made = report()
    answer = visit("zhengshi").get(reverse("document-word", args=[made.pk]))
    assert "attachment" in answer["Content-Disposition"]
    paragraphs = [each.text for each in docx.Document(io.BytesIO(answer.content)).paragraphs]
    assert any("提起公诉1591人" in text for text in paragraphs)


def test_the_list_masks_who_wrote_in_another_house(visit: Visit) -> None:
    own = visit("zhengshi").get(reverse("documents")).context["page"].rows[0]
    other = visit("lisi").get(reverse("documents")).context["page"].rows[0]
    assert own.author == report().author.name
    assert other.author == report().author.masked
