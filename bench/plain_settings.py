"""Settings of the peer: ours plus Django admin, which the product itself never carries."""

from __future__ import annotations

from rongjian.settings import *  # noqa: F403
from rongjian.settings import INSTALLED_APPS as OURS

INSTALLED_APPS = [*OURS, "django.contrib.admin", "django.contrib.messages"]
INSTALLED_APPS = list(dict.fromkeys(INSTALLED_APPS))
ROOT_URLCONF = "bench.plain_urls"
