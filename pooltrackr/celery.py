"""The Celery application and the whole periodic schedule."""

import gc
import os

from celery import Celery
from celery.schedules import crontab
from celery.signals import worker_ready
from django.conf import settings

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "pooltrackr.settings")

app = Celery("pooltrackr")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()

app.conf.beat_schedule = {
    # The sign of life that /readyz looks for; one nobody took in time is worth nothing.
    "heartbeat": {
        "task": "pooltrackr.tasks.heartbeat",
        "schedule": settings.HEARTBEAT_INTERVAL,
        "options": {"expires": settings.HEARTBEAT_INTERVAL},
    },
    # Uploaded contact lists are personal data and kept for a day.
    "clean-up-imports": {"task": "contacts.tasks.clean_up_imports", "schedule": 3600},
    # Sends invoices whose e-mail a lost message or a mail server that was down left behind.
    "invoice-emails": {"task": "invoices.tasks.wake_emails", "schedule": 60},
    # Finds what a lost message or a killed worker left behind. One that nobody took in time is
    # dropped: after an outage the first sweep does the work of all that waited.
    "xero-sweep": {
        "task": "xero_integration.tasks.sweep",
        "schedule": settings.XERO_SWEEP_INTERVAL,
        "options": {"expires": settings.XERO_SWEEP_INTERVAL},
    },
    # Each round refreshes a few of the tokens that nothing used for weeks.
    "xero-keep-tokens-alive": {
        "task": "xero_integration.tasks.keep_tokens_alive",
        "schedule": crontab(minute=43),
    },
    # Reads what changed in Xero; a round that nobody took in time is made good by the next.
    "xero-polls": {
        "task": "xero_integration.tasks.start_polls",
        "schedule": settings.XERO_POLL_ROUND,
        "options": {"expires": settings.XERO_POLL_ROUND},
    },
    # Notices when no invoice arrives any more, and has the owners written to.
    "xero-watch": {
        "task": "xero_integration.tasks.watch",
        "schedule": settings.XERO_WATCH_INTERVAL,
        "options": {"expires": settings.XERO_WATCH_INTERVAL},
    },
    # Holds each organisation's invoices of the last months against ours.
    "xero-reconcile": {
        "task": "xero_integration.tasks.reconcile_nightly",
        "schedule": crontab(minute=37, hour=16),
    },
    # Reads events that no webhook brought, and takes up what a killed worker left behind.
    "stripe-sweep": {
        "task": "stripe_integration.tasks.sweep",
        "schedule": settings.STRIPE_POLL_INTERVAL,
        "options": {"expires": settings.STRIPE_POLL_INTERVAL},
    },
    # Compares everything, not only what changed within the last hour.
    "xero-thorough-sweep": {
        "task": "xero_integration.tasks.sweep",
        "schedule": crontab(minute=17, hour="*/6"),
        "kwargs": {"thorough": True},
    },
}


@worker_ready.connect
def spare_the_collector(**_: object) -> None:
    """Take what was loaded by now out of the garbage collector's rounds: it stays anyway.

    A worker makes and drops many small objects, and the rounds went through all the code too:
    five to ten percent of a sync's processor time.
    """
    gc.collect()
    gc.freeze()
