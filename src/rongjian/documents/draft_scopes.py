"""Of which procuratorate a quantity speaks, by the organisation its draft names.

广西检察机关, 自治区检察院 and 南宁市院 name one of ours; 全区, 全市 and 我院 mean what the draft as a
whole is about; 甘肃, 福州市检察院 and 最高检 are others, whose figures our records cannot judge.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache, cached_property
from typing import TYPE_CHECKING

from rongjian.kernel.chinese_numbers import fold
from rongjian.kernel.places import Gazetteer, Place, load_places, parent_code, written_plainly
from rongjian.kernel.quantity_layout import clauses
from rongjian.kernel.quantity_marks import mask
from rongjian.kernel.quantity_scopes import names

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from rongjian.documents.draft_words import DraftWords
    from rongjian.kernel.quantity_lexicon import Lexicon

_TAIL = re.compile(r"(?:人民)?(?:检察院|检察机关|检察|院)$")
_GENERIC = re.compile(r"[全我本该]?((?:自治)?[区州县]|[省市盟旗])")
_PLACEHOLDER = re.compile(r"[xX×*○某]")
_FOREIGN = re.compile(r"[省市州盟县区旗国]$")
_SELF = ("", "我", "本", "全", "该")
_HEAD = 2_000
"""How far into a draft its title is looked for."""


@cache
def gazetteer() -> Gazetteer:
    """Every place that has one of our procuratorates."""
    return Gazetteer.of(load_places())


@dataclass(frozen=True, eq=False)
class Speaker:
    """Whom a draft speaks of: reads the names it prints, from the court that is checking."""

    court: str
    """The code of the court whose records are meant when the draft names nobody."""
    text: str
    scopes: tuple[str, ...]
    """The organisation of every quantity of the draft, as printed."""
    lexicon: Lexicon
    words: DraftWords

    def meant(self, scope: str) -> str | None:
        """The code of the court that a printed organisation means; None for one of others."""
        name = self._plain(scope)
        bare = _TAIL.sub("", name)
        if bare in _SELF or _PLACEHOLDER.match(bare):
            return self.subject
        if generic := _GENERIC.fullmatch(bare):
            return self._above(generic[1])
        found = self._named(name)
        if found is None and not self._is_foreign(bare):
            return self.subject
        return found

    @cached_property
    def subject(self) -> str | None:
        """The court that the draft as a whole is about; None when it is somebody else's."""
        title = list(self._telling(self._title_names()))
        if title:
            return next((found for found in title if found), None)
        if any(self._telling(self.scopes)):
            return self.court
        # 全区 that comes before anybody's name is our own; after 宁夏 it is theirs.
        first = [scope for scope in self.scopes if scope][:1]
        return None if list(self._telling(first)) else self.court

    def _telling(self, printed: Iterable[str]) -> Iterator[str | None]:
        """What those names mean that say whose they are: a code of ours, or None."""
        for scope in printed:
            name = self._plain(scope)
            bare = _TAIL.sub("", name)
            if bare in _SELF or _PLACEHOLDER.match(bare) or _GENERIC.fullmatch(bare):
                continue
            found = self._named(name)
            elsewhere = bare.startswith(self.words.elsewhere)
            if found or (self._is_foreign(bare) and not elsewhere):
                yield found

    def _title_names(self) -> list[str]:
        head = self.text[:_HEAD]
        plain = fold(head)
        title = [each for each in clauses(plain, self.lexicon.items) if each.role == "title"]
        undated = mask(plain[: title[-1].end], self.lexicon).undated if title else ""
        return [head[name.start : name.end] for name in names(undated, self.lexicon)]

    def _plain(self, scope: str) -> str:
        name = written_plainly(scope).removesuffix("机关")
        for rank in self.words.ranks:
            name = name.replace(rank, "")
        return name

    def _named(self, name: str) -> str | None:
        """The one place of ours with this name, or the one of several that is nearest."""
        fits = gazetteer().candidates(name) or gazetteer().candidates(_TAIL.sub("", name))
        if len(fits) > 1:
            near = _codes_above(self.court)
            fits = tuple(place for place in fits if place.code in near) or tuple(
                place for place in fits if self.court in _codes_above(place.code)
            )
        return fits[0].code if len(fits) == 1 else None

    def _is_foreign(self, bare: str) -> bool:
        if bare.startswith((*self.words.elsewhere, *self._provinces)):
            return True
        return _FOREIGN.search(bare) is not None

    @cached_property
    def _provinces(self) -> tuple[str, ...]:
        areas = self.lexicon.scopes.areas
        return tuple(area for area in areas if area[0] not in "全我")

    def _above(self, kind: str) -> str | None:
        """全市, 自治区: the subject itself or what is above it, if it is of that kind."""
        fits = (place.code for place in self._chain() if place.name.endswith(kind))
        return next(fits, None)

    def _chain(self) -> list[Place]:
        places = {place.code: place for place in gazetteer().places}
        codes = _codes_above(self.subject) if self.subject else []
        return [places[code] for code in codes if code in places]


def _codes_above(code: str) -> list[str]:
    """A place's own code and those above it, upwards."""
    above = parent_code(code)
    return [code, *(_codes_above(above) if above else [])]
