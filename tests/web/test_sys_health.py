"""健康, 口径与制度 and /healthz: how the system stands, without a word of business."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from django.db import DatabaseError, connection
from django.urls import reverse
from django.utils import timezone

from rongjian import __version__
from rongjian.indicators import catalogue
from rongjian.kernel import heartbeat
from rongjian.log.verification import verified
from rongjian.org import clearances
from rongjian.org.actions import appoint
from rongjian.org.models import Person, Post, PostState
from tests.web.visitors import text_of
from tests.world import NOW

if TYPE_CHECKING:
    from pathlib import Path

    from rongjian.web.pages.administration.health import Line
    from tests.web.visitors import Visit
    from tests.world import World


def lines(visit: Visit) -> dict[str, Line]:
    page = visit("sys").get(reverse("sys-health")).context["page"]
    return {line.name: line for _, group in page.groups for line in group}


@pytest.fixture
def beats(settings, tmp_path: Path) -> Path:
    settings.HEARTBEAT = tmp_path / "tick" / "last.json"
    return tmp_path / "tick" / "last.json"


@pytest.mark.parametrize("account", ["lisi", "jian", "sec"])
def test_only_who_runs_the_system_sees_how_it_stands(account: str, visit: Visit) -> None:
    assert visit(account).get(reverse("sys-health")).status_code == 403


def test_everything_asked_for_is_there(visit: Visit, beats: Path) -> None:
    found = lines(visit)
    assert list(found) == [
        "例行工作",
        "数字快照",
        "导入",
        "提醒",
        "数据库",
        "磁盘",
        "数据库版本",
        "备份",
        "变更记录校验",
        "待核准",
    ]
    assert "没有任何备份" in found["备份"].words
    assert found["数据库版本"].lamp == "ok"
    assert found["数字快照"].words.startswith("第 ")
    text = text_of(visit("sys").get(reverse("sys-health")))
    assert f"融检 {__version__}" in text


def test_routine_work_is_watched(visit: Visit, beats: Path) -> None:
    assert lines(visit)["例行工作"].lamp == "off"
    now = timezone.localtime()
    heartbeat.beat(beats, now)
    assert lines(visit)["例行工作"].lamp == "ok"
    heartbeat.beat(beats, now - timedelta(hours=1))
    assert lines(visit)["例行工作"].lamp == "warn"
    heartbeat.beat(beats, now, "OSError")
    line = lines(visit)["例行工作"]
    assert (line.lamp, line.words.endswith("没有做完")) == ("bad", True)
    beats.write_text("{", encoding="utf-8")
    assert lines(visit)["例行工作"].lamp == "off"


def test_the_log_is_told_by_its_last_verification(world: World, visit: Visit, beats: Path) -> None:
    assert lines(visit)["变更记录校验"].words == "还没有校验过"
    verified(world.actor("aud"))
    assert lines(visit)["变更记录校验"].words == "上次校验 2026-06-25 15:00，一致"


def test_no_snapshot_is_said_plainly(visit: Visit, settings, tmp_path: Path, beats: Path) -> None:
    settings.FIGURES_DIR = tmp_path / "none"
    assert lines(visit)["数字快照"].lamp == "off"


def test_what_waits_for_a_word_is_counted(world: World, visit: Visit, beats: Path) -> None:
    assert lines(visit)["待核准"].words == "没有"
    free = Person.objects.filter(court=world.nanning, account=None, posts=None)
    people = list(free.order_by("staff_no")[:2])
    appoint(people[0], world.nanning, "inspector", NOW.date())
    Post.objects.filter(person=people[0]).update(state=PostState.REQUESTED)
    clearances.ask(world.actor("sec"), people[1], "L2", "调离办案部门")
    line = lines(visit)["待核准"]
    assert (line.words, line.lamp) == ("岗位 1 项，知悉范围 1 项", "warn")


def test_a_full_disk_is_a_fault(visit: Visit, beats: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    gib = 1024**3
    usage = type("Usage", (), {"total": 100 * gib, "free": 3 * gib})
    monkeypatch.setattr("shutil.disk_usage", lambda _: usage)
    assert lines(visit)["磁盘"].lamp == "bad"
    assert "剩余 3.0 GB" in lines(visit)["磁盘"].words


def test_monitoring_gets_a_word_and_no_data(visit: Visit) -> None:
    answer = visit("").get(reverse("healthz"))
    assert (answer.status_code, text_of(answer)) == (200, "ok\n")
    assert "no-store" in answer["Cache-Control"]
    assert visit("").post(reverse("healthz")).status_code == 405


def test_monitoring_is_told_when_the_database_is_gone(
    visit: Visit, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = visit("")

    def gone() -> None:
        raise DatabaseError("gone")

    with monkeypatch.context() as patched:
        patched.setattr(connection, "cursor", gone)
        answer = client.get(reverse("healthz"))
    assert (answer.status_code, text_of(answer)) == (503, "database\n")


def test_rules_are_listed_with_version_and_first_day(visit: Visit) -> None:
    page = visit("sys").get(reverse("sys-rules")).context["page"]
    shown = [(each.code, each.version, each.valid_from) for each in page.definitions]
    kept = [(each.code, each.version, each.valid_from) for each in catalogue.catalogue()]
    assert shown == kept
    assert "roles.yaml" in {file.name for file in page.files}
    assert visit("lisi").get(reverse("sys-rules")).status_code == 403


def test_administrators_see_only_their_own_pages(visit: Visit) -> None:
    menus = {
        account: [item.name for item in visit(account).get("/", follow=True).context["frame"].menu]
        for account in ("sys", "sec", "aud")
    }
    assert "健康" in menus["sys"]
    assert "日志" in menus["aud"]
    assert "日志" not in menus["sys"] + menus["sec"]
    for menu in menus.values():
        assert not {"工作台", "台账", "数据", "文稿", "导入"} & set(menu)


def test_only_who_maintains_the_structure_opens_it(visit: Visit) -> None:
    opened = {each: visit(each).get(reverse("twin")).status_code for each in ("sys", "sec", "aud")}
    assert opened == {"sys": 200, "sec": 403, "aud": 403}
    for account in opened:
        assert visit(account).get(reverse("explain")).status_code == 200


@pytest.mark.parametrize("account", ["sys", "sec", "aud"])
@pytest.mark.parametrize("name", ["ledgers", "figures", "documents", "imports", "draft-check"])
def test_no_business_page_opens_to_an_administrator(account: str, name: str, visit: Visit) -> None:
    answer = visit(account).get(reverse(name))
    assert answer.status_code == 403
    assert "管理员账号只办理系统管理事务" in text_of(answer)
