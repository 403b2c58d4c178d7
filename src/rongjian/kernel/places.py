"""The places that carry a procuratorate, what theirs is called, and how others write it.

In this code base a procuratorate (检察院) is a `court` (院).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Literal

from rongjian.kernel.content import CONTENT, NOWHERE, ContentError, Position, load_file

Level = Literal["region", "city", "county"]

_TAILS = ("人民检察院", "检察院", "检察", "院")
_AUTONOMOUS = re.compile(r"(?:(?:壮|苗|侗|瑶|仫佬|毛南|各)族)+自治(?=[县区])")


@dataclass(frozen=True)
class Former:
    """A code and name that a place had before its present ones."""

    code: str
    name: str


@dataclass(frozen=True)
class Division:
    """An entry of `units.yaml`: one administrative division by GB/T 2260."""

    code: str
    name: str
    former: tuple[Former, ...] = ()
    where: Position = field(default=NOWHERE, compare=False)

    def __post_init__(self) -> None:
        for code in (self.code, *(each.code for each in self.former)):
            if not re.fullmatch(r"[1-9][0-9]{5}", code):
                raise ValueError(f"行政区划代码应为 6 位数字，不能是“{code}”")


@dataclass(frozen=True)
class Place:
    """One place of the three levels, with the full and the short name of its procuratorate."""

    code: str
    name: str
    level: Level
    parent_code: str | None
    court_name: str
    court_short: str
    city: str = ""
    former: tuple[Former, ...] = ()


def load_places(content: Path = CONTENT) -> list[Place]:
    """Every place of `units.yaml` in code order; a place without its parent stops the start."""
    divisions = {each.code: each for each in load_file(content / "units.yaml", Division)}
    places: list[Place] = []
    for code in sorted(divisions):
        parent = parent_code(code)
        if parent is not None and parent not in divisions:
            raise ContentError(divisions[code].where, f"{code} 的上级 {parent} 不在文件里")
        places.append(_place(divisions[code], divisions.get(parent or "")))
    return places


def level_of(code: str) -> Level:
    """The level that a code stands for: XX0000, XXYY00 or XXYYZZ."""
    if code.endswith("0000"):
        return "region"
    return "city" if code.endswith("00") else "county"


def parent_code(code: str) -> str | None:
    """The code of the place above; None for a region."""
    level = level_of(code)
    if level == "region":
        return None
    return code[:2] + "0000" if level == "city" else code[:4] + "00"


def _place(division: Division, parent: Division | None) -> Place:
    level = level_of(division.code)
    city = parent.name if parent is not None and level == "county" else ""
    # A district's procuratorate carries the city's name; a county's or county-level city's does not.
    prefix = city if division.name.endswith("区") else ""
    return Place(
        code=division.code,
        name=division.name,
        level=level,
        parent_code=parent_code(division.code),
        court_name=f"{prefix}{division.name}人民检察院",
        court_short=f"{_top(division.name) if level == 'region' else _everyday(division.name)}院",
        city=city,
        former=division.former,
    )


def _top(name: str) -> str:
    """What people below call their region: 自治区 or 省."""
    return "自治区" if name.endswith("自治区") else name[-1]


def _everyday(name: str) -> str:
    """融水县 for 融水苗族自治县."""
    return _AUTONOMOUS.sub("", name)


def _stem(name: str) -> str:
    """南宁 for 南宁市; a name that would shrink to one character (藤县) stays whole."""
    everyday = _everyday(name)
    return everyday[:-1] if everyday[-1] in "省市县区" and len(everyday) > 2 else name


def aliases(place: Place) -> frozenset[str]:
    """The ways in which other people's lists write a place or its procuratorate.

    A bare 市院 or 区院 is among them: it can mean this place, and many others besides.
    """
    found = {place.code, place.court_short, *(each.code for each in place.former)}
    for name in _names(place):
        found.update((name, *(name + tail for tail in _TAILS)))
    found.update(place.name[-1] + tail for tail in _TAILS)
    return frozenset(found)


def _names(place: Place) -> Iterator[str]:
    if place.level == "region":
        yield _top(place.name)
    for name in (place.name, *(each.name for each in place.former)):
        forms = (name, _everyday(name), _stem(name))
        yield from forms
        if place.city:
            yield from (city + form for city in (place.city, _stem(place.city)) for form in forms)


def written_plainly(text: str) -> str:
    """A name without the accidents of typing: full-width forms and blanks."""
    unblanked = "".join(unicodedata.normalize("NFKC", text).split())
    # Without the blank between them, two characters may have become one.
    return unicodedata.normalize("NFKC", unblanked)


@dataclass(frozen=True)
class Gazetteer:
    """Finds places by what somebody wrote; it reports every candidate and never picks one."""

    places: tuple[Place, ...]

    @classmethod
    def of(cls, places: Iterable[Place]) -> Gazetteer:
        """A gazetteer of these places, in code order."""
        return cls(tuple(sorted(places, key=lambda place: place.code)))

    @cached_property
    def _by_alias(self) -> Mapping[str, tuple[Place, ...]]:
        found: dict[str, tuple[Place, ...]] = {}
        for place in self.places:
            for alias in aliases(place):
                found[alias] = (*found.get(alias, ()), place)
        return found

    @cached_property
    def ambiguous(self) -> Mapping[str, tuple[Place, ...]]:
        """The aliases that fit more than one place, and which they fit."""
        return {alias: fits for alias, fits in self._by_alias.items() if len(fits) > 1}

    def candidates(self, text: str) -> tuple[Place, ...]:
        """The places a text can mean: none is unknown, one is found, more is ambiguous."""
        written = written_plainly(text)
        for region in ("", *self._regions):
            fits = self._by_alias.get(written.removeprefix(region), ())
            if fits:
                return fits
        return ()

    @cached_property
    def _regions(self) -> tuple[str, ...]:
        """What may stand in front of a name without changing it, the longest first."""
        names = (place.name for place in self.places if place.level == "region")
        return tuple(form for name in names for form in (name, _stem(name)))
