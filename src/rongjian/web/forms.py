"""The form that every ledger gets, made from its kind: fields, choices within reach, prefilling."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from django import forms
from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.db import models

from rongjian.org.access import reach_units, visible
from rongjian.org.models import COURT_TYPES, Person, Unit
from rongjian.org.queries import UnknownUnit, unit_named
from rongjian.records.host_models import HostsField
from rongjian.records.models import Record
from rongjian.records.queries import campaigns, lines, unit_words
from rongjian.web.host_box import HostsTyped

if TYPE_CHECKING:
    from django.db.models import Field, QuerySet

    from rongjian.org.access import Actor, Verb
    from rongjian.records.kinds import Kind

    _FormOfRecord = forms.ModelForm[Record]
    _ChoiceOfUnit = forms.ModelChoiceField[Unit]
    _ChoiceOfPerson = forms.ModelChoiceField[Person]
else:  # Django's own classes take no parameter.
    _FormOfRecord = forms.ModelForm
    _ChoiceOfUnit = _ChoiceOfPerson = forms.ModelChoiceField

_MANY = 200
"""From how many units on a select box is no longer a help, and a name is typed instead."""
_LONG = 100
_KEY_TAKEN = "record_key_once_a_kind"
_PARTS = {"links": "业务链接：", "agenda": "议程：", "decisions": "议定事项："}
"""What a form holds besides fields, as a fault in it is introduced."""


class UnitChoice(_ChoiceOfUnit):
    """A unit out of a few, in code order."""

    def label_from_instance(self, obj: Any) -> str:
        """The unit in words."""
        return unit_words(obj)


class UnitTyped(forms.CharField):
    """A unit out of many, typed as code, name or short name."""

    def __init__(self, units: QuerySet[Unit], **kwargs: Any) -> None:
        self.units = units
        super().__init__(**kwargs)

    def to_python(self, value: Any) -> Any:
        """The unit that was meant, if it is one of those within reach."""
        if not value:
            return None
        if isinstance(value, Unit):
            return value
        try:
            unit = unit_named(str(value).strip())
        except UnknownUnit as error:
            raise ValidationError(str(error)) from error
        if not self.units.filter(pk=unit.pk).exists():
            raise ValidationError(f"您不能为“{unit.short}”填写这类记录")
        return unit

    def prepare_value(self, value: Any) -> Any:
        """The unit's short name in the box, or its code where several share the name."""
        unit = Unit.objects.filter(pk=value).first() if isinstance(value, int) else value
        if not isinstance(unit, Unit):
            return value
        alone = Unit.objects.filter(short=unit.short).count() == 1
        return unit.short if alone else unit.code


class UnitInput(forms.TextInput):
    """A box for a unit's name that offers the procuratorates within reach while one types."""

    template_name = "parts/unit_input.html"

    def __init__(self, units: QuerySet[Unit]) -> None:
        self.courts = units.filter(type__in=COURT_TYPES)
        super().__init__({"autocomplete": "off"})

    def get_context(self, name: str, value: Any, attrs: Any) -> dict[str, Any]:
        """Add what is offered."""
        context = super().get_context(name, value, attrs)
        if box := context["widget"]["attrs"].get("id"):
            context["widget"]["attrs"]["list"] = f"{box}_offered"
        return context | {"offered": self.courts.values_list("short", flat=True)}


class PersonChoice(_ChoiceOfPerson):
    """A colleague, by number."""

    def label_from_instance(self, obj: Any) -> str:
        """Name and number, since names repeat."""
        return f"{obj.name}（{obj.staff_no}）"


class RecordForm(_FormOfRecord):
    """The base of every ledger's form; `form_class` says of which kind and for whom."""

    kind: ClassVar[Kind]
    actor: ClassVar[Actor]

    def clean(self) -> dict[str, Any]:
        """Fill in what the ledger derives itself, where it was left out."""
        cleaned = super().clean() or self.cleaned_data
        for name, value in cleaned.items():
            column = self.kind.field(name)
            if value is None and not column.null and column.has_default():
                cleaned[name] = column.get_default()
        left_out = [name for name in self.kind.more if not cleaned.get(name)]
        if "unit" in left_out:
            cleaned["unit"] = self.actor.person.court
        if not self.errors:
            row = {self.kind.field(name).attname: value for name, value in cleaned.items()}
            made = self.kind.model.prepare(row, self.actor.today)
            cleaned |= {name: made[name] for name in left_out if name in made}
        return cleaned

    def add_refusals(self, error: ValidationError) -> None:
        """Take over what `actions.save` found, each at its field."""
        if not hasattr(error, "error_dict"):
            self.add_error(None, error)
            return
        for name, faults in error.error_dict.items():
            known = name if name in self.fields else None
            for fault in faults:
                self._add_fault(known, fault, _PARTS.get(name, ""))

    def _add_fault(self, name: str | None, fault: ValidationError, part: str) -> None:
        words = part + "；".join(fault.messages)
        if name is None and _KEY_TAKEN in words:
            self.add_error("key", f"编号“{self.data.get('key', '')}”已有记录")
        elif words not in self.errors.get(name or NON_FIELD_ERRORS, []):
            self.add_error(name, words)


def form_class(kind: Kind, actor: Actor, verb: Verb) -> type[RecordForm]:
    """The form class of a kind for an actor."""

    def field_of(field: Field[Any, Any], **kwargs: Any) -> forms.Field | None:
        made = _form_field(field, kind, actor, verb)
        if made is not None:
            made.label = kind.heading(field.name)
        if made is not None and field.name in kind.more:
            # What stands behind 「更多（选填）」 can be left out: the ledger fills it in.
            made.required = made.widget.is_required = False
        return made

    base = type("RecordFormOfKind", (RecordForm,), {"kind": kind, "actor": actor})
    return forms.modelform_factory(  # type: ignore[return-value]
        kind.model, form=base, fields=kind.fields, formfield_callback=field_of
    )


def _form_field(field: Field[Any, Any], kind: Kind, actor: Actor, verb: Verb) -> forms.Field | None:
    if isinstance(field, models.ForeignKey):
        return _target_field(field, kind, actor, verb)
    if isinstance(field, HostsField):
        return HostsTyped(actor.person.court)
    if field.name in {"campaign", "line"}:
        listed = campaigns() if field.name == "campaign" else lines()
        choices = [("", "（无）"), *listed.items()]
        return forms.ChoiceField(choices=choices, required=False, label=str(field.verbose_name))
    if isinstance(field, models.DateField):
        return field.formfield(widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"))
    if isinstance(field, models.TextField):
        return field.formfield(widget=forms.Textarea({"rows": 6}))
    if isinstance(field, models.CharField) and not field.choices:
        long = (field.max_length or 0) > _LONG * 1.5
        widget = forms.Textarea({"rows": 3}) if long else forms.TextInput({"autocomplete": "off"})
        return field.formfield(widget=widget)
    return field.formfield()


def _target_field(
    field: models.ForeignKey[Any, Any], kind: Kind, actor: Actor, verb: Verb
) -> forms.Field:
    required = not field.blank
    label = str(field.verbose_name)
    if field.related_model is Person:
        people = visible(actor, Person.objects.filter(left_on=None), "view")
        if field.name == kind.model.member_field:
            # Whom a row is about is somebody of the units one may write for.
            people = people.filter(branch__in=reach_units(actor, verb, kind.access))
        return PersonChoice(people, required=required, label=label, empty_label="（无）")
    units = _units(field, kind, actor, verb).select_related("court")
    if units.count() > _MANY:
        return UnitTyped(
            units,
            required=required,
            label=label,
            help_text="填写单位代码、全称或简称，如 青秀区院",
            widget=UnitInput(units),
        )
    return UnitChoice(units, required=required, label=label, empty_label="请选择")


def _units(
    field: models.ForeignKey[Any, Any], kind: Kind, actor: Actor, verb: Verb
) -> QuerySet[Unit]:
    """The units to choose from: for the record's own unit those within reach, else those near."""
    reach = reach_units(actor, verb, kind.access)
    if field.name == "unit":
        return reach.filter(type__in=kind.unit_types) if kind.unit_types else reach
    near = models.Q(court__in=reach.values("court")) | models.Q(court=actor.person.court)
    limits = field.get_limit_choices_to()
    return Unit.objects.complex_filter(limits).filter(near)


def prefilled(
    kind: Kind, actor: Actor, units: QuerySet[Unit], given: dict[str, str]
) -> dict[str, Any]:
    """What a new record starts with: today, the unit asked for, and what the last one had.

    Taken over from the last record of the same unit are only choices (类型, 专项, 条线, 专班 …):
    texts, dates and amounts are what makes a record a new one.
    """
    initial: dict[str, Any] = {"happened_on": actor.today}
    rows = visible(actor, kind.model._default_manager.filter(unit__in=units))
    asked = Unit.objects.filter(code=given["unit"]).first() if given.get("unit") else None
    if asked:
        rows = rows.filter(unit=asked)
    last = rows.filter(author=actor.person).order_by("-pk").first() or (
        rows.order_by("-pk").first() if asked else None
    )
    if last:
        # Whom a row is about is what makes it a new one.
        kept = [name for name in _choosable(kind) if name != kind.model.member_field]
        initial |= {name: getattr(last, kind.field(name).attname) for name in kept}
    if asked:
        initial["unit"] = asked.pk
    return initial | {name: given[name] for name in kind.fields if name in given and name != "unit"}


def _choosable(kind: Kind) -> list[str]:
    """The fields whose value is one of a list."""
    return [
        name
        for name in kind.fields
        if isinstance(kind.field(name), models.ForeignKey)
        or kind.field(name).choices
        or name in {"campaign", "line"}
    ]
