"""The box of a form for 联办单位: several units, typed as people write them, with 、 between."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.core.exceptions import ValidationError

from rongjian.records.host_models import codes_in
from rongjian.records.host_names import read_hosts
from rongjian.records.hosts import units_of
from rongjian.records.import_reading import Units
from rongjian.records.queries import hosts_words

if TYPE_CHECKING:
    from rongjian.org.models import Unit

_HELP = "与其他单位合办时填写，多个用顿号分开，如 青秀区院第一党支部、柳州市院第二党支部"


class HostsTyped(forms.CharField):
    """Further hosts of a record; a name that fits none or several units is asked about."""

    def __init__(self, home: Unit, **kwargs: Any) -> None:
        self.home = home
        kwargs.setdefault("widget", forms.TextInput({"autocomplete": "off"}))
        super().__init__(required=False, help_text=_HELP, **kwargs)

    def to_python(self, value: Any) -> str:
        """The codes of the units that were meant."""
        text = super().to_python(value) or ""
        if not text.strip():
            return ""
        found = read_hosts(Units(self.home, set()), text, 0)
        if found.trouble:
            raise ValidationError(found.trouble.words)
        return str(found.value or "")

    def prepare_value(self, value: Any) -> Any:
        """Stored codes by the units' names; what was typed stays as it is."""
        codes = codes_in(value or "")
        known = units_of([value or ""])
        return hosts_words(known[code] for code in codes) if known.keys() >= set(codes) else value
