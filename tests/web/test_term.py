"""换届登记: the page registers a term, keeps what was typed, and the reminder is gone."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.urls import reverse

from rongjian.ops.demo.cast import EXPIRING
from rongjian.org.models import Term
from tests.web.visitors import text_of

if TYPE_CHECKING:
    from tests.web.visitors import Visit

WHERE = f"/org/term?unit={EXPIRING}"


def test_an_election_is_registered_and_the_reminder_goes(visit: Visit) -> None:
    client = visit("weiw")
    page = client.get(WHERE).context["page"]
    assert [term.number for term in page.terms][:1] == [4]
    sent = {
        "do": "elect",
        "idempotency": page.key,
        "began_on": "2026-06-20",
        "expires_on": "",
        "basis": "机党批〔2026〕9号",
    }
    for _ in range(2):
        answer = client.post(WHERE, sent)
        assert answer["Location"] == f"/org/twin?court=450100#u-{EXPIRING}"
    term = Term.objects.get(unit__code=EXPIRING, number=5)
    assert str(term.expires_on) == "2029-06-19"
    found = client.get(reverse("twin")).context["page"]
    assert [row.gap.rule.code for row in found.gaps] == ["ORG-02", "TMP-03"]


def test_what_is_wrong_stands_at_its_field_and_nothing_is_lost(visit: Visit) -> None:
    client = visit("weiw")
    sent = {"do": "elect", "began_on": "2026-06-26", "expires_on": "2026-06-20", "basis": "某号"}
    answer = client.post(WHERE, sent)
    assert answer.status_code == 422
    text = text_of(answer)
    assert "选举日期在今天之后，选举结束后再登记" in text
    assert "届满日期应在选举日期之后" in text
    assert 'value="某号"' in text
    assert not Term.objects.filter(unit__code=EXPIRING, number=5).exists()


def test_an_extension_is_registered_beside_it(visit: Visit) -> None:
    client = visit("weiw")
    late = {"do": "extend", "until": "2027-08-15", "basis": "自机党批〔2026〕3号"}
    answer = client.post(WHERE, late)
    assert answer.status_code == 422
    assert "最晚到 2027-08-14" in text_of(answer)
    assert client.post(WHERE, late | {"until": "2027-08-14"}).status_code == 302
    term = Term.objects.get(unit__code=EXPIRING, number=4)
    assert str(term.extended_to) == "2027-08-14"


def test_units_without_terms_and_strangers_to_them(visit: Visit) -> None:
    client = visit("weiw")
    assert client.get("/org/term", {"unit": "450100-D11"}).status_code == 404
    assert client.get("/org/term", {"unit": "nothing"}).status_code == 404
    assert client.get("/org/term", {"unit": "450200-P01"}).status_code == 403
    assert visit("gong").get("/org/term", {"unit": "450200-P01"}).status_code == 200
