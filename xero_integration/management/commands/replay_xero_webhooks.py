"""`replay_xero_webhooks`: have events of Xero's webhooks read again."""

from django.db.models import QuerySet

from pooltrackr.lib.replaying import ReplayCommand
from xero_integration.models import XeroEvent
from xero_integration.reading import events


class Command(ReplayCommand):
    help = "Have events that Xero's webhooks delivered read again, by the workers."

    def events(self) -> QuerySet[XeroEvent]:
        return XeroEvent.objects.all()

    def replay(self, chosen: QuerySet[XeroEvent]) -> int:
        return events.replay(chosen)
