"""The product's indicators: read once, checked against the ledgers, asked by code and day."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from rongjian.indicators import spec
from rongjian.indicators.formula import formula_of
from rongjian.indicators.schema import schemas
from rongjian.kernel.catalogue import load_campaigns
from rongjian.kernel.periods import Month, Period

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from rongjian.indicators.formula import Formula
    from rongjian.indicators.spec import Catalogue, Definition
    from rongjian.kernel.catalogue import Campaign


@cache
def catalogue() -> Catalogue:
    """Every definition; called at the start, so that a mistake in the content stops it.

    Raises ContentError with file and line.
    """
    found = spec.load()
    spec.check(found, schemas(), [campaign.code for campaign in load_campaigns()])
    return found


def indicators() -> Mapping[str, Definition]:
    """The newest version of every indicator, by code, in the order of the content files."""
    return catalogue().newest


def in_force(code: str, day: date) -> Definition:
    """The version of an indicator that counts a period ending on this day."""
    return catalogue().in_force(code, day)


@cache
def formula(code: str, day: date) -> Formula:
    """The formula of an indicator for a period ending on this day."""
    found = catalogue()
    return formula_of(found, found.in_force(code, day), day, schemas())


@cache
def _campaigns() -> Mapping[str, Campaign]:
    """The campaigns by code; pages ask for many default periods at once."""
    return {campaign.code: campaign for campaign in load_campaigns()}


def default_period(code: str, today: date) -> Period:
    """The period meant when none is named: the indicator's, its campaign's, else this year."""
    definition = indicators()[code]
    if definition.period:
        return Period.parse(definition.period)
    if campaign := _campaigns().get(definition.campaign):
        return Period.between(campaign.starts, campaign.ends or max(today, campaign.starts))
    return Period(Month.at(today.year, 1), Month.at(today.year, 12))
