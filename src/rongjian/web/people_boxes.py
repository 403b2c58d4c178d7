"""Boxes in which administrators name a person or a unit, and what they are told when it fails."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Q

from rongjian.org.models import Person, Unit
from rongjian.org.queries import UnknownUnit, unit_named

if TYPE_CHECKING:
    from django.db.models import QuerySet


class PersonTyped(forms.CharField):
    """A person by staff number, or by name where only one has it, among those within reach."""

    def __init__(self, **kwargs: Any) -> None:
        self.people: QuerySet[Person] = Person.objects.none()
        super().__init__(**kwargs)

    def to_python(self, value: Any) -> Any:
        """The person that was meant; ValidationError says how to be clearer."""
        word = str(value or "").strip()
        if not word:
            return None
        found = list(self.people.filter(Q(staff_no=word) | Q(name=word)).order_by("staff_no")[:6])
        if len(found) == 1:
            return found[0]
        if not found:
            raise ValidationError(
                f"您的管理范围内没有“{word}”。请核对工号；新进人员先由政治部录入或导入机构人员表"
            )
        numbers = "、".join(f"{each.staff_no}（{each.department.short}）" for each in found)
        raise ValidationError(f"有多人叫“{word}”，请填写工号：{numbers}")


class UnitNamed(forms.CharField):
    """A unit by code, name or short name, among those within reach."""

    def __init__(self, **kwargs: Any) -> None:
        self.units: QuerySet[Unit] = Unit.objects.none()
        super().__init__(**kwargs)

    def to_python(self, value: Any) -> Any:
        """The unit that was meant."""
        word = str(value or "").strip()
        if not word:
            return None
        try:
            unit = unit_named(word)
        except UnknownUnit as error:
            raise ValidationError(str(error)) from error
        if not self.units.filter(pk=unit.pk).exists():
            raise ValidationError(f"“{unit.short}”不在您的管理范围内")
        return unit


def add_faults(form: forms.Form, error: ValidationError) -> None:
    """Show what an action found wrong beside the fields that it names, else above the form."""
    if not hasattr(error, "error_dict"):
        form.add_error(None, error)
        return
    for name, errors in error.error_dict.items():
        form.add_error(name if name in form.fields else None, errors)
