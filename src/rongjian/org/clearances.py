"""知悉范围: up to which data level a person may read; one 安全管理员 asks, another decides.

Nobody touches the own clearance, and nobody decides what he asked for himself: two persons, as the
matrix of rights wants it for class `label`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.core.exceptions import ValidationError
from django.db import transaction

from rongjian.log import audit, door
from rongjian.log.images import image_of
from rongjian.org.access import Denied, require
from rongjian.org.models import Clearance, ClearanceChange, Person, PostState

if TYPE_CHECKING:
    from rongjian.org.access import Actor

ACCESS = ClearanceChange.access_class


@transaction.atomic
def ask(actor: Actor, person: Person, level: str, reason: str) -> ClearanceChange:
    """Ask for another level; ValidationError by field (`person`, `level`, `reason`)."""
    require(actor, "edit", ACCESS, person.court)
    person = Person.objects.select_for_update().get(pk=person.pk)
    if person.pk == actor.person.pk:
        raise ValidationError({"person": "不能为本人申请，请另一名安全管理员办理"})
    if level not in Clearance.values:
        raise ValidationError({"level": "请选择知悉范围"})
    if level == person.clearance:
        words = f"{person.name}现在就是 {level} {Clearance(level).label}，不必调整"
        raise ValidationError({"level": words})
    if not reason.strip():
        raise ValidationError({"reason": "请写明调整的理由或批准文号"})
    door.refuse({"reason": reason})
    if person.clearance_changes.filter(state=PostState.REQUESTED).exists():
        raise ValidationError({"person": f"{person.name}已有一项调整待核准，请先办结"})
    change = ClearanceChange(
        person=person,
        before=person.clearance,
        level=level,
        reason=reason.strip(),
        requested_by=actor.person,
        requested_at=actor.now,
    )
    change.full_clean(exclude=["decided_by", "decided_at"])
    change.save()
    stream = person.court.code
    audit.append_change(actor, "request-clearance", change, stream=stream, detail=str(change))
    return change


def approve(actor: Actor, change: ClearanceChange) -> None:
    """Let another level take effect."""
    with transaction.atomic():
        change = _decided(actor, change, PostState.APPROVED, "approve-clearance")
        Person.objects.filter(pk=change.person_id).update(clearance=change.level)


def refuse(actor: Actor, change: ClearanceChange) -> None:
    """Send a request back; the level stays."""
    with transaction.atomic():
        _decided(actor, change, PostState.REFUSED, "refuse-clearance")


def _decided(actor: Actor, change: ClearanceChange, state: PostState, verb: str) -> ClearanceChange:
    rows = ClearanceChange.objects.select_for_update(of=("self",)).select_related("person__court")
    change = rows.get(pk=change.pk)
    require(actor, "edit", ACCESS, change.person.court)
    if actor.person.pk in (change.person_id, change.requested_by_id):
        raise Denied("没有权限：本人申请的或关于本人的知悉范围，应由另一名安全管理员核准")
    if change.state != PostState.REQUESTED:
        raise ValidationError(f"这项调整{change.get_state_display()}，不能再办理")
    before = image_of(change)
    change.state, change.decided_by, change.decided_at = state, actor.person, actor.now
    change.save(update_fields=["state", "decided_by", "decided_at"])
    stream = change.person.court.code
    audit.append_change(actor, verb, change, stream=stream, before=before, detail=str(change))
    return change
