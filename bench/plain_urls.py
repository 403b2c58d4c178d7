"""Our addresses and beside them the change list that Django admin makes of the same table."""

from __future__ import annotations

from django.contrib import admin
from django.urls import path

from rongjian.ledgers.handled_person import HandledPerson
from rongjian.urls import handler500
from rongjian.urls import urlpatterns as ours

__all__ = ["handler500", "urlpatterns"]


class PlainSite(admin.AdminSite):
    """Admin that lets everybody in: only the list's speed is of interest."""

    def has_permission(self, request) -> bool:
        """Everybody."""
        return True


class PlainList(admin.ModelAdmin):  # type: ignore[type-arg]  # not a generic at run time
    """The same columns and filters as our list, fifty a page."""

    list_display = ("key", "charge", "unit", "decision", "happened_on", "task_force")
    list_filter = ("decision", "campaign")
    list_select_related = ("unit", "task_force")
    list_per_page = 50

    def has_view_permission(self, request, obj=None) -> bool:
        """Everybody."""
        return True

    def has_module_permission(self, request) -> bool:
        """Everybody."""
        return True


site = PlainSite(name="plain")
site.register(HandledPerson, PlainList)
urlpatterns = [*ours, path("plain/", site.urls)]
