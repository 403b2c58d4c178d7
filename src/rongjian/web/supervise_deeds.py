"""Doing something about a deployment and saying what became of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.core.exceptions import ValidationError

from rongjian.records.actions import Stale, WrongState

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest


def tried(request: HttpRequest, act: Callable[[], str]) -> bool:
    """Do it and say so, or say why not; whether it was done."""
    try:
        messages.success(request, act())
    except ValidationError as error:
        messages.error(request, f"没有办理：{'；'.join(error.messages)}")
    except WrongState as error:
        messages.error(request, f"没有办理：{error}。")
    except Stale:
        messages.warning(request, "没有办理：这项内容刚被别人改过，请看过现在的内容再办。")
    else:
        return True
    return False
