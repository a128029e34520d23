"""All settings, from the environment and .env (see .env.example)."""

from pathlib import Path
from typing import Any

import django_stubs_ext
import environ
from kombu import Queue

# Typed Django classes may be written as types: ModelForm[Product].
django_stubs_ext.monkeypatch()

BASE_DIR = Path(__file__).resolve().parent.parent

env = environ.Env()
environ.Env.read_env(BASE_DIR / ".env")

# What the demo writes: database, socket, logs, mail.
VAR_DIR = Path(env.str("VAR_DIR", default=str(BASE_DIR / "var")))

# --- the basics ------------------------------------------------------------------------------

DEBUG: bool = env.bool("DEBUG", default=False)
# The default lets a fresh clone run; `check --deploy` refuses it (pooltrackr.E001).
SECRET_KEY: str = env.str("SECRET_KEY", default="insecure-demo-key-not-for-production-" + "0" * 30)
ALLOWED_HOSTS: list[str] = env.list("ALLOWED_HOSTS", default=["localhost", "127.0.0.1", "[::1]"])
CSRF_TRUSTED_ORIGINS: list[str] = env.list("CSRF_TRUSTED_ORIGINS", default=[])
SITE_URL: str = env.str("SITE_URL", default="http://localhost:8000").rstrip("/")
SUPPORT_EMAIL: str = env.str("SUPPORT_EMAIL", default="support@pooltrackr.example")

INSTALLED_APPS = [
    "pooltrackr",
    "businesses",
    "contacts",
    "invoices",
    "stripe_integration",
    "xero_integration",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.humanize",
    "django.forms",  # the templates of its controls, for BootstrapRenderer
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django_htmx",
    "anymail",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "pooltrackr.middleware.content_security_policy",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "pooltrackr.middleware.htmx_answers",
]

ROOT_URLCONF = "pooltrackr.urls"
WSGI_APPLICATION = "pooltrackr.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "pooltrackr.context.site",
            ],
            "builtins": ["pooltrackr.templatetags.ui"],
        },
    }
]
FORM_RENDERER = "pooltrackr.forms.BootstrapRenderer"

# --- database ---------------------------------------------------------------------------------

# WAL and IMMEDIATE: without them a thread worker beside a web server loses four writes in five
# to "database is locked" (measured); timeout in seconds.
SQLITE_OPTIONS: dict[str, Any] = {
    "timeout": 20,
    "transaction_mode": "IMMEDIATE",
    "init_command": (
        "PRAGMA journal_mode=WAL;PRAGMA synchronous=NORMAL;"
        "PRAGMA temp_store=MEMORY;PRAGMA cache_size=-32000;"
    ),
}


def database() -> dict[str, Any]:
    VAR_DIR.mkdir(parents=True, exist_ok=True)
    config: dict[str, Any] = env.db_url(
        "DATABASE_URL", default=f"sqlite:///{VAR_DIR / 'pooltrackr.sqlite3'}"
    )
    # With IMMEDIATE every page view in a request transaction would be a writer.
    config["ATOMIC_REQUESTS"] = False
    if config["ENGINE"].endswith("sqlite3"):
        config.setdefault("OPTIONS", {}).update(SQLITE_OPTIONS)
        # A file, not memory: the tests run real threads and processes against it.
        config["TEST"] = {"NAME": env.str("TEST_DATABASE", default=None)}
    else:
        config["CONN_MAX_AGE"] = env.int("CONN_MAX_AGE", default=60)
        config["CONN_HEALTH_CHECKS"] = True
    return config


DATABASES = {"default": database()}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# --- broker and cache ---------------------------------------------------------------------------

# `make demo` starts a Valkey server on this socket; production sets REDIS_URL.
REDIS_SOCKET: str = env.str("REDIS_SOCKET", default=str(VAR_DIR / "valkey.sock"))
REDIS_URL: str = env.str("REDIS_URL", default=f"unix://{REDIS_SOCKET}")


def broker_url(redis_url: str) -> str:
    """Celery's spelling of a Redis URL (a unix socket is redis+socket:// there)."""
    if redis_url.startswith("unix://"):
        return "redis+socket://" + redis_url.removeprefix("unix://")
    return redis_url


CELERY_BROKER_URL = broker_url(REDIS_URL)
CELERY_TASK_IGNORE_RESULT = True
# A message whose worker was killed comes again. Every task may run twice: what it does is claimed
# in the database.
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
# A drain may take seconds: a worker that held more messages would let free ones starve.
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_TIMEZONE = "UTC"
# LOGGING below is the one format, in workers too.
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
# Above the longest task (a drain stops after XERO_TASK_BUDGET seconds), or a task would run twice.
CELERY_BROKER_TRANSPORT_OPTIONS: dict[str, Any] = {
    "visibility_timeout": env.int("VISIBILITY_TIMEOUT", default=300),
    "unacked_restore_interval": env.int("UNACKED_RESTORE_INTERVAL", default=10),
    "unacked_restore_throttle": 1,
    # A broker that is down must neither slow nor fail a save (design: section 3.1).
    "socket_connect_timeout": 1,
    "socket_timeout": 5,
    # kombu would sleep two and then four seconds before it gives a message up.
    "max_retries": 0,
    # In the order of CELERY_TASK_QUEUES, not in turn: a person's change goes before any bulk.
    "queue_order_strategy": "priority",
}
# Retrying would hold up the save; the sweep finds what was not sent.
CELERY_TASK_PUBLISH_RETRY = False
# Every worker serves both lanes of xero_integration.dispatch and the rest, in this order: the few
# periodic tasks, then people's work, then bulk. A routing key each: without one all three would get
# every message.
CELERY_TASK_QUEUES = [Queue(name, routing_key=name) for name in ("celery", "interactive", "bulk")]

CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": REDIS_URL,
        "KEY_PREFIX": "pooltrackr",
    }
}

# --- people and sessions ------------------------------------------------------------------------

AUTH_USER_MODEL = "businesses.User"
LOGIN_URL = "login"
LOGIN_REDIRECT_URL = "home"
LOGOUT_REDIRECT_URL = "login"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator"},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
# Two weeks: an office logs in now and then, and a forgotten machine does not stay open for good.
SESSION_COOKIE_AGE = 60 * 60 * 24 * 14
SESSION_COOKIE_SAMESITE = "Lax"  # Xero's answer comes back by a top-level redirect: Lax lets it in
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"

# --- language, time, files ----------------------------------------------------------------------

LANGUAGE_CODE = "en-au"
LANGUAGES = [("en-au", "English (Australia)")]
TIME_ZONE = "UTC"
USE_TZ = True
USE_I18N = True

STATIC_URL = "static/"
STATIC_ROOT = VAR_DIR / "static"
STATIC_ROOT.mkdir(parents=True, exist_ok=True)  # WhiteNoise warns of a missing folder
STATICFILES_DIRS = [BASE_DIR / "static"]
# Serves files straight from their folders, so that nobody must run collectstatic for the demo.
WHITENOISE_USE_FINDERS = env.bool("WHITENOISE_USE_FINDERS", default=True)
WHITENOISE_AUTOREFRESH = DEBUG
# A long invoice has more than Django's 1,000 fields: several for each line.
DATA_UPLOAD_MAX_NUMBER_FIELDS = 20000
# A list of 50,000 contacts with notes; read into memory once, so not without end.
UPLOAD_MAX_BYTES: int = env.int("UPLOAD_MAX_BYTES", default=20 * 1024 * 1024)

# --- e-mail -------------------------------------------------------------------------------------

# The default writes each mail to var/mail, where a person at the demo can read it.
# A mail service by its API tells of e-mails that come back; a plain mail server cannot.
ANYMAIL: dict[str, Any] = env.json("ANYMAIL", default={})
EMAIL_SERVICE: str = env.str("EMAIL_SERVICE", default="")
if EMAIL_SERVICE:
    EMAIL_BACKEND = f"anymail.backends.{EMAIL_SERVICE}.EmailBackend"
elif env.str("EMAIL_URL", default=""):
    vars().update(env.email_url("EMAIL_URL"))
else:
    EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
    EMAIL_FILE_PATH = VAR_DIR / "mail"
# A mail server that says nothing must not hold a worker's thread for good.
EMAIL_TIMEOUT = 20
DEFAULT_FROM_EMAIL: str = env.str("DEFAULT_FROM_EMAIL", default=f"Pooltrackr <{SUPPORT_EMAIL}>")

# --- safety -------------------------------------------------------------------------------------

HTTPS: bool = env.bool("HTTPS", default=SITE_URL.startswith("https://"))
SECURE_SSL_REDIRECT = HTTPS
# Asked by load balancers from inside, without TLS.
SECURE_REDIRECT_EXEMPT = [r"^(healthz|readyz)$"]
SESSION_COOKIE_SECURE = HTTPS
CSRF_COOKIE_SECURE = HTTPS
SECURE_HSTS_SECONDS = env.int("HSTS_SECONDS", default=60 * 60 * 24 * 365 if HTTPS else 0)
SECURE_HSTS_INCLUDE_SUBDOMAINS = HTTPS
SECURE_HSTS_PRELOAD = HTTPS
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
if env.bool("BEHIND_PROXY", default=False):
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")

# Fernet keys for what is stored encrypted, newest first; older ones still decrypt. Empty: derived
# from SECRET_KEY, which only the demo may do (`check --deploy`: pooltrackr.E002).
ENCRYPTION_KEYS: list[str] = env.list("ENCRYPTION_KEYS", default=[])

# --- Xero ---------------------------------------------------------------------------------------

XERO_CLIENT_ID: str = env.str("XERO_CLIENT_ID", default="")
XERO_CLIENT_SECRET: str = env.str("XERO_CLIENT_SECRET", default="")
# Signs what Xero posts to /xero/webhook/; named from the start, so that no deployment renames it.
XERO_WEBHOOK_KEY: str = env.str("XERO_WEBHOOK_KEY", default="")
XERO_LOGIN_URL: str = env.str("XERO_LOGIN_URL", default="https://login.xero.com")
XERO_IDENTITY_URL: str = env.str("XERO_IDENTITY_URL", default="https://identity.xero.com")
XERO_API_URL: str = env.str("XERO_API_URL", default="https://api.xero.com")
XERO_APP_URL: str = env.str("XERO_APP_URL", default="https://go.xero.com")
# The least that this product needs (Xero: granular scopes, 2 March 2026).
XERO_SCOPES: list[str] = env.list(
    "XERO_SCOPES",
    default=[
        "openid",
        "profile",
        "email",
        "offline_access",
        "accounting.contacts",
        "accounting.invoices",
        "accounting.payments",
        "accounting.settings.read",
    ],
)

# --- Stripe -------------------------------------------------------------------------------------

# The platform's own key; businesses connect their accounts to it (STRIPE_CLIENT_ID is Connect's).
STRIPE_SECRET_KEY: str = env.str("STRIPE_SECRET_KEY", default="")
STRIPE_CLIENT_ID: str = env.str("STRIPE_CLIENT_ID", default="")
# Signs what Stripe posts to /stripe/webhook/; without it all of that is refused.
STRIPE_WEBHOOK_SECRET: str = env.str("STRIPE_WEBHOOK_SECRET", default="")
STRIPE_API_URL: str = env.str("STRIPE_API_URL", default="https://api.stripe.com")
STRIPE_CONNECT_URL: str = env.str("STRIPE_CONNECT_URL", default="https://connect.stripe.com")
# Where Stripe's payment pages are: forms of ours lead there.
STRIPE_CHECKOUT_URL: str = env.str("STRIPE_CHECKOUT_URL", default="https://checkout.stripe.com")
# Seconds, as everywhere.
STRIPE_CONNECT_TIMEOUT: int = env.int("STRIPE_CONNECT_TIMEOUT", default=5)
# A payer waits for it: longer than Stripe ever takes, shorter than a browser's patience.
STRIPE_READ_TIMEOUT: int = env.int("STRIPE_READ_TIMEOUT", default=30)
# How old a signature may be: Stripe's own advice, docs.stripe.com/webhooks/signature.
STRIPE_WEBHOOK_TOLERANCE: int = env.int("STRIPE_WEBHOOK_TOLERANCE", default=300)
# How often events that no webhook brought are read, and what was left behind is taken up.
STRIPE_POLL_INTERVAL: int = env.int("STRIPE_POLL_INTERVAL", default=120)
# How long a link to pay works: a letter may lie for half a year.
STRIPE_LINK_LIFE: int = env.int("STRIPE_LINK_LIFE", default=180 * 24 * 3600)
# How long a payment page at Stripe stays open: Stripe takes half an hour to a day.
STRIPE_PAGE_LIFE: int = env.int("STRIPE_PAGE_LIFE", default=3600)

# --- clocks of the sync engine, in seconds; tests shorten them together with the simulator's -----

# Xero keeps an Idempotency-Key for 360 s; 30 s less, so that a slow call still meets a live key.
XERO_KEY_LIFE: int = env.int("XERO_KEY_LIFE", default=330)
# Above the longest wait for a turn, refresh of the token and call (connect + read, twice).
XERO_LEASE: int = env.int("XERO_LEASE", default=150)
XERO_CONNECT_TIMEOUT: int = env.int("XERO_CONNECT_TIMEOUT", default=5)
# Fifty contacts in one call take Xero many seconds; giving up early makes the outcome unclear.
XERO_READ_TIMEOUT: int = env.int("XERO_READ_TIMEOUT", default=60)
XERO_BACKOFF_BASE: float = env.float("XERO_BACKOFF_BASE", default=2.0)
# A quarter of an hour: after a long outage nobody waits longer than that.
XERO_BACKOFF_MAX: float = env.float("XERO_BACKOFF_MAX", default=900.0)
XERO_SWEEP_INTERVAL: int = env.int("XERO_SWEEP_INTERVAL", default=60)
# How often each organisation is asked what changed, for what webhooks missed: two calls each time.
XERO_POLL_INTERVAL: int = env.int("XERO_POLL_INTERVAL", default=900)
# How often it is asked which polls are due; they are spread over that time.
XERO_POLL_ROUND: int = min(60, XERO_POLL_INTERVAL)
# How often it is asked which organisations no invoice reaches, and which e-mails are due.
XERO_WATCH_INTERVAL: int = env.int("XERO_WATCH_INTERVAL", default=300)
# Invoices that have not arrived for this long are told of on every page and by e-mail.
XERO_SILENCE: int = env.int("XERO_SILENCE", default=2 * 3600)
# A drain hands over after this, so that no organisation holds a worker for long.
XERO_TASK_BUDGET: int = env.int("XERO_TASK_BUDGET", default=15)

# --- Xero's limits (its page "OAuth 2.0 limits"); the day's is learnt ----------------------------

XERO_LIMIT_IN_FLIGHT: int = env.int("XERO_LIMIT_IN_FLIGHT", default=5)
XERO_LIMIT_MINUTE: int = env.int("XERO_LIMIT_MINUTE", default=60)
XERO_LIMIT_APP_MINUTE: int = env.int("XERO_LIMIT_APP_MINUTE", default=10_000)
# Lengths of Xero's windows; tests shorten them together with the simulator's.
XERO_LIMIT_MINUTE_SECONDS: float = env.float("XERO_LIMIT_MINUTE_SECONDS", default=60.0)
XERO_LIMIT_DAY_SECONDS: float = env.float("XERO_LIMIT_DAY_SECONDS", default=86_400.0)
# Kept for what people do, until the last fifth of each minute: a person saves, bulk can wait.
XERO_LIMIT_PEOPLE_MINUTE: int = env.int("XERO_LIMIT_PEOPLE_MINUTE", default=3)
# The share of the day, and of the app's minute, that bulk leaves to people.
XERO_LIMIT_PEOPLE_DAY: float = env.float("XERO_LIMIT_PEOPLE_DAY", default=0.05)
# How long a worker's thread waits for its turn before it turns to another organisation's work:
# longer than a call takes, or who waits for a place among those in flight would leave before it.
XERO_LIMIT_PATIENCE: float = env.float("XERO_LIMIT_PATIENCE", default=3.0)

# --- health, in seconds -------------------------------------------------------------------------

HEARTBEAT_INTERVAL: int = env.int("HEARTBEAT_INTERVAL", default=20)

# --- logging ------------------------------------------------------------------------------------

LOGGING: dict[str, Any] = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "line": {
            # Exceptions by type and place: their text may quote a record.
            "class": "pooltrackr.lib.logs.Line",
            "format": "{asctime} {levelname} {name} {message}",
            "style": "{",
        }
    },
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": env.str("LOG_LEVEL", default="INFO")},
    "loggers": {
        # Django's own handlers print tracebacks and mail the values of a request.
        "django": {"handlers": [], "level": "INFO"},
        # At DEBUG: statements with their values.
        "django.db.backends": {"level": "INFO"},
        # These print headers or bodies at DEBUG: never below WARNING.
        "urllib3": {"level": "WARNING"},
        "requests_oauthlib": {"level": "WARNING"},
        "oauthlib": {"level": "WARNING"},
        "stripe": {"level": "WARNING"},
    },
}
