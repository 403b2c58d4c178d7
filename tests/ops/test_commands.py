"""The commands as a user meets them: help, exit codes, what they print."""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
from datetime import timedelta
from pathlib import Path

import duckdb
import pytest
from django.db import connection

from rongjian.__main__ import COMMANDS, main
from rongjian.kernel.heartbeat import last_beat
from rongjian.kernel.held_clock import VARIABLE
from rongjian.ledgers.handled_person import HandledPerson
from rongjian.log import guards
from rongjian.log.models import Event
from rongjian.ops import permissions
from rongjian.ops.commands import tick
from rongjian.ops.demo import standing
from rongjian.org.models import Unit
from rongjian.org.roles import classes, roles
from rongjian.records.actions import move
from rongjian.records.bulk import create_many
from rongjian.records.kinds import kind_of
from rongjian.records.models import Record
from tests.world import NOW, TODAY, World, rongjian


def told(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, str]:
    """Exit code and output of a command run in this process, over the test database."""
    code = main(list(words))
    return code, capsys.readouterr().out


@pytest.mark.parametrize("command", ["demo", "serve", "tick", "verify"])
def test_help_is_chinese_and_leaves_with_0(
    command: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as left:
        main([command, "--help"])
    assert left.value.code == 0
    assert COMMANDS[command] in capsys.readouterr().out


@pytest.mark.parametrize(
    "words",
    [
        ("verify",),
        ("verify", "everything"),
        ("demo", "--size", "world"),
        ("demo", "--today", "yesterday"),
    ],
)
def test_wrong_arguments_leave_with_2(
    words: tuple[str, ...], capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as left:
        main(list(words))
    assert left.value.code == 2
    assert "参数有误" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        (("tick", "--loop", "0"), "应大于 0"),
        (("serve", "--address", "here"), "读不懂"),
        (("serve", "--address", "203.0.113.7:8000"), "不能监听"),
        (("demo", "--address", "127.0.0.1:99999"), "读不懂"),
    ],
)
def test_what_the_user_can_mend_is_a_sentence_and_2(
    words: tuple[str, ...], reason: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(list(words)) == 2
    assert reason in capsys.readouterr().err


def test_a_living_present_that_would_reach_into_the_history_is_refused(tmp_path: Path) -> None:
    done = rongjian("demo", "--no-serve", "--today", "2020-01-01", "--dir", tmp_path)
    assert done.returncode == 2
    assert "不能早于" in done.stderr
    assert standing.read(tmp_path) is None


@pytest.mark.parametrize("words", [("tick",), ("verify", "audit"), ("verify", "figures")])
def test_a_directory_without_data_is_named(words: tuple[str, ...], tmp_path: Path) -> None:
    done = rongjian(*words, "--dir", tmp_path)
    assert done.returncode == 2
    assert f"{tmp_path} 里还没有数据库" in done.stderr
    assert "Traceback" not in done.stderr


def test_verify_figures_recounts_the_report(
    world: World, capsys: pytest.CaptureFixture[str]
) -> None:
    code, out = told(capsys, "verify", "figures")
    lines = out.splitlines()
    assert (code, lines[0]) == (0, "核对 15 个数字，差异 0 个")
    assert len(lines) == 16
    assert any("1591 人（1591 条记录）" in line for line in lines)


def test_verify_figures_names_what_differs(
    world: World, capsys: pytest.CaptureFixture[str]
) -> None:
    prosecuted = {"kind": "handled-person", "key": "BG-00001"}
    assert Record.objects.filter(**prosecuted).update(state="void") == 1
    code, out = told(capsys, "verify", "figures", "--json")
    found = json.loads(out)
    wrong = [figure for figure in found["figures"] if figure["difference"]]
    assert (code, found["faults"], len(wrong)) == (1, 1, 1)
    assert "按记录重算为" in wrong[0]["difference"]
    assert found["headline"] == "核对 15 个数字，差异 1 个"


def test_verify_audit_says_how_much_it_walked(
    world: World, capsys: pytest.CaptureFixture[str]
) -> None:
    code, out = told(capsys, "verify", "audit")
    assert code == 0
    assert out == f"核对 17 条链、{Event.objects.count()} 条日志，断裂 0 处\n"


@pytest.mark.parametrize(
    ("column", "value"), [("detail", "改过"), ("actor", "u:nobody"), ("hash", "0" * 64)]
)
def test_verify_audit_names_the_tampered_line(
    world: World, capsys: pytest.CaptureFixture[str], column: str, value: str
) -> None:
    victim = Event.objects.filter(stream="450100").order_by("seq")[3]
    guards.remove(connection)
    with connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE log_event SET {column} = %s WHERE id = %s",  # noqa: S608  # our own names
            [value, victim.pk],
        )
    code, out = told(capsys, "verify", "audit", "--json")
    found = json.loads(out)
    assert (code, found["faults"]) == (1, 1)
    assert (found["breaks"][0]["stream"], found["breaks"][0]["seq"]) == ("450100", 4)
    code, out = told(capsys, "verify", "audit")
    assert code == 1
    assert "链 450100 第 4 条" in out


def test_verify_published_names_the_known_contradictions(
    world: World, capsys: pytest.CaptureFixture[str]
) -> None:
    code, text = told(capsys, "verify", "published")
    assert code == 1
    assert text.startswith("核对 344 条公布数据，不一致 11 处\n")
    for both in ("46409，各项相加 46397", "61707，各项相加 57952", "11.59%，按人数推算 11.41%"):
        assert both in text
    Record.objects.filter(kind="published-figure").update(state="void")
    assert told(capsys, "verify", "published") == (0, "核对 0 条公布数据，不一致 0 处\n")


def test_verify_duplicates_names_both_records_to_whoever_may_read_them(
    world: World, capsys: pytest.CaptureFixture[str]
) -> None:
    assert told(capsys, "verify", "duplicates", "--as", "weiw")[0] == 0
    units = Unit.objects.filter(court=world.nanning).order_by("path")[:2]
    names = ("广西桂宏物流有限公司", "（桂宏物流）公司")
    rows = [
        {"unit_id": unit.pk, "enterprise": name, "happened_on": TODAY, "need": "case"}
        for unit, name in zip(units, names, strict=True)
    ]
    create_many(world.actor("weiw"), kind_of("enterprise-contact"), rows)
    code, out = told(capsys, "verify", "duplicates", "--as", "weiw", "--json")
    found = json.loads(out)
    assert (code, found["faults"]) == (1, 1)
    assert found["pairs"][0].startswith("联系企业（内容相近）  南宁市院 2026-06-25")
    assert all(name in found["pairs"][0] for name in names)
    assert told(capsys, "verify", "duplicates", "--as", "aud")[0] == 0
    assert told(capsys, "verify", "duplicates")[0] == 2


def test_verify_permissions_walks_every_cell_and_prints_what_it_walked(
    world: World, capsys: pytest.CaptureFixture[str]
) -> None:
    code, text = told(capsys, "verify", "permissions")
    assert code == 0
    headline, *matrix = text.splitlines()
    assert f"{len(roles())} 个角色 × {len(classes())} 类数据" in headline
    assert headline.endswith("不符 0")
    assert len([line for line in matrix if "：" in line]) >= len(classes())
    assert any(line.startswith("survey_response L4 问卷答卷：任何人都没有") for line in matrix)


def test_verify_permissions_names_what_deviates(
    world: World, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    # Kept by nothing but the check: the database itself refuses only the three administrators.
    person = world.persons["chen"]
    person.posts.create(unit=world.nanning, role="assessor", valid_from=TODAY, state="approved")
    monkeypatch.setitem(permissions.INSIDE, "court", frozenset({"node"}))
    code, out = told(capsys, "verify", "permissions", "--json")
    found = json.loads(out)
    assert code == 1
    assert found["faults"] == len(found["deviations"]) > 100
    assert any("应当拒绝而被允许" in line for line in found["deviations"])
    assert f"{person.staff_no}：考评与纪检监察不能由一人兼任" in found["deviations"]


def test_tick_does_nothing_twice(
    own_figures: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(VARIABLE, NOW.isoformat())
    rounds = [json.loads(told(capsys, "tick", "--json")[1])["steps"] for _ in range(2)]
    assert [step["step"] for step in rounds[0]] == [
        "log",
        "organisation",
        "people",
        "imports",
        "notices",
        "find",
        "facts",
        "figures",
    ]
    assert rounds[0][0]["changed"]
    assert not any(step["changed"] for step in rounds[1])


def test_tick_verifies_the_log_once_a_day_and_shows_signs_of_life(
    own_figures: Path, settings, tmp_path: Path
) -> None:
    settings.HEARTBEAT = tmp_path / "tick" / "last.json"
    assert last_beat(settings.HEARTBEAT) is None
    moments = [NOW, NOW, NOW + timedelta(days=1), NOW + timedelta(days=1)]
    assert [tick.steps(moment)[0].changed for moment in moments] == [True, False, True, False]
    lines = Event.objects.filter(stream="system", verb="verify")
    assert [line.actor for line in lines] == ["svc:tick"] * 2
    found = last_beat(settings.HEARTBEAT)
    assert found is not None
    assert found.trouble == ""


def test_tick_brings_figures_up_to_what_has_happened(
    own_figures: Path,
    world: World,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    # After hours, when nobody is told anything.
    monkeypatch.setenv(VARIABLE, NOW.replace(hour=20).isoformat())
    prosecuted = HandledPerson.objects.filter(
        court=world.nanning, campaign="gang", decision="prosecuted"
    )
    move(world.actor("qian"), prosecuted[0], "void", detail="误录")
    assert told(capsys, "verify", "figures")[0] == 1
    steps = json.loads(told(capsys, "tick", "--json")[1])["steps"]
    assert [step["step"] for step in steps if step["changed"]] == ["log", "facts", "figures"]
    code, out = told(capsys, "verify", "figures")
    assert code == 0
    assert "1590 人（1590 条记录）" in out


def test_the_loop_outlives_a_fault_and_tells_it_once(
    own_figures: Path, settings, caplog: pytest.LogCaptureFixture
) -> None:
    current = settings.FIGURES_DIR / "CURRENT"
    whole = current.read_text(encoding="utf-8")
    current.write_text("{", encoding="utf-8")
    first = tick.run_once("", as_json=False)
    assert tick.run_once(first, as_json=False) == first != ""
    assert len(caplog.records) == 1
    seen = last_beat(settings.HEARTBEAT)
    assert seen is not None
    assert seen.trouble == "JSONDecodeError"
    current.write_text(whole, encoding="utf-8")
    assert tick.run_once(first, as_json=False) == ""


def test_the_demo_says_who_may_log_in_and_marks_its_directory(demo_dir: Path) -> None:
    marker = standing.read(demo_dir)
    assert marker == standing.Marker("county", str(TODAY), 42)
    again = rongjian("demo", "--no-serve", "--dir", demo_dir)
    assert again.returncode == 0
    assert "已有演示数据" in again.stdout
    assert "zhengshi" in again.stdout
    assert "rongjian-demo" in again.stdout
    other = rongjian("demo", "--no-serve", "--size", "region", "--dir", demo_dir)
    assert other.returncode == 2
    assert "--fresh" in other.stderr


def test_the_same_seed_makes_the_same_world(demo_dir: Path, world: World) -> None:
    database = demo_dir / "rongjian.sqlite3"
    statement = (
        "SELECT kind, u.code, happened_on, campaign, line, key, state, r.path"
        " FROM records_record r JOIN org_unit u ON u.id = unit_id"
    )
    with sqlite3.connect(database) as there, connection.cursor() as here:
        elsewhere = [tuple(map(str, row)) for row in there.execute(statement)]
        here.execute(statement)
        assert sorted(elsewhere) == sorted(tuple(map(str, row)) for row in here.fetchall())
    there.close()


def test_data_that_no_demo_put_there_are_left_alone(demo_dir: Path, tmp_path: Path) -> None:
    foreign = tmp_path / "foreign"
    shutil.copytree(demo_dir, foreign)
    (foreign / standing.MARKER).unlink()
    refused = rongjian("demo", "--no-serve", "--fresh", "--dir", foreign)
    assert refused.returncode == 2
    assert "已有单位数据" in refused.stderr
    assert (foreign / "rongjian.sqlite3").stat().st_size > 1_000_000


def test_a_country_of_figures_takes_the_place_of_an_unfinished_world(tmp_path: Path) -> None:
    (tmp_path / standing.UNFINISHED).write_text("{}", encoding="utf-8")
    (tmp_path / "rongjian.sqlite3").write_text("cut short", encoding="utf-8")
    left_over = tmp_path / "facts" / "handled-person" / "1999-01.parquet"
    left_over.parent.mkdir(parents=True)
    left_over.write_text("cut short", encoding="utf-8")
    words = ("--size", "nation", "--rows", "20000", "--today", str(TODAY), "--dir", tmp_path)
    built = rongjian("demo", "--no-serve", *words)
    assert built.returncode == 0, built.stderr
    assert standing.read(tmp_path) == standing.Marker("nation", str(TODAY), 42)
    assert not (tmp_path / standing.UNFINISHED).exists()
    assert not left_over.exists()
    with duckdb.connect() as engine:
        files = f"{tmp_path}/facts/*/????-??.parquet"
        counted = engine.execute(
            "SELECT count(*), count(DISTINCT unit), min(length(unit_path)) FROM"
            " read_parquet(?, union_by_name = true)",
            [files],
        ).fetchone()
    assert counted is not None
    rows, units, shortest = counted
    assert (rows, shortest) == (20000, len("100000/"))
    assert 3000 < units <= 3633
    # No event has touched the facts, so a tick must leave them as they are.
    assert '"changed": true' not in rongjian("tick", "--json", "--dir", tmp_path).stdout


@pytest.mark.postgres
def test_the_demo_can_stand_in_postgresql(tmp_path: Path) -> None:
    url = {"DATABASE_URL": os.environ["DATABASE_URL"]}
    words = ("--no-serve", "--size", "county", "--today", str(TODAY))
    built = rongjian("demo", *words, "--dir", tmp_path / "first", **url)
    assert built.returncode == 0, built.stderr
    for check in ("figures", "audit"):
        checked = rongjian("verify", check, "--dir", tmp_path / "first", **url)
        assert checked.returncode == 0, checked.stdout
    refused = rongjian("demo", *words, "--dir", tmp_path / "second", **url)
    assert refused.returncode == 2
    assert "已有单位数据" in refused.stderr
