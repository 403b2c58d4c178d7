"""督办's pages: who sees which part, what is refused in which words, and the numbers of J2."""

from __future__ import annotations

import io
import re
from datetime import date
from typing import TYPE_CHECKING, Any

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from rongjian.ledgers.decision import MeetingDecision
from rongjian.org.models import Post, PostState
from rongjian.records.actions import move, save
from rongjian.records.models import Due, Link
from rongjian.supervision.answering import Plead, plead, report
from rongjian.supervision.courses import standing
from rongjian.supervision.dispatching import Planned, dispatch, lay_out
from rongjian.supervision.models import Deployment, PleaKind, Receipt, TaskFeedback
from rongjian.web import task_rows
from rongjian.web.pages.supervise_units import load_words
from tests.web.visitors import text_of
from tests.world import NOW

if TYPE_CHECKING:
    from django.test import Client

    from tests.web.visitors import Visit
    from tests.world import World

NEW = "/supervise/new"
TEXT = """关于清理的部署
一、分类清理
（一）应撤尽撤。没有犯罪事实的，督促撤案。
（二）加快办理
二、建章立制
制定长效机制。"""
LIMIT = date(2026, 6, 30)


@pytest.fixture
def sent(world: World) -> Deployment:
    """A deployment with three tasks to answer, sent today to the twelve procuratorates of the city."""
    zhaoliu = world.actor("zhaoliu")
    draft = Deployment(
        title="涉企挂案清理",
        unit=world.nanning,
        happened_on=zhaoliu.today,
        due_on=LIMIT,
        leading=world.units["450100-D11"],
        text=TEXT,
    )
    tasks = [
        Planned("分类清理", LIMIT, "一、"),
        Planned("应撤尽撤", LIMIT, "（一）", parent=0, ledger="stalled-case"),
        Planned("加快办理", LIMIT, "（二）", parent=0),
        Planned("建章立制", LIMIT, "二、"),
    ]
    lay_out(zhaoliu, draft, tasks)
    twelve = [
        unit
        for unit in world.units.values()
        if unit.type == "county" and unit.path.startswith(world.nanning.path)
    ]
    dispatch(zhaoliu, draft, twelve)
    return draft


def receipt(sent: Deployment, code: str) -> Receipt:
    return Receipt.objects.select_related("deployment").get(deployment=sent, unit__code=code)


def page_of(client: Client, sent: Deployment, query: str = "") -> Any:
    return client.get(reverse("supervise-one", args=[sent.pk]) + query).context["page"]


def split(client: Client, text: str, **more: str) -> Any:
    return client.post(NEW, {"do": "split", "text": text, **more})


def tasks_of(page: Any) -> dict[str, list[str]]:
    """What the form would send of the tasks that it shows."""
    found: dict[str, list[str]] = {"task-keep": [line.place for line in page.rows]}
    for name in ("place", "mark", "words", "text", "parent", "due", "ledger"):
        found[f"task-{name}"] = [getattr(line, name) for line in page.rows]
    return found


# --- writing ---------------------------------------------------------------------------------------------


def test_a_text_becomes_a_tree_and_only_what_is_ticked_is_sent(world: World, visit: Visit) -> None:
    client = visit("zhaoliu")
    page = split(client, TEXT).context["page"]
    assert [(line.mark, line.words, line.level) for line in page.rows] == [
        ("一、", "分类清理", 1),
        ("（一）", "应撤尽撤", 2),
        ("（二）", "加快办理", 2),
        ("二、", "建章立制", 1),
    ]
    assert page.form["title"].value() == "关于清理的部署"
    assert not Deployment.objects.filter(title="关于清理的部署").exists()
    form = tasks_of(page) | {"task-keep": ["0", "1", "3"]}
    form["task-due"][3] = "2026-06-29"
    answer = client.post(
        NEW,
        form
        | {"do": "units", "title": "", "text": TEXT, "due_on": "2026-06-30"}
        | {"leading": str(world.units["450100-D11"].pk)},
    )
    made = Deployment.objects.get(title="关于清理的部署")
    assert answer["Location"] == reverse("supervise-units", args=[made.pk])
    assert [(str(task), task.due_on.day) for task in made.tasks.all()] == [
        ("一、分类清理", 30),
        ("（一）应撤尽撤", 30),
        ("二、建章立制", 29),
    ]
    assert made.reviewer == world.persons["lan"]


def test_a_part_whose_parent_is_left_out_moves_up() -> None:
    lines = [
        task_rows.TaskLine("0", words="甲"),
        task_rows.TaskLine("1", words="乙", parent="0", keep=False),
        task_rows.TaskLine("2", words="丙", parent="1"),
        task_rows.TaskLine("3", words="丁"),
        task_rows.TaskLine("", words="添加的", parent="0"),
    ]
    found = task_rows.planned(lines, LIMIT)
    assert [(task.words, task.parent) for task in found] == [
        ("甲", None),
        ("丙", 0),
        ("添加的", 0),
        ("丁", None),
    ]


def test_an_uploaded_file_is_split_too(visit: Visit) -> None:
    file = SimpleUploadedFile("部署.txt", TEXT.encode("gb18030"))
    page = visit("zhaoliu").post(NEW, {"do": "split", "file": file}).context["page"]
    assert len(page.rows) == 4
    wrong = SimpleUploadedFile("部署.pdf", b"%PDF")
    answer = visit("zhaoliu").post(NEW, {"do": "split", "file": wrong})
    assert answer.status_code == 422
    assert "只能读 .txt 和 .docx 文件" in text_of(answer)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "没有读到部署内容：请粘贴文字，或上传 .docx、.txt 文件"),
        ("没有层次序号的一段话。", "没有找到“一、（一）1.”这样的层次序号"),
    ],
)
def test_what_cannot_be_split_says_why(visit: Visit, text: str, words: str) -> None:
    answer = split(visit("zhaoliu"), text, basis="〔2026〕15号文")
    assert answer.status_code == 422
    assert words in text_of(answer)
    assert answer.context["page"].form["basis"].value() == "〔2026〕15号文"


def test_bad_deployments_are_refused_in_sentences(world: World, visit: Visit) -> None:
    client = visit("zhaoliu")
    form = tasks_of(split(client, TEXT).context["page"])
    base = {"do": "units", "title": "清理", "due_on": "2026-06-30", "text": TEXT}

    def refused(**more: Any) -> str:
        answer = client.post(NEW, form | base | more)
        assert answer.status_code == 422
        assert answer.context["page"].rows
        return text_of(answer)

    assert "部署内容 4001 字，超过 4000 字" in refused(text="实" * 4001)
    assert "办结时限早于部署日期 2026-06-25" in refused(due_on="2026-06-24")
    late = [*form["task-due"][:3], "2026-07-01"]
    words = refused(**{"task-due": late})
    assert "第 4 项任务“建章立制”：时限 2026-07-01 晚于总时限 2026-06-30" in words
    assert "没有任务：请从文件拆分，或添加一项" in refused(**{"task-keep": []})
    assert not Deployment.objects.filter(title="清理").exists()


def test_a_decision_is_sent_down_and_stays_its_basis(world: World, visit: Visit) -> None:
    lisi = world.actor("lisi")
    decision = save(
        lisi,
        MeetingDecision(
            unit=world.units["450100-P02"],
            what="开展挂案清理",
            happened_on=lisi.today,
            due_on=LIMIT,
        ),
    )
    client = visit("wangwu")
    shown = text_of(client.get(reverse("record", args=["decision", decision.pk])))
    # A branch secretary deploys nothing; who may, and may read the decision, is offered the button.
    assert "下发督办" not in shown
    Post.objects.create(
        person=world.persons["wangwu"],
        unit=world.nanning,
        role="inspector",
        valid_from=date(2026, 1, 1),
        state=PostState.APPROVED,
    )
    shown = text_of(client.get(reverse("record", args=["decision", decision.pk])))
    assert f"{NEW}?from={decision.pk}" in shown
    page = client.get(f"{NEW}?from={decision.pk}").context["page"]
    assert page.form["title"].value() == "开展挂案清理"
    assert page.form["due_on"].value() == LIMIT
    form = tasks_of(page) | {
        "do": "units",
        "from": str(decision.pk),
        "title": "开展挂案清理",
        "due_on": "2026-06-30",
    }
    client.post(NEW, form)
    made = Deployment.objects.get(title="开展挂案清理")
    assert Link.objects.get(source=made).target_id == decision.pk
    assert visit("zhouba").get(f"{NEW}?from={decision.pk}").status_code == 403


# --- sending ----------------------------------------------------------------------------------------------


def test_units_stand_in_code_order_and_nobody_is_forgotten(world: World, visit: Visit) -> None:
    zhaoliu = world.actor("zhaoliu")
    draft = Deployment(title="补发", unit=world.nanning, happened_on=zhaoliu.today, due_on=LIMIT)
    lay_out(zhaoliu, draft, [Planned("落实", LIMIT)])
    Post.objects.filter(unit=world.units["450110"], role="liaison").delete()
    client, address = visit("zhaoliu"), reverse("supervise-units", args=[draft.pk])
    page = client.get(address, {"of": "county"}).context["page"]
    codes = [choice.unit.code for choice in page.groups[0].choices if choice.ticked]
    assert codes == sorted(codes)
    assert len(codes) == 12
    answer = client.post(address, {"unit": codes, "key": "a"}, follow=True)
    text = text_of(answer)
    assert "已下发 11 个单位。" in text
    assert "未下发 1 个：" in text
    assert "没有设督办联系人" in text
    assert "任命" in text
    again = client.post(address, {"unit": []})
    assert again.status_code == 422
    assert "请至少勾选一个单位" in text_of(again)


def test_the_same_topic_is_offered_for_merging(
    world: World, sent: Deployment, visit: Visit
) -> None:
    zhaoliu = world.actor("zhaoliu")
    draft = Deployment(
        title="关于涉企挂案清理的通知", unit=world.nanning, happened_on=zhaoliu.today, due_on=LIMIT
    )
    lay_out(zhaoliu, draft, [Planned("清理", LIMIT)])
    client, address = visit("zhaoliu"), reverse("supervise-units", args=[draft.pk])
    assert sent in client.get(address).context["page"].alike
    answer = client.post(address, {"into": str(sent.pk)})
    assert answer["Location"] == reverse("supervise-units", args=[sent.pk])
    draft.refresh_from_db()
    assert draft.state == "void"
    assert client.post(address, {"into": str(sent.pk)}).status_code == 404


def test_the_load_of_the_chosen_is_told(world: World) -> None:
    class Fake:
        def __init__(self, count: int) -> None:
            self.unit, self.open, self.busy = world.units["450102"], count, count >= 7

    loads: Any = [Fake(7), Fake(8), Fake(0), Fake(1)]
    assert load_words(loads) == "已勾选 4 个单位，目前平均在办 4 项，其中 2 院在办 7 项以上。"
    assert load_words([]) == ""


# --- whose eyes -------------------------------------------------------------------------------------------


def test_a_unit_sees_its_own_part_and_whoever_stands_above_sees_all(
    sent: Deployment, visit: Visit
) -> None:
    whole = page_of(visit("zhaoliu"), sent)
    assert [row.receipt.unit.code for row in whole.units] == sorted(
        row.receipt.unit.code for row in whole.units
    )
    assert len(whole.units) == 12
    for account in ("lan", "yuan", "jian"):
        assert len(page_of(visit(account), sent).units) == 12, account
    own = page_of(visit("sunqi"), sent)
    assert (own.whole, own.units) == (False, ())
    assert [each.row.receipt.unit.code for each in own.opened] == ["450102"]
    text = text_of(visit("sunqi").get(reverse("supervise-one", args=[sent.pk])))
    assert "青秀区院" not in text
    for account in ("qian", "lisi", "feng"):
        answer = visit(account).get(reverse("supervise-one", args=[sent.pk]))
        assert answer.status_code == 404, account
    assert (
        visit("sunqi").get(reverse("supervise-report", args=[sent.pk, "450103"])).status_code == 404
    )


def test_looking_stores_nothing(sent: Deployment, visit: Visit) -> None:
    before = (Receipt.objects.filter(received_at=None).count(), Due.objects.count())
    for account in ("sunqi", "zhaoliu", "yuan"):
        page_of(visit(account), sent, "?unit=450102")
        visit(account).get(reverse("supervise"))
        visit(account).get(reverse("home"))
    after = (Receipt.objects.filter(received_at=None).count(), Due.objects.count())
    assert after == before


def test_no_table_sorts_units_by_what_they_did(sent: Deployment, visit: Visit) -> None:
    text = text_of(
        visit("zhaoliu").get(reverse("supervise-one", args=[sent.pk]), {"sort": "-done"})
    )
    assert "sort=" not in re.sub(r'<nav class="menu".*?</nav>', "", text, flags=re.DOTALL)
    answer = visit("zhaoliu").get(reverse("supervise-export", args=[sent.pk]))
    book = openpyxl.load_workbook(io.BytesIO(answer.content))
    codes = [str(row[0]) for row in list(book.worksheets[0].values)[1:]]
    assert codes == sorted(codes)
    assert len(codes) == 36


# --- answering -------------------------------------------------------------------------------------------


def test_a_report_is_short_has_words_and_agrees_with_the_ledger(
    sent: Deployment, visit: Visit
) -> None:
    client, address = visit("sunqi"), reverse("supervise-report", args=[sent.pk, "450102"])

    def refused(**said: Any) -> str:
        answer = client.post(address, {"text": "已清理。", **said})
        assert answer.status_code == 422
        return text_of(answer)

    assert "请写明进展情况；本期无进展的，写一句原因" in refused(text=" ")
    assert "进展情况 501 字，超过 500 字" in refused(text="实" * 501)
    assert "台账为 0，填报为 7：请说明差异，或先补记台账" in refused(**{"told-2": "7"})
    assert "的数字请只写整数" in refused(**{"told-2": "七"})
    assert not TaskFeedback.objects.filter(deployment_key=sent.key).exists()
    told = {"text": "已清理。", "told-2": "7", "note-2": "另有两件未入账"}
    assert client.post(address, told).status_code == 302
    figure = TaskFeedback.objects.get(deployment_key=sent.key).figures.get()
    assert (figure.drawn, figure.told, figure.note) == (0, 7, "另有两件未入账")
    page = page_of(visit("lan"), sent)
    [review] = page.reviews
    assert not review.figures[0].agrees


def test_what_was_sent_back_is_mended_where_it_was_written(
    world: World, sent: Deployment, visit: Visit
) -> None:
    done = report(world.actor("sunqi"), receipt(sent, "450102"), TaskFeedback(text="已清理。"))
    address = reverse("supervise-feedback", args=[done.pk])
    answer = visit("lan").post(address, {"do": "return"}, follow=True)
    assert "请写明需补充的内容" in text_of(answer)
    visit("lan").post(address, {"do": "return", "words": "请补充数字"})
    edit = visit("sunqi").get(reverse("task-feedback-edit", args=[done.pk]))
    assert edit["Location"] == reverse("supervise-report", args=[sent.pk, "450102"])
    text = text_of(visit("sunqi").get(edit["Location"]))
    assert "退回补充：请补充数字" in text
    assert "已清理。" in text
    visit("sunqi").post(edit["Location"], {"text": "已清理七件。"})
    again = TaskFeedback.objects.get(deployment_key=sent.key)
    assert (again.pk, again.state, again.text) == (done.pk, "submitted", "已清理七件。")
    # Who reported it is offered no word on it.
    assert visit("sunqi").post(address, {"do": "accept"}).status_code == 404


def test_one_task_at_a_time(world: World, sent: Deployment, visit: Visit) -> None:
    address = reverse("supervise-report", args=[sent.pk, "450102"])
    visit("sunqi").post(address, {"text": "已撤案。", "task": ["2"]})
    stands = standing(sent, NOW.date(), [receipt(sent, "450102")])
    words = [cell.light.words for cell in stands.at(stands.receipts[0])]
    assert words == ["待审核", "剩3个工作日", "剩3个工作日"]
    [first] = TaskFeedback.objects.filter(deployment_key=sent.key)
    move(world.actor("lan"), first, "accept")
    # What follows is about the rest, and leaves alone what is done.
    visit("sunqi").post(address, {"text": "其余已办。"})
    later = TaskFeedback.objects.filter(deployment_key=sent.key).latest("pk")
    assert later.tasks == "3、4"


def test_what_was_sent_back_and_the_rest_are_said_in_two_reports(
    world: World, sent: Deployment, visit: Visit
) -> None:
    address = reverse("supervise-report", args=[sent.pk, "450102"])
    visit("sunqi").post(address, {"text": "已撤案。", "task": ["2"]})
    first = TaskFeedback.objects.get(deployment_key=sent.key)
    move(world.actor("lan"), first, "return", detail="请补充")
    page = visit("sunqi").get(address).context["page"]
    assert page.ticked == {"2"}
    assert visit("sunqi").post(address, {"text": "都已办结。"}).status_code == 302
    later = TaskFeedback.objects.filter(deployment_key=sent.key).exclude(pk=first.pk).get()
    first.refresh_from_db()
    assert {each.state for each in (first, later)} == {"submitted"}
    assert [
        sorted(each.answered_dues.values_list("origin", flat=True)) for each in (first, later)
    ] == [
        [sent.origin(2)],
        [sent.origin(3), sent.origin(4)],
    ]


def test_a_reason_needs_its_parts(world: World, sent: Deployment, visit: Visit) -> None:
    client, address = visit("wujiu"), reverse("supervise-plea", args=[sent.pk, "450105"])

    def refused(**said: str) -> str:
        answer = client.post(address, {"kind": "excuse", "reason": "casework", **said})
        assert answer.status_code == 422
        return text_of(answer)

    assert "请选择一项原因" in refused(reason="")
    assert "选择“其他”时请写一句说明" in refused(reason="other")
    assert "请写延期到哪一天" in refused(kind="extension")
    assert "延期日期应晚于原时限 2026-06-30" in refused(kind="extension", until="2026-06-30")
    assert "读不懂，请写成 2026-06-30" in refused(kind="extension", until="下周")
    assert client.post(address, {"kind": "excuse", "reason": "casework"}).status_code == 302
    # While one waits, the page offers no second one.
    own = text_of(client.get(reverse("supervise-one", args=[sent.pk])))
    assert "说明待审定" in own
    assert address not in own
    page = page_of(visit("zhaoliu"), sent)
    assert [plea.receipt.unit.code for plea in page.pleas] == ["450105"]
    decide = reverse("supervise-plea-decide", args=[page.pleas[0].pk])
    answer = visit("zhaoliu").post(decide, {"do": "refuse"}, follow=True)
    assert "不同意的，请写明理由" in text_of(answer)
    visit("zhaoliu").post(decide, {"do": "accept"})
    row = next(
        row for row in page_of(visit("zhaoliu"), sent).units if row.receipt.unit.code == "450105"
    )
    assert (row.light.lamp, row.light.words) == ("why", "有因")


def test_a_second_reminder_is_not_offered(sent: Deployment, visit: Visit) -> None:
    client = visit("zhaoliu")
    address = reverse("supervise-unit-act", args=[sent.pk, "450105"])
    assert "已提醒江南区院联系人" in text_of(client.post(address, {"do": "remind"}, follow=True))
    row = next(row for row in page_of(client, sent).units if row.receipt.unit.code == "450105")
    assert row.reminded == "2 个工作日内已提醒过，06-29 起可再提醒"
    again = text_of(client.post(address, {"do": "remind"}, follow=True))
    assert "没有办理：2 个工作日内已提醒过" in again


def test_a_whole_with_open_parts_is_not_closed(
    world: World, sent: Deployment, visit: Visit
) -> None:
    address = reverse("supervise-act", args=[sent.pk])
    answer = visit("zhaoliu").post(address, {"do": "close"}, follow=True)
    assert "还有 36 项没有办结" in text_of(answer)
    assert visit("sunqi").post(address, {"do": "close"}).status_code == 403


def test_it_is_handed_down_by_the_own_house(world: World, sent: Deployment, visit: Visit) -> None:
    held = receipt(sent, "450102")
    assert visit("sunqi").get(NEW, {"passes": held.pk}).status_code == 403
    Post.objects.create(
        person=world.persons["sunqi"],
        unit=world.units["450102"],
        role="inspector",
        valid_from=date(2026, 1, 1),
        state=PostState.APPROVED,
    )
    page = visit("sunqi").get(NEW, {"passes": held.pk}).context["page"]
    assert page.form["title"].value() == sent.title
    assert len(page.rows) == 4
    form = tasks_of(page) | {
        "do": "units",
        "passes": str(held.pk),
        "title": sent.title,
        "due_on": "2026-06-29",
    }
    visit("sunqi").post(NEW, form)
    handed = Deployment.objects.get(title=sent.title, court=world.units["450102"])
    assert handed.passes_on == held
    assert handed.key == "450102-2026-01"


def test_it_is_given_to_a_department(world: World, sent: Deployment, visit: Visit) -> None:
    address = reverse("supervise-unit-act", args=[sent.pk, "450102"])
    wrong = visit("sunqi").post(address, {"do": "assign", "unit": "450100-D11"}, follow=True)
    assert "请选择本院的一个内设机构" in text_of(wrong)
    visit("sunqi").post(address, {"do": "assign", "unit": "450102-D11"})
    held = receipt(sent, "450102")
    assert held.assigned_to == world.units["450102-D11"]
    assert held.received_at is not None


def test_the_numbers_of_j2(world: World, sent: Deployment, visit: Visit) -> None:
    for account, code in (("sunqi", "450102"), ("zhouba", "450103")):
        report(world.actor(account), receipt(sent, code), TaskFeedback(text="已清理。"))
    plead(world.actor("wujiu"), receipt(sent, "450105"), Plead(PleaKind.EXCUSE, "casework"))
    page = page_of(visit("zhaoliu"), sent)
    numbers = page.numbers
    assert (numbers.units, numbers.answered, numbers.overdue, numbers.unsigned) == (12, 2, 0, 10)
    assert [(row.answered, row.units) for row in page.tasks] == [(2, 12)] * 4
    assert [phase.state for phase in page.phases] == ["done", "now", ""]
