"""Reading 联办单位 as forms and imports write them: names of units between 、, in any of their forms."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rongjian.records.host_models import names_in, stated
from rongjian.records.import_reading import Reading

if TYPE_CHECKING:
    from rongjian.records.import_reading import Units


def read_hosts(units: Units, text: str, court: int) -> Reading:
    """The units named in a text as a record states them, or what is wrong with the first of them."""
    read = units.reader(None)
    names = names_in(text)
    found = [read(name, court) for name in names]
    if wrong := next((each for each in found if each.trouble), None):
        return wrong
    codes = {units.code(each.value) for each in found if each.value is not None}
    changed = any(each.normalised for each in found) or len(codes) < len(names)
    return Reading(stated(codes), changed)
