"""Definitions and schemas made in code, for tests that need no ledgers."""

from __future__ import annotations

from datetime import date
from typing import Any

from rongjian.indicators.spec import Condition, Definition, FieldType, Schema
from rongjian.kernel.content import Basis

BASIS = Basis("《规则》", date(2026, 1, 1))
CASES: Schema = {
    "happened_on": FieldType("date", "happened_on", "happened_on"),
    "closed_on": FieldType("date", "closed_on", "closed_on"),
    "stage": FieldType("text", "stage", "stage", choices=frozenset({"open", "closed"})),
    "line": FieldType("text", "line", "line"),
    "campaign": FieldType("text", "campaign", "campaign"),
    "amount": FieldType("money", "amount", "amount", places=2),
    "people": FieldType("whole", "people", "people"),
    "urgent": FieldType("flag", "urgent", "urgent"),
    "court": FieldType("ref", "court", "court_id"),
}
SCHEMAS = {"case": CASES, "other": CASES}


def define(code: str, measure: Any = "count", **said: Any) -> Definition:
    """A definition over cases that says no more than it must."""
    where = tuple(Condition(*written) for written in said.pop("where", ()))
    values: dict[str, Any] = {
        "name": code,
        "of": "case",
        "unit": "件",
        "version": 1,
        "valid_from": date(2018, 1, 1),
        "basis": BASIS,
        "words": ((code,),),
    }
    return Definition(code=code, measure=measure, where=where, **{**values, **said})
