"""`stripe_replay`: have events of Stripe worked on again."""

from django.db.models import QuerySet

from pooltrackr.lib.replaying import ReplayCommand
from stripe_integration import events
from stripe_integration.models import StripeEvent


class Command(ReplayCommand):
    help = "Have events that Stripe told of worked on again, by the workers."
    id_field, id_type, id_shown = "event_id", str, "evt_…"

    def events(self) -> QuerySet[StripeEvent]:
        return StripeEvent.objects.all()

    def replay(self, chosen: QuerySet[StripeEvent]) -> int:
        return events.replay(chosen)
