"""A step of the flow taken with many records at once: the single step's template over a batch.

idempotency key → rights and states of all → lock by version → what follows → one update → one Event.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

from django.db import transaction

from rongjian.log import audit, receipts
from rongjian.log.images import image_of
from rongjian.records import indexing
from rongjian.records.actions import Stale, check_step
from rongjian.records.models import Record

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rongjian.org.access import Actor
    from rongjian.records.flows import Move
    from rongjian.records.kinds import Kind

R = TypeVar("R", bound=Record)
_AT_ONCE = 100


def move_many(
    actor: Actor,
    kind: Kind,
    records: Sequence[R],
    move_code: str,
    *,
    key: str = "",
    detail: str = "",
) -> list[int]:
    """Take a step with records of one kind as they were read; all of them or none.

    Returns their ids; a repeated `key` returns what the first call moved. Raises Denied, WrongState
    or Stale with the first record that cannot take the step.
    """
    step = kind.flow.move(move_code)
    with transaction.atomic():
        if done := receipts.produced(actor.person.pk, key):
            return done
        if not records:
            return []
        _lock(kind, records)
        for record in records:
            check_step(actor, record, step)
        before = [image_of(record) for record in records]
        kind.model.follow(actor, step, records, detail)
        for record in records:
            record.state = step.target
            record.version += 1
        _store(actor, kind, step, records, before, detail)
        ids = [record.pk for record in records]
        receipts.keep(actor.person.pk, key, ids)
    return ids


def _store(
    actor: Actor,
    kind: Kind,
    step: Move,
    records: Sequence[R],
    before: list[dict[str, Any]],
    detail: str,
) -> None:
    """Update what the step and its consequences changed, and log it as one line."""
    after = [image_of(record) for record in records]
    pairs = list(zip(before, after, strict=True))
    changed = {name for old, new in pairs for name in new if new[name] != old[name]}
    kind.model._default_manager.bulk_update(records, sorted(changed), batch_size=_AT_ONCE)
    indexing.enter_again([record.pk for record in records])
    rows = [[new["id"], list(old.values()), list(new.values())] for old, new in pairs]
    courts = {record.court.code for record in records}
    audit.append(
        actor,
        step.code,
        f"{kind.code}:{records[0].pk}-{records[-1].pk}",
        stream=courts.pop() if len(courts) == 1 else actor.person.court.code,
        change=audit.Change(kind.code, list(after[0]), rows),
        detail=f"{kind.name} {len(rows)} 条 {detail}".strip(),
    )


def _lock(kind: Kind, records: Sequence[R]) -> None:
    """Hold the rows until the end; Stale when somebody changed one since it was read."""
    held = kind.model._default_manager.select_for_update()
    stored = {record.pk: record for record in held.filter(pk__in=[each.pk for each in records])}
    for record in records:
        current = stored.get(record.pk)
        if current is None or current.version != record.version:
            raise Stale(current or record)
