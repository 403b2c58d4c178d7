"""映射方案: the layouts that a procuratorate has mapped once, to be looked at, changed or deleted."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.contrib import messages
from django.http import Http404
from django.shortcuts import redirect, render

from rongjian.records import import_mapping, saved_mappings
from rongjian.records.import_upload import column_name
from rongjian.records.kinds import kind_of
from rongjian.web.listing import Option

if TYPE_CHECKING:
    from django.http import HttpResponse

    from rongjian.org.access import Actor
    from rongjian.records.import_models import SavedMapping
    from rongjian.records.kinds import Kind
    from rongjian.web.middleware import ActorRequest


@dataclass(frozen=True)
class MappingsPage:
    """The saved mappings within reach, by ledger."""

    title: str
    mappings: tuple[tuple[SavedMapping, Kind], ...]


@dataclass(frozen=True)
class MappingPage:
    """One saved mapping: each heading with the field it is read as."""

    title: str
    saved: SavedMapping
    kind: Kind
    columns: tuple[tuple[int, str, tuple[Option, ...]], ...]
    problem: str = ""


def listed(request: ActorRequest) -> HttpResponse:
    """The saved mappings."""
    found = saved_mappings.reachable(request.actor)
    page = MappingsPage("映射方案", tuple((each, kind_of(each.kind)) for each in found))
    return render(request, "imports/mappings.html", {"page": page})


def one(request: ActorRequest, pk: int) -> HttpResponse:
    """Look at a saved mapping, change it or delete it."""
    saved = _found(request.actor, pk)
    if request.method != "POST":
        return render(request, "imports/mapping.html", {"page": _page(saved, saved.mapping)})
    if request.POST.get("do") == "forget":
        saved_mappings.forget(request.actor, saved)
        messages.success(request, "已删除映射方案。下次导入同样的表时重新对应。")
        return redirect("import-mappings")
    columns = range(len(saved.headings))
    chosen = {str(at): request.POST.get(f"column-{at}", "") for at in columns}
    given = {at: name for at, name in chosen.items() if name}
    if problem := _problem(saved, given):
        page = _page(saved, given, problem)
        return render(request, "imports/mapping.html", {"page": page}, status=422)
    saved_mappings.change(request.actor, saved, request.POST.get("name", ""), given)
    messages.success(request, "已保存映射方案，下次导入同样的表时使用。")
    return redirect("import-mapping", saved.pk)


def _found(actor: Actor, pk: int) -> SavedMapping:
    saved = saved_mappings.reachable(actor).filter(pk=pk).first()
    if saved is None:
        raise Http404("没有这个映射方案，或您没有查看权限。")
    return saved


def _problem(saved: SavedMapping, given: dict[str, str]) -> str:
    """What keeps a mapping from being used, in a sentence."""
    kind = kind_of(saved.kind)
    known = import_mapping.fields(kind)
    for name, times in Counter(given.values()).items():
        if name not in known:
            return f"“{kind.name}”没有这个字段，请重新选择。"
        if times > 1:
            return f"“{known[name]}”对应了 {times} 列，请只留一列。"
    return ""


def _page(saved: SavedMapping, mapping: dict[str, str], problem: str = "") -> MappingPage:
    kind = kind_of(saved.kind)
    named = [("", "不导入"), *import_mapping.fields(kind).items()]
    columns = tuple(
        (
            at,
            column_name(saved.headings, at),
            tuple(
                Option(name, heading, name == mapping.get(str(at), "")) for name, heading in named
            ),
        )
        for at in range(len(saved.headings))
    )
    return MappingPage(f"映射方案　{saved.name}", saved, kind, columns, problem)
