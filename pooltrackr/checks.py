"""System checks for settings that only make sense together (`manage.py check --deploy`)."""

from collections.abc import Sequence
from typing import Any
from urllib.parse import urlsplit

from django.apps import AppConfig
from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, Warning, register

LOOPBACK = {"localhost", "127.0.0.1", "::1"}
ORIGINS = (
    *("XERO_LOGIN_URL", "XERO_IDENTITY_URL", "XERO_API_URL", "XERO_APP_URL"),
    *("STRIPE_API_URL", "STRIPE_CONNECT_URL", "STRIPE_CHECKOUT_URL"),
)


@register(Tags.security, deploy=True)
def secrets(app_configs: Sequence[AppConfig] | None, **kwargs: Any) -> list[CheckMessage]:
    found: list[CheckMessage] = []
    if settings.SECRET_KEY.startswith("insecure-"):
        found.append(
            Error(
                "SECRET_KEY is the demo's.",
                hint="Set SECRET_KEY to 50 random characters.",
                id="pooltrackr.E001",
            )
        )
    if not settings.ENCRYPTION_KEYS:
        found.append(
            Error(
                "ENCRYPTION_KEYS is empty: stored Xero tokens would hang on SECRET_KEY.",
                hint=(
                    'python -c "from cryptography.fernet import Fernet; '
                    'print(Fernet.generate_key().decode())"'
                ),
                id="pooltrackr.E002",
            )
        )
    return found


@register()
def origins(app_configs: Sequence[AppConfig] | None, **kwargs: Any) -> list[CheckMessage]:
    """Xero's and Stripe's origins: no path, and https unless the host is this machine."""
    found: list[CheckMessage] = []
    for name in ORIGINS:
        parts = urlsplit(getattr(settings, name))
        if parts.path or not parts.hostname:
            found.append(Error(f"{name} must be an origin without a path.", id="pooltrackr.E003"))
        elif parts.scheme != "https" and parts.hostname not in LOOPBACK:
            found.append(Error(f"{name} must use https.", id="pooltrackr.E004"))
    return found


@register()
def xero_credentials(app_configs: Sequence[AppConfig] | None, **kwargs: Any) -> list[CheckMessage]:
    if bool(settings.XERO_CLIENT_ID) != bool(settings.XERO_CLIENT_SECRET):
        return [
            Error(
                "XERO_CLIENT_ID and XERO_CLIENT_SECRET go together.",
                hint="Both are on the Configuration page of the app in Xero's developer portal.",
                id="pooltrackr.E005",
            )
        ]
    return []


@register()
def clocks(app_configs: Sequence[AppConfig] | None, **kwargs: Any) -> list[CheckMessage]:
    """A lease must outlive a call, and a task its own budget, or work would be done twice."""
    found: list[CheckMessage] = []
    call = settings.XERO_CONNECT_TIMEOUT + settings.XERO_READ_TIMEOUT
    if settings.XERO_LIMIT_PATIENCE + call >= settings.XERO_LEASE:
        message = "XERO_LEASE must be longer than one call to Xero and the wait for its turn."
        found.append(Error(message, id="pooltrackr.E006"))
    visibility = settings.CELERY_BROKER_TRANSPORT_OPTIONS["visibility_timeout"]
    if settings.XERO_TASK_BUDGET + call >= visibility:
        found.append(
            Error(
                "VISIBILITY_TIMEOUT must exceed XERO_TASK_BUDGET and one call to Xero.",
                id="pooltrackr.E007",
            )
        )
    if settings.XERO_POLL_INTERVAL < 1:
        found.append(Error("XERO_POLL_INTERVAL must be at least 1 s.", id="pooltrackr.E008"))
    if settings.XERO_KEY_LIFE >= 360:
        found.append(Warning("Xero forgets an Idempotency-Key after 360 s.", id="pooltrackr.W001"))
    return found
