"""Idempotency keys: a request that is sent twice produces its objects once."""

from __future__ import annotations

from rongjian.log.models import Receipt


def produced(person: int, key: str) -> list[int]:
    """The ids that an earlier request of this person with this key produced; none without a key."""
    if not key:
        return []
    kept = Receipt.objects.filter(key=f"{person}:{key}").first()
    return list(kept.records) if kept else []


def keep(person: int, key: str, ids: list[int]) -> None:
    """Remember what a request produced; without a key there is nothing to remember."""
    if key:
        Receipt.objects.create(key=f"{person}:{key}", records=ids)
