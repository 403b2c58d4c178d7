"""The calendar to take along: the heat map as a sheet, the limits as a file for a phone's or OA's calendar.

Both hold names of duties, days and states, and nothing of any record.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from rongjian.kernel.dues import DUE, FUTURE, MISSED, SIGNS, WORDS
from rongjian.kernel.sheets import Column, write_xlsx

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from rongjian.org.models import Unit
    from rongjian.regimes.dues import Due

ICS = "text/calendar; charset=utf-8"
_OCTETS = 75
_MONTHS = 12


def heat_sheet(institutions: dict[str, str], dues: Sequence[Due]) -> bytes:
    """A duty a row: institution, name, how often, twelve months, and how much of it was done."""
    columns = [Column("制度", 18), Column("事项", 24), Column("周期", 12)]
    columns += [Column(f"{month}月", 7) for month in range(1, _MONTHS + 1)]
    columns += [Column("完成", 7, "integer"), Column("漏", 7, "integer"), Column("依据", 60)]
    codes = dict.fromkeys(due.rule.code for due in dues)
    rows = [_row(institutions, [due for due in dues if due.rule.code == code]) for code in codes]
    legend = "；".join(f"{sign} {word}" for sign, word in zip(SIGNS, WORDS, strict=True))
    return write_xlsx(columns, rows, title="制度日历", notes=[legend])


def _row(institutions: dict[str, str], dues: list[Due]) -> list[object]:
    rule = dues[-1].rule
    months = [""] * _MONTHS
    for due in dues:
        months[due.begins_on.month - 1] = f"{SIGNS[due.state]} {WORDS[due.state]}"
    done = sum(WORDS[due.state] in ("完成", "补录") for due in dues)
    missed = sum(due.state == MISSED for due in dues)
    named = [institutions[rule.institution], rule.name, rule.often]
    return [*named, *months, done, missed, rule.source]


def limits_file(unit: Unit, dues: Iterable[Due], now: datetime) -> bytes:
    """The open limits as an iCalendar file (RFC 5545): an event a day long on which each one ends."""
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//rongjian//calendar//ZH",
        "CALSCALE:GREGORIAN",
        f"X-WR-CALNAME:{_text(f'{unit.short}制度日历')}",
    ]
    stamp = now.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")
    for due in dues:
        if due.state in (FUTURE, DUE):
            lines += _event(unit, due, stamp)
    lines.append("END:VCALENDAR")
    return "".join(f"{part}\r\n" for line in lines for part in _folded(line)).encode()


def _event(unit: Unit, due: Due, stamp: str) -> list[str]:
    ends = due.window.ends_on
    limit = f"{due.window.due_on} 前记录算按时。{due.rule.says} 依据：{due.rule.source}"
    return [
        "BEGIN:VEVENT",
        f"UID:{due.rule.code}.{due.begins_on}.{unit.code}@rongjian",
        f"DTSTAMP:{stamp}",
        f"DTSTART;VALUE=DATE:{ends:%Y%m%d}",
        f"DTEND;VALUE=DATE:{ends + timedelta(days=1):%Y%m%d}",
        f"SUMMARY:{_text(f'{due.rule.name}（{due.window.label}）截止')}",
        f"DESCRIPTION:{_text(limit)}",
        "TRANSP:TRANSPARENT",
        "END:VEVENT",
    ]


def _text(words: str) -> str:
    """Text as the format writes it."""
    for sign in ("\\", ";", ","):
        words = words.replace(sign, f"\\{sign}")
    return words.replace("\n", "\\n")


def _folded(line: str) -> Iterator[str]:
    """A line in parts of at most 75 octets, never within a character; later parts begin with a space."""
    part = ""
    for sign in line:
        if len((part + sign).encode()) > _OCTETS:
            yield part
            part = " "
        part += sign
    yield part
