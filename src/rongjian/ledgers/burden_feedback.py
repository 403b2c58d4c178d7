"""减负反馈: what burdens people for nothing, said with or without a name, and what the office answers.

The 2023 opinions on formalism at the fingertips ask for such a way. It goes to the office (办公室) of the
giver's own procuratorate and no further up; superiors have numbers alone.
"""

from __future__ import annotations

import hashlib
import re
from typing import TYPE_CHECKING

from django.db import models

from rongjian.org.models import COURT_TYPES
from rongjian.records.flows import VOIDED, Flow, Move, State
from rongjian.records.kinds import kind
from rongjian.records.models import Record

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rongjian.org.access import Actor

ANSWERED = Flow(
    "answered",
    (
        State("received", "已收到", "warn", counted=True),
        State("working", "办理中", "ok", counted=True),
        State("answered", "已答复", "done", counted=True),
        VOIDED,
    ),
    (
        Move(
            "answer",
            "答复",
            ("received", "working"),
            "answered",
            "approve",
            by_another=True,
            asks="答复",
        ),
        Move("take", "开始办理", ("received",), "working", "approve", by_another=True),
        Move("void", "作废", ("received", "working"), "void", "void", asks="原因"),
    ),
)
# Without what is mistaken for something else when read from paper (0 O, 1 I L).
_ALPHABET = "ABCDEFGHJKMNPQRSTUVWXYZ23456789"
_LETTERS, _GROUP = 12, 4


class Topic(models.TextChoices):
    """What is burdensome."""

    TWICE = "twice", "重复填报"
    MUCH = "much", "表格或材料过多"
    FORM = "form", "表单不好填"
    NOTICES = "notices", "通知提醒过多"
    SUPERVISION = "supervision", "督办检查过频"
    OTHER = "other", "其他"


@kind(
    "burden-feedback",
    flow=ANSWERED,
    access="burden_feedback",
    group="减负",
    form=("topic", "unit", "happened_on", "words"),
    more=("key", "about", "answer"),
    columns=("happened_on", "topic", "words", "unit", "answer"),
    filters=("topic",),
    facts=("topic",),
    private=("words", "about", "answer"),
    unit_types=COURT_TYPES,
)
class BurdenFeedback(Record):
    """One feedback about a procuratorate's demands; without an author where none was named.

    `receipt` is the digest of the code by which a giver without a name finds the answer again.
    """

    topic = models.CharField("类别", max_length=12, choices=Topic)
    words = models.CharField("反馈内容", max_length=400)
    about = models.CharField("涉及的表格或页面", max_length=80, blank=True)
    answer = models.CharField("答复", max_length=400, blank=True)
    receipt = models.CharField("回执", max_length=64, blank=True, editable=False, db_index=True)

    class Meta:
        verbose_name = "减负反馈"

    @classmethod
    def follow(
        cls, actor: Actor, step: Move, records: Sequence[BurdenFeedback], words: str
    ) -> None:
        """What is said with the answering is the answer."""
        if step.code == "answer" and words:
            for record in records:
                record.answer = words


def receipt_code(key: str) -> str:
    """The code of a receipt, from the secret of the form that was sent: sent twice, it is the same."""
    number = int.from_bytes(hashlib.sha256(f"receipt:{key}".encode()).digest(), "big")
    letters = ""
    while len(letters) < _LETTERS:
        number, at = divmod(number, len(_ALPHABET))
        letters += _ALPHABET[at]
    return "-".join(letters[at : at + _GROUP] for at in range(0, _LETTERS, _GROUP))


def receipt_digest(code: str) -> str:
    """What is kept of a receipt's code; upper and lower case and hyphens make no difference."""
    bare = re.sub(r"[^A-Z0-9]", "", code.upper())
    return hashlib.sha256(f"feedback:{bare}".encode()).hexdigest()
