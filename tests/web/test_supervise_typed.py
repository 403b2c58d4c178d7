"""What is typed into 督办's forms and addresses: days, figures, ticks, filters; nothing is a broken page."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from django.urls import reverse

from rongjian.records.actions import move
from rongjian.supervision.models import Deployment, Plea, TaskFeedback
from tests.web.test_supervise import NEW, TEXT, split, tasks_of
from tests.web.test_supervise_review import held_by, reported, sent_to
from tests.web.visitors import text_of

if TYPE_CHECKING:
    from tests.web.visitors import Visit
    from tests.world import World


def test_a_day_that_is_none_is_told_at_its_task(world: World, visit: Visit) -> None:
    client = visit("zhaoliu")
    form: dict[str, Any] = {**tasks_of(split(client, TEXT).context["page"])}
    form |= {"do": "units", "title": "清理", "due_on": "2026-06-30", "text": TEXT}
    for day in ("2026-02-30", "下周"):
        answer = client.post(NEW, form | {"task-due": ["", "", "", day]})
        assert answer.status_code == 422
        assert f"第 4 项任务“建章立制”：时限“{day}”读不懂，请写成 2026-06-30" in text_of(answer)
        assert answer.context["page"].rows[3].due == day
    assert not Deployment.objects.filter(title="清理").exists()
    client.post(NEW, form | {"task-due": ["", "", "", "2026-6-29"]})
    [*_, last] = Deployment.objects.get(title="清理").tasks.all()
    assert last.due_on.isoformat() == "2026-06-29"


def test_an_extension_to_a_day_that_is_none_is_refused(world: World, visit: Visit) -> None:
    sent = sent_to(world, ["450105"])
    address = reverse("supervise-plea", args=[sent.pk, "450105"])
    said = {"kind": "extension", "reason": "casework", "until": "2026-02-30"}
    answer = visit("wujiu").post(address, said)
    assert answer.status_code == 422
    assert "延期日期“2026-02-30”读不懂，请写成 2026-06-30" in text_of(answer)
    assert not Plea.objects.filter(receipt__deployment=sent).exists()


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ({"told-1": "99999999999", "note-1": "另有未入账的"}, "请只写整数，不超过 9 位"),
        ({"told-1": "9" * 5000, "note-1": "另有未入账的"}, "请只写整数，不超过 9 位"),
        ({"told-1": "7", "note-1": "另" * 121}, "差异说明："),
        ({"told-1": "7", "note-1": "见 11010519491231002X"}, "差异说明："),
    ],
)
def test_a_figure_that_cannot_be_kept_is_told_where_it_stands(
    world: World, visit: Visit, said: dict[str, str], words: str
) -> None:
    sent = sent_to(world, ["450102"])
    address = reverse("supervise-report", args=[sent.pk, "450102"])
    answer = visit("sunqi").post(address, {"text": "已清理。", **said})
    assert answer.status_code == 422
    page = answer.context["page"]
    [box] = page.figures
    assert words in box.fault
    assert (box.told, box.note) == (said["told-1"], said["note-1"])
    assert page.said["text"] == "已清理。"
    assert [name for name, _ in page.faults] == ["told-1"]
    assert not TaskFeedback.objects.filter(deployment_key=sent.key).exists()


def test_the_plain_form_says_why_nothing_was_handed_in(world: World, visit: Visit) -> None:
    sent = sent_to(world, ["450102"])
    first = reported(sent, "450102")
    form = {
        "deployment_key": sent.key,
        "unit": str(world.units["450102"].pk),
        "happened_on": "2026-06-25",
        "text": "又一份。",
        "progress": "done",
        "then": "submit",
        "idempotency": "a",
    }
    answer = visit("sunqi").post(reverse("task-feedback-new"), form, follow=True)
    assert answer.status_code == 200
    assert "已保存，没有报送：没有未办结的任务" in text_of(answer)
    kept = TaskFeedback.objects.filter(deployment_key=sent.key).exclude(pk=first.pk).get()
    assert (kept.state, kept.text) == ("draft", "又一份。")


# --- choosing -------------------------------------------------------------------------------------------


def ticked(page: Any) -> set[str]:
    choices = [choice for group in page.groups for choice in group.choices]
    return {choice.unit.code for choice in choices if choice.ticked}


def test_ticking_a_whole_sort_keeps_what_was_ticked(world: World, visit: Visit) -> None:
    sent = sent_to(world, ["450102"])
    client, address = visit("zhaoliu"), reverse("supervise-units", args=[sent.pk])
    shown = client.get(address)
    assert 'form="units-form" name="of" value="county"' in text_of(shown)
    counties = {"unit": ["450100-D11"], "of": "county"}
    page = client.post(address, counties).context["page"]
    first = ticked(page)
    assert "450100-D11" in first
    assert len(first) == 12
    page = client.post(address, {"unit": sorted(first), "of": "branch"}).context["page"]
    assert first < ticked(page)
    assert sent.receipts.count() == 1


def test_a_light_is_no_filter_of_what_is_closed(world: World, visit: Visit) -> None:
    sent = sent_to(world, ["450102"])
    move(world.actor("zhaoliu"), reported(sent, "450102"), "accept")
    sent.refresh_from_db()
    move(world.actor("zhaoliu"), sent, "close")
    client, address = visit("zhaoliu"), reverse("supervise")
    page = client.get(address, {"state": "closed", "light": "bad"}).context["page"]
    assert sent in [line.deployment for line in page.lines]
    page = client.get(address, {"light": "bad"}).context["page"]
    assert all("light=" not in url for _, url, _ in page.states)
    assert any("light=" in url for _, url, _ in page.lights)


def test_whoever_may_not_come_back_to_a_draft_lists_its_tasks_at_once(
    world: World, visit: Visit
) -> None:
    held_by(world, "feng", "party_secretary", world.nanning)
    client = visit("feng")
    form = {
        "do": "draft",
        "title": "清理",
        "due_on": "2026-06-30",
        "happened_on": "2026-06-25",
        "unit": str(world.nanning.pk),
    }
    answer = client.post(NEW, form)
    assert answer.status_code == 422
    assert "没有任务：请从文件拆分，或添加一项" in text_of(answer)
    rows = {f"task-{name}": [""] for name in ("place", "mark", "text", "parent", "due", "ledger")}
    answer = client.post(NEW, form | rows | {"task-words": ["建章立制"]}, follow=True)
    assert answer.status_code == 200
    assert "已保存为拟稿" in text_of(answer)
    assert Deployment.objects.get(title="清理").state == "draft"
