"""调整设置: the operations, the form that each of them takes, and the plan that a filled form is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

from django import forms
from django.db.models import Q

from rongjian.org.access import reach_units
from rongjian.org.models import COURT_TYPES, Tree, Unit, UnitType
from rongjian.org.plans import (
    Body,
    Dissolve,
    Found,
    Join,
    Merge,
    Move,
    Pair,
    Rename,
    Split,
    Unpair,
    tree_of,
)
from rongjian.records.queries import unit_words

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import date

    from django.db.models import QuerySet

    from rongjian.org.access import Actor, Verb
    from rongjian.org.plans import Plan

    _OneUnit = forms.ModelChoiceField[Unit]
    _SomeUnits = forms.ModelMultipleChoiceField[Unit]
else:  # Django's own classes take no parameter.
    _OneUnit, _SomeUnits = forms.ModelChoiceField, forms.ModelMultipleChoiceField

COURTS_SUFFIX = "人民检察院"
KEPT, ENDED = "kept", "ended"


@dataclass(frozen=True)
class Operation:
    """One thing that can be done: the fields asked for, those behind 「更多（选填）」, its plan."""

    code: str
    name: str
    hint: str
    verb: Verb
    asked: tuple[str, ...]
    more: tuple[str, ...]
    party_only: bool
    plan: Callable[[Mapping[str, Any]], Plan]

    @property
    def classes(self) -> tuple[str, ...]:
        """The classes of rights under which it can be done."""
        return ("party_org",) if self.party_only else ("org_unit", "party_org")


def _found(given: Mapping[str, Any]) -> Plan:
    body = body_of(given["name"], given["above"], UnitType(given["type"]), given)
    return Found(given["on"], given["above"], body, given["basis"])


def _join(given: Mapping[str, Any]) -> Plan:
    body = body_of(given["name"], given["above"], UnitType.JOINT_BRANCH, given)
    return Join(given["on"], given["above"], body, tuple(given["offices"]), given["basis"])


def _rename(given: Mapping[str, Any]) -> Plan:
    unit = given["unit"]
    named = body_of(given["name"], unit, UnitType(unit.type), given)
    return Rename(given["on"], unit, named.name, named.short, given["basis"])


def _split(given: Mapping[str, Any]) -> Plan:
    unit, names = given["unit"], given["names"].split()
    bodies = tuple(body_of(name, unit, UnitType(unit.type), {}) for name in names)
    heir = 0 if given["old"] == ENDED else None
    return Split(given["on"], unit, bodies, heir, given["basis"])


def body_of(typed: str, near: Unit, kind: UnitType, given: Mapping[str, Any]) -> Body:
    """A unit by the name that it has inside its house: both its full and its short name follow."""
    short, code = given.get("short", ""), given.get("code", "")
    if kind in COURT_TYPES:
        return Body(kind, typed, short or f"{typed.removesuffix(COURTS_SUFFIX)}院", code)
    court = near.court or near
    inside = typed.removeprefix(court.name).removeprefix(court.short)
    if not inside:
        return Body(kind, "", "", code)
    return Body(kind, f"{court.name}{inside}", short or f"{court.short}{inside}", code)


_DATED = ("on", "basis")
OPERATIONS = {
    each.code: each
    for each in (
        Operation(
            "found",
            "新设",
            "设立内设机构、专班、党支部、党小组等",
            "create",
            ("above", "type", "name", *_DATED),
            ("short", "code"),
            party_only=False,
            plan=_found,
        ),
        Operation(
            "join",
            "设联合党支部",
            "几个部门合设一个支部：设立、同设置、转组织关系一次办完",
            "create",
            ("above", "name", "offices", *_DATED),
            (),
            party_only=True,
            plan=_join,
        ),
        Operation(
            "move",
            "划转",
            "连同所属单位转到另一个上级之下",
            "edit",
            ("unit", "above", *_DATED),
            (),
            party_only=False,
            plan=lambda given: Move(given["on"], given["unit"], given["above"], given["basis"]),
        ),
        Operation(
            "rename",
            "更名",
            "换一个名称，以前的日期仍显示原名",
            "edit",
            ("unit", "name", *_DATED),
            ("short",),
            party_only=False,
            plan=_rename,
        ),
        Operation(
            "merge",
            "合并",
            "撤销一个或几个单位，人员、下级和同设置转入另一个单位",
            "edit",
            ("units", "heir", *_DATED),
            (),
            party_only=False,
            plan=lambda given: Merge(
                given["on"], tuple(given["units"]), given["heir"], given["basis"]
            ),
        ),
        Operation(
            "split",
            "拆分",
            "从一个单位拆出新单位，原单位可以保留或撤销",
            "edit",
            ("unit", "names", "old", *_DATED),
            (),
            party_only=False,
            plan=_split,
        ),
        Operation(
            "dissolve",
            "撤销",
            "没有人员和下级的单位停止存续，记录留在原处",
            "edit",
            ("unit", *_DATED),
            (),
            party_only=False,
            plan=lambda given: Dissolve(given["on"], given["unit"], given["basis"]),
        ),
        Operation(
            "pair",
            "同设置",
            "让党组织与业务机构对应",
            "edit",
            ("party", "offices", *_DATED),
            (),
            party_only=True,
            plan=lambda given: Pair(
                given["on"], given["party"], tuple(given["offices"]), given["basis"]
            ),
        ),
        Operation(
            "unpair",
            "解除同设置",
            "对应关系到前一日为止",
            "edit",
            ("party", "offices", *_DATED),
            (),
            party_only=True,
            plan=lambda given: Unpair(
                given["on"], given["party"], tuple(given["offices"]), given["basis"]
            ),
        ),
    )
}
FIELD_OF = {"units": "offices", "unit": "party"}
"""Where the refusals of pairings and joint branches name a field that their forms call otherwise."""


class UnitField(_OneUnit):
    """A unit by its code."""

    def __init__(self, units: QuerySet[Unit], **kwargs: Any) -> None:
        super().__init__(units, to_field_name="code", empty_label="请选择", **kwargs)

    def label_from_instance(self, obj: Any) -> str:
        """The unit in words."""
        return unit_words(obj)


class UnitsField(_SomeUnits):
    """Several units by their codes, ticked."""

    def __init__(self, units: QuerySet[Unit], **kwargs: Any) -> None:
        super().__init__(units, to_field_name="code", widget=forms.CheckboxSelectMultiple, **kwargs)

    def label_from_instance(self, obj: Any) -> str:
        """The unit in words."""
        return unit_words(obj)


class AdjustForm(forms.Form):
    """The form of one operation in one house; `form_class` makes it."""

    operation: ClassVar[Operation]

    def clean(self) -> dict[str, Any]:
        """What is left out is empty, and names have no blanks around them."""
        cleaned = super().clean() or self.cleaned_data
        return {name: value or "" for name, value in cleaned.items()}

    def plan(self) -> Plan:
        """The plan of a valid form."""
        return self.operation.plan(self.cleaned_data)


def form_class(operation: Operation, actor: Actor, court: Unit, today: date) -> type[AdjustForm]:
    """The form class of an operation in a house: only units within the actor's reach."""
    choices = _Choices(operation, actor, court)
    made = {name: choices.field(name) for name in (*operation.asked, *operation.more)}
    made["on"].initial = today
    return type("AdjustFormOf", (AdjustForm,), {"operation": operation, **made})


class _Choices:
    """The fields of an operation's form, with the units that can be chosen in a house."""

    def __init__(self, operation: Operation, actor: Actor, court: Unit) -> None:
        self.operation = operation
        living = Q(dissolved_on=None) | Q(dissolved_on__gt=actor.today)
        reached = Unit.objects.none()
        for code in operation.classes:
            wanted = Q(tree=Tree.PARTY if code == "party_org" else Tree.BUSINESS)
            if code == "party_org":
                wanted |= Q(type__in=COURT_TYPES)
            if operation.party_only:
                wanted = Q()
            reached = reached | reach_units(actor, operation.verb, code).filter(wanted)
        self.reached = reached.filter(living).select_related("court").order_by("path")
        self.shaping = [
            code for code in operation.classes if reach_units(actor, "edit", code).exists()
        ]
        near = Q(court=court) | Q(placements__parent=court, placements__valid_to=None)
        self.inside = self.reached.filter(near).distinct()
        self.court = court

    def field(self, name: str) -> forms.Field:
        """A field by name."""
        make: dict[str, Callable[[], forms.Field]] = {
            "unit": lambda: UnitField(self._own_trees(), label="单位"),
            "units": lambda: UnitsField(self._own_trees(), label="撤销的单位"),
            "heir": lambda: UnitField(self._own_trees(everywhere=True), label="并入"),
            "above": lambda: UnitField(self._above(), label="上级"),
            "party": lambda: UnitField(self._of(Tree.PARTY), label="党组织"),
            "offices": lambda: UnitsField(self._offices(), label="业务机构"),
            "type": lambda: forms.ChoiceField(label="类型", choices=self._types()),
            "name": lambda: _text("名称", 60, self._example()),
            "short": lambda: _text("简称", 40, "留空由系统按院名和名称拟定", required=False),
            "code": lambda: _text(
                "代码", 32, "留空由系统编号；检察院填行政区划代码", required=False
            ),
            "names": lambda: forms.CharField(
                label="新单位",
                help_text="每行一个院内名称",
                widget=forms.Textarea({"rows": 3}),
                max_length=300,
            ),
            "old": lambda: forms.ChoiceField(
                label="原单位",
                choices=((KEPT, "保留"), (ENDED, "撤销，人员、下级和同设置转入第一个新单位")),
            ),
            "on": lambda: forms.DateField(
                label="生效日期",
                help_text="可以是过去的日期，也可以预定将来的日期",
                widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"),
            ),
            "basis": lambda: _text(
                "批准文件", 80, "文号或会议，如 政治部〔2026〕12号", required=False
            ),
        }
        return make[name]()

    def _example(self) -> str:
        if self.operation.code == "join":
            return "院内名称，如 刑事联合党支部"
        party = self.shaping == ["party_org"]
        return f"院内名称，如 {'第七党支部' if party else '第七检察部；检察院填全称'}"

    def _of(self, tree: Tree) -> QuerySet[Unit]:
        return self.inside.filter(tree=tree)

    def _own_trees(self, *, everywhere: bool = False) -> QuerySet[Unit]:
        """The units of the trees that the actor shapes: of the house, or courts beyond it too."""
        units = self.inside
        if everywhere:
            units = self.reached.filter(Q(court=self.court) | Q(type__in=COURT_TYPES))
        trees = [Tree.PARTY if code == "party_org" else Tree.BUSINESS for code in self.shaping]
        return units.filter(tree__in=trees)

    def _above(self) -> QuerySet[Unit]:
        """What may stand above: everything of the house, and every procuratorate within reach."""
        found = self.reached.filter(Q(court=self.court) | Q(type__in=COURT_TYPES))
        if self.operation.code == "join":
            found = found.filter(Q(tree=Tree.PARTY) | Q(pk=self.court.pk)).filter(court=self.court)
        return found

    def _offices(self) -> QuerySet[Unit]:
        kinds = (UnitType.DEPARTMENT, UnitType.TASK_FORCE)
        return self.reached.filter(court=self.court, type__in=kinds)

    def _types(self) -> list[tuple[str, str]]:
        trees = {Tree.PARTY if code == "party_org" else Tree.BUSINESS for code in self.shaping}
        return [(kind.value, str(kind.label)) for kind in UnitType if tree_of(kind) in trees]


def _text(label: str, longest: int, hint: str, *, required: bool = True) -> forms.CharField:
    widget = forms.TextInput({"autocomplete": "off"})
    return forms.CharField(
        label=label, max_length=longest, help_text=hint, required=required, widget=widget
    )
