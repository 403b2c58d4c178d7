"""The WSGI application that gunicorn serves."""

from __future__ import annotations

import os
from importlib import import_module

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "rongjian.settings")
application = get_wsgi_application()
# A malformed content file stops the start; what reads them has models, which exist only now.
import_module("rongjian.ops.start").read_content()
