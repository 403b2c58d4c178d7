"""我的一年: the page for oneself alone; its address names nobody, so nobody else's can be asked for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.shortcuts import render

from rongjian.records.own_year import OwnYear, own_year, years
from rongjian.web.listing import Option
from rongjian.web.pages.people import role_name

if TYPE_CHECKING:
    from django.http import HttpResponse

    from rongjian.org.models import Post
    from rongjian.web.middleware import ActorRequest


@dataclass(frozen=True)
class MyYearPage:
    """One's own year."""

    title: str
    year: OwnYear
    years: tuple[Option, ...]
    posts: tuple[tuple[Post, str], ...]


def my_year(request: ActorRequest) -> HttpResponse:
    """The logged-in person's own year, this one unless said."""
    actor = request.actor
    offered = years(actor)
    text = request.GET.get("year", "")
    year = int(text) if text.isdecimal() and int(text) in offered else offered[0]
    found = own_year(actor, year)
    page = MyYearPage(
        title="我的一年",
        year=found,
        years=tuple(Option(str(each), f"{each} 年", each == year) for each in offered),
        posts=tuple((post, role_name(post)) for post in found.posts),
    )
    return render(request, "people/my_year.html", {"page": page})
