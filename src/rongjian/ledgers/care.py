"""党内关怀: on which occasion and in which form; never why in detail.

Neither health nor family is written down: the occasion is one of a few neutral words and there is no
free text at all.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import models

from rongjian.org.models import Person
from rongjian.org.rosters import misplaced
from rongjian.records.flows import FILED
from rongjian.records.kinds import kind
from rongjian.records.models import Record

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping


class Occasion(models.TextChoices):
    """Occasions that say nothing of anybody's health or family."""

    POLITICAL_BIRTHDAY = "political_birthday", "政治生日"
    FESTIVAL = "festival", "节日走访"
    ANNIVERSARY = "anniversary", "“光荣在党50年”等纪念"
    HONOUR = "honour", "受表彰"
    POST_CHANGE = "post_change", "岗位变动"
    RETIREMENT = "retirement", "退休"
    OTHER = "other", "其他关怀"


class Manner(models.TextChoices):
    """What was done."""

    VISIT = "visit", "走访"
    TALK = "talk", "谈心谈话"
    LETTER = "letter", "寄语或贺卡"
    SUPPORT = "support", "工作支持"
    ASSISTANCE = "assistance", "组织帮助"


@kind(
    "care",
    flow=FILED,
    access="care",
    group="党员先锋",
    form=("person", "unit", "happened_on", "occasion", "manner"),
    more=("key",),
    columns=("person", "unit", "happened_on", "occasion", "manner"),
    filters=("occasion", "manner"),
    facts=("occasion", "manner"),
    private=("person",),
)
class Care(Record):
    """One act of care; the day of the record is the day on which it was done."""

    person = models.ForeignKey(
        Person, models.PROTECT, related_name="cared_for", verbose_name="党员"
    )
    occasion = models.CharField("关怀事由", max_length=20, choices=Occasion)
    manner = models.CharField("关怀方式", max_length=12, choices=Manner)

    # Rows about a person: whom they are about may read them, nobody above the own procuratorate.
    access_subject = "person"
    member_field = "person"

    class Meta:
        verbose_name = "党内关怀"

    @classmethod
    def problems(cls, row: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
        """The member belongs to the unit."""
        if words := misplaced(row["person_id"], row["unit_id"], row["happened_on"]):
            yield "person", words
