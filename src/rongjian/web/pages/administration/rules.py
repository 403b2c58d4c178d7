"""口径与制度: which versions of roles, definitions and other declared rules are in force, read-only.

They are files of the product: changed by an upgrade, never on a page.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.shortcuts import render

from rongjian.indicators import catalogue
from rongjian.kernel.content import CONTENT
from rongjian.org.access import classes, require, roles

if TYPE_CHECKING:
    from datetime import date

    from django.http import HttpResponse

    from rongjian.web.middleware import ActorRequest

ACCESS = "policy"


@dataclass(frozen=True)
class File:
    """A file of declared rules and the mark by which two installations can be compared."""

    name: str
    about: str
    mark: str


@dataclass(frozen=True)
class Version:
    """One version of a definition."""

    name: str
    code: str
    version: int
    valid_from: date
    basis: str
    checked: date


@dataclass(frozen=True)
class RulesPage:
    """The rules in force."""

    title: str
    roles: int
    classes: int
    files: tuple[File, ...]
    definitions: tuple[Version, ...]


_ABOUT = {
    "roles.yaml": "角色与权限",
    "indicators": "指标口径",
    "campaigns": "专项",
    "documents": "文稿模板",
    "signals": "核对规则",
    "unmasking.yaml": "显示姓名的理由和上限",
    "lines.yaml": "业务条线",
    "departments.yaml": "内设机构",
    "units.yaml": "组织规模",
    "quantities.yaml": "读稿词语",
    "draft-check.yaml": "读稿核数",
    "log-in.yaml": "登录策略",
}
_MARK = 12


def rules(request: ActorRequest) -> HttpResponse:
    """Every declared file with its mark, and every definition with its version and first day."""
    actor = request.actor
    require(actor, "view", ACCESS, actor.person.court)
    page = RulesPage(
        title="口径与制度",
        roles=len(roles()),
        classes=len(classes()),
        files=tuple(_files()),
        definitions=tuple(_definitions()),
    )
    return render(request, "sys/rules.html", {"page": page})


def _files() -> list[File]:
    paths = sorted(path for path in CONTENT.rglob("*.yaml") if "demo" not in path.parts)
    return [
        File(
            path.relative_to(CONTENT).as_posix(),
            _ABOUT.get(path.relative_to(CONTENT).parts[0], ""),
            hashlib.sha256(path.read_bytes()).hexdigest()[:_MARK],
        )
        for path in paths
    ]


def _definitions() -> list[Version]:
    return [
        Version(
            name=each.name,
            code=each.code,
            version=each.version,
            valid_from=each.valid_from,
            basis=f"{each.basis.document}{each.basis.article}",
            checked=each.basis.checked,
        )
        for each in catalogue.catalogue()
    ]
