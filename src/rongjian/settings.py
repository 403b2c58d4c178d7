"""All settings, in one file; every one can be set by an environment variable `RONGJIAN_…`.

A secret may be given as `RONGJIAN_…_FILE`, the path of a file that holds it.
"""

from __future__ import annotations

import os
import secrets
from pathlib import Path
from urllib.parse import unquote, urlsplit

from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured


def env(name: str, default: str = "") -> str:
    """The setting RONGJIAN_<name>, or the text of the file that RONGJIAN_<name>_FILE names."""
    if path := os.environ.get(f"RONGJIAN_{name}_FILE"):
        return Path(path).read_text(encoding="utf-8").strip()
    return os.environ.get(f"RONGJIAN_{name}", default)


def listed(text: str) -> list[str]:
    """The values of a setting that holds several, separated by commas."""
    return [each.strip() for each in text.split(",") if each.strip()]


def _secret_key(directory: Path) -> str:
    """The signing key: given by the environment, or made once and kept beside the data."""
    if given := env("SECRET_KEY"):
        return given
    kept = directory / "secret_key"
    if not kept.exists():
        directory.mkdir(parents=True, exist_ok=True)
        kept.touch(mode=0o600)
        kept.write_text(secrets.token_urlsafe(50), encoding="utf-8")
    return kept.read_text(encoding="utf-8")


def _database(url: str, directory: Path) -> dict[str, object]:
    """SQLite in the data directory, or what DATABASE_URL (postgres://…) names."""
    if not url:
        # One writer at a time, every commit on disk before it is acknowledged.
        return {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": directory / "rongjian.sqlite3",
            "OPTIONS": {
                "transaction_mode": "IMMEDIATE",
                "timeout": 30,
                "init_command": "PRAGMA journal_mode=WAL;PRAGMA synchronous=FULL;"
                "PRAGMA recursive_triggers=ON;",
            },
        }
    parts = urlsplit(url)
    if parts.scheme not in {"postgres", "postgresql"}:
        raise ImproperlyConfigured("DATABASE_URL 只支持 postgres://…；不设时使用 SQLite")
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": parts.path.lstrip("/"),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": unquote(parts.hostname or ""),
        "PORT": parts.port or "",
        "CONN_MAX_AGE": 60,
    }


BASE = Path(__file__).resolve().parent
DATA_DIR = Path(env("DIR", "rongjian-data")).resolve()
FACTS_DIR = DATA_DIR / "facts"
FIGURES_DIR = DATA_DIR / "figures"
# Where routine work says when it last ran.
HEARTBEAT = DATA_DIR / "tick" / "last.json"

SECRET_KEY = _secret_key(DATA_DIR)
DEBUG = env("DEBUG") == "1"
# True only in a world made by `rongjian demo`; every page then says so.
DEMO = (DATA_DIR / "DEMO").exists()
ALLOWED_HOSTS = env("HOSTS", "localhost,127.0.0.1,[::1]").split(",")
CSRF_TRUSTED_ORIGINS = listed(env("ORIGINS"))
# The words "whom to ask" on the page that refuses access.
CONTACT = env("CONTACT", "本院机关党委办公室")

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django_htmx",
    "csp",
    "axes",
    "django_otp",
    "django_otp.plugins.otp_totp",
    "django_otp.plugins.otp_static",
    "rongjian.log",
    "rongjian.org",
    "rongjian.records",
    "rongjian.ledgers",
    "rongjian.regimes",
    "rongjian.supervision",
    "rongjian.notices",
    "rongjian.documents",
    "rongjian.web",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "rongjian.web.single_sign_on.single_sign_on",
    "rongjian.web.middleware.actor",
    "rongjian.web.gate.gate",
    "rongjian.web.middleware.administrators",
]
ROOT_URLCONF = "rongjian.urls"
WSGI_APPLICATION = "rongjian.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "rongjian.web.frame.context",
            ]
        },
    }
]

DATABASES = {"default": _database(os.environ.get("DATABASE_URL", ""), DATA_DIR)}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# ---- logging in: what the rules are stands in content/log-in.yaml ----
# True where the site is reached by https only, through a proxy that ends it.
HTTPS = env("HTTPS") == "1"
# Proxies in front of us, as addresses or networks: of these alone X-Forwarded-For is believed.
PROXIES = listed(env("PROXIES"))
# `all` asks everybody for a second factor; without it the three administrators alone.
SECOND_FACTOR_FOR_ALL = env("SECOND_FACTOR") == "all"
# The header in which a gateway names who is logged in (e.g. X-Staff-No), from which addresses it
# counts, the secret it signs with, and whether the gateway has asked for a second factor.
SSO_HEADER = env("SSO_HEADER")
SSO_PROXIES = listed(env("SSO_PROXIES"))
SSO_SECRET = env("SSO_SECRET")
SSO_SECOND_FACTOR = env("SSO_SECOND_FACTOR") == "1"

AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "django.contrib.auth.backends.ModelBackend",
    "rongjian.org.activation.SlipBackend",
]
PASSWORD_HASHERS = ["rongjian.org.hashers.OfficeArgon2"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"rongjian.org.password_rules.{name}"}
    for name in ("PolicyValidator", "HistoryValidator")
]
AXES_HANDLER = "rongjian.org.lockout.Lockout"
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_FAILURE_LIMIT = "rongjian.org.lockout.failure_limit"
AXES_COOLOFF_TIME = "rongjian.org.lockout.cool_off"
AXES_USERNAME_CALLABLE = "rongjian.org.lockout.counted_name"
AXES_CLIENT_IP_CALLABLE = "rongjian.web.addresses.client"
AXES_RESET_ON_SUCCESS = True
AXES_RESET_COOL_OFF_ON_FAILURE_DURING_LOCKOUT = False
AXES_DISABLE_ACCESS_LOG = True
AXES_VERBOSE = False
# Neither names nor codes that were typed are kept.
AXES_SENSITIVE_PARAMETERS = ["username", "ip_address", "code", "new", "again"]
# The pages say themselves that somebody is locked out.
SILENCED_SYSTEM_CHECKS = ["axes.W002"]
OTP_TOTP_ISSUER = "融检"

LOGIN_URL = "login"
LOGIN_REDIRECT_URL = "home"
SESSION_COOKIE_HTTPONLY = True
# The longest session there can be; web/gate.py ends it by the policy.
SESSION_COOKIE_AGE = 12 * 3600
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
CSRF_USE_SESSIONS = True
if HTTPS:
    SESSION_COOKIE_NAME = "__Host-session"
    SESSION_COOKIE_SECURE = True
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    SECURE_HSTS_SECONDS = 365 * 24 * 3600
SECURE_CONTENT_TYPE_NOSNIFF = True
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        # Charts carry their few style attributes inside the SVG.
        "style-src": [SELF, "'unsafe-inline'"],
        "img-src": [SELF, "data:"],
        "object-src": [NONE],
        "base-uri": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
    }
}
# An upload is read whole: sheets beyond this are refused before parsing (kernel/sheets.py).
DATA_UPLOAD_MAX_MEMORY_SIZE = 25 * 1024 * 1024
FILE_UPLOAD_MAX_MEMORY_SIZE = 25 * 1024 * 1024
# What must not be stored is known only once it was read: no upload ever touches the disk.
FILE_UPLOAD_HANDLERS = ["django.core.files.uploadhandler.MemoryFileUploadHandler"]
DATA_UPLOAD_MAX_NUMBER_FIELDS = 20_000

# ---- notices: what is told to whom and when stands in content/notices.yaml ----
EMAIL_HOST = env("MAIL_HOST")
EMAIL_PORT = int(env("MAIL_PORT", "25"))
EMAIL_HOST_USER = env("MAIL_USER")
EMAIL_HOST_PASSWORD = env("MAIL_PASSWORD")
EMAIL_USE_TLS = env("MAIL_TLS") == "starttls"
EMAIL_USE_SSL = env("MAIL_TLS") == "tls"
EMAIL_TIMEOUT = 10
DEFAULT_FROM_EMAIL = env("MAIL_FROM")
# Whose mailboxes people may name for themselves; the sender's own domain unless said otherwise.
MAIL_DOMAINS = [each.lower() for each in listed(env("MAIL_DOMAINS"))] or [
    DEFAULT_FROM_EMAIL.rpartition("@")[2].lower()
]
if EMAIL_HOST and "@" not in DEFAULT_FROM_EMAIL:
    raise ImproperlyConfigured("设了 RONGJIAN_MAIL_HOST，还需设 RONGJIAN_MAIL_FROM（发件邮箱）")
# The one address of the office's own system that digests are posted to, and the secret they are signed with.
NOTICE_WEBHOOK = env("NOTICE_WEBHOOK")
NOTICE_SECRET = env("NOTICE_SECRET")
NOTICE_TIMEOUT = 10
if NOTICE_WEBHOOK and (
    urlsplit(NOTICE_WEBHOOK).scheme not in {"http", "https"} or not NOTICE_SECRET
):
    raise ImproperlyConfigured(
        "RONGJIAN_NOTICE_WEBHOOK 应为 http:// 或 https:// 地址，并同时设 RONGJIAN_NOTICE_SECRET_FILE"
    )

LANGUAGE_CODE = "zh-hans"
TIME_ZONE = "Asia/Shanghai"
USE_TZ = True
USE_I18N = True
STATIC_URL = "static/"
WHITENOISE_USE_FINDERS = True
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "handlers": {"console": {"class": "logging.StreamHandler"}},
    "root": {"handlers": ["console"], "level": "WARNING"},
    # Who failed to log in stands in our own log; addresses that lead nowhere are somebody's text.
    "loggers": {"axes": {"level": "ERROR"}, "django.request": {"level": "ERROR"}},
}
