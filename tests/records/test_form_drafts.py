"""What somebody is typing: kept for them alone, screened, forgotten in time."""

from __future__ import annotations

from datetime import timedelta

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rongjian.kernel.screening import screen
from rongjian.records import form_drafts
from rongjian.records.draft_models import FormDraft
from tests.house import NOW, House

FORM = "/ledger/activity/new"
IDENTITY = "身份证 450103199003070012"


def test_a_draft_is_ones_own_and_one_a_form(house: House) -> None:
    lisi, wangwu = house.actor("lisi"), house.actor("wangwu")
    form_drafts.keep(lisi, FORM, {"topic": ["一"], "link": ["1", "2"]})
    form_drafts.keep(lisi, FORM, {"topic": ["二"]})
    form_drafts.keep(lisi, FORM + "?type=theme_day", {"topic": ["三"]})
    kept = form_drafts.kept(lisi, FORM)
    assert kept is not None
    assert kept.values == {"topic": ["二"]}
    assert FormDraft.objects.count() == 2
    assert form_drafts.kept(wangwu, FORM) is None
    form_drafts.drop(wangwu, FORM)
    assert FormDraft.objects.count() == 2
    form_drafts.drop(lisi, FORM)
    assert form_drafts.kept(lisi, FORM) is None


def test_what_must_not_be_stored_is_not_stored_in_drafts(house: House) -> None:
    typed = {"topic": ["学习"], "gist": [IDENTITY], "decision_what": ["办好", "传达机密★10年文件"]}
    kept, refused = form_drafts.keep(house.actor("lisi"), FORM, typed)
    assert kept.values == {"topic": ["学习"]}
    assert len(refused) == 2
    assert IDENTITY not in "".join(refused)
    stored = FormDraft.objects.get()
    assert "450103" not in str(stored.values)


def test_what_nobody_typed_is_not_kept(house: House) -> None:
    typed = {
        "csrfmiddlewaretoken": ["x"],
        "idempotency": ["y"],
        "then": ["submit"],
        "topic": ["学习"],
    }
    kept, _ = form_drafts.keep(house.actor("lisi"), FORM, typed)
    assert kept.values == {"topic": ["学习"]}


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=40)
@given(
    st.dictionaries(
        st.text(min_size=1, max_size=70),
        st.lists(st.text(max_size=40) | st.just(IDENTITY), max_size=4),
        max_size=8,
    )
)
def test_whatever_is_typed_what_is_kept_is_clean_and_small(
    house: House, typed: dict[str, list[str]]
) -> None:
    kept, _ = form_drafts.keep(house.actor("lisi"), FORM, typed)
    for name, texts in kept.values.items():
        assert len(name) <= 60
        assert not any(screen(text) for text in texts)


def test_a_draft_that_nobody_sends_is_forgotten(house: House) -> None:
    form_drafts.keep(house.actor("lisi"), FORM, {"topic": ["一"]})
    later = house.actor("lisi", NOW + form_drafts.KEPT + timedelta(days=1))
    form_drafts.keep(later, "/ledger/talk/new", {"between": ["members"]})
    assert form_drafts.kept(later, FORM) is None
