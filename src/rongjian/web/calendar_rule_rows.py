"""Rules as pages list them: of whom each is asked, what else answers it, which ones the product recommends."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from rongjian.kernel.regimes import load_institutions, rules
from rongjian.org.models import UnitType
from rongjian.records.kinds import kind_of
from rongjian.web.calendar_rule_form import in_force

if TYPE_CHECKING:
    from datetime import date

    from rongjian.kernel.regimes import Rule


def who_words(rule: Rule) -> str:
    """Of whom it is asked: 党支部、联合党支部（设支委会的）."""
    names = dict(UnitType.choices)
    words = "、".join(str(names[kind]) for kind in rule.who.types)
    words += "（设支委会的）" if rule.who.committee else ""
    return words + ("（设党小组的）" if rule.who.groups else "")


def accepted_words(rule: Rule) -> str:
    """What else counts as having done it, in words; and whether that of the units below does."""
    words = [kind_of(each.kind).name for each in rule.accepts]
    words += ["下级组织的记录"] if rule.below else []
    return "、".join(dict.fromkeys(words))


@dataclass(frozen=True)
class Recommended:
    """A rule that a house may take up: how often it is due, and of whom."""

    code: str
    name: str
    often: str
    who: str


def recommended(day: date) -> tuple[tuple[str, tuple[Recommended, ...]], ...]:
    """The product's own rules as they are on a day, by institution; no house's own are among them."""
    codes = dict.fromkeys(rule.code for rule in rules())
    listed = [rule for code in codes if (rule := in_force(rules(), code, day)) is not None]
    groups = []
    for code, institution in load_institutions().items():
        mine = tuple(
            Recommended(rule.code, rule.name, rule.often, who_words(rule))
            for rule in listed
            if rule.institution == code
        )
        if mine:
            groups.append((institution.name, mine))
    return tuple(groups)
