"""The controller: which steps there are, which are done, and where a business goes next.

A step is done by what stands in the database, never by a visit. The current step is the first that
is not done; earlier ones can be gone back to, later ones not yet opened.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

from django.urls import reverse
from django.utils import timezone

from businesses.models import Business
from xero_integration.models import (
    Connection,
    Job,
    JobKind,
    JobStatus,
    OutboxStatus,
    Step,
    WizardRun,
)
from xero_integration.models.link import Kind
from xero_integration.wizard import choices

ORDER = [Step(value) for value in Step.values]
# In Xero's list but not to be waited for: these go on by themselves, or wait for a person.
UNSETTLED = (OutboxStatus.WAITING, OutboxStatus.IN_FLIGHT)


@dataclass(frozen=True)
class Place:
    """One step as the wizard's header shows it."""

    step: Step
    number: int
    url: str
    done: bool
    current: bool
    reachable: bool

    @property
    def label(self) -> str:
        return str(self.step.label)


class Wizard:
    """Where one business stands. Reads lazily, and each thing once."""

    def __init__(self, business: Business) -> None:
        self.business = business
        self.run, _ = WizardRun.objects.get_or_create(business=business)
        self._done: dict[Step, bool] = {}

    @cached_property
    def connection(self) -> Connection | None:
        """The connection in hand, also when it needs reconnecting."""
        return self.business.xero_connections.current().first()

    @cached_property
    def jobs(self) -> dict[str, Job]:
        """The latest job of each kind."""
        if self.connection is None:
            return {}
        # Comparisons come each night and have a page of their own.
        own = self.connection.jobs.exclude(kind=JobKind.RECONCILE)
        latest = own.order_by("-pk")[: 4 * len(JobKind)]
        return {job.kind: job for job in reversed(latest)}

    def job(self, kind: JobKind) -> Job | None:
        return self.jobs.get(kind)

    def passed(self, step: Step) -> bool:
        """Say whether the person has gone on from `step` before."""
        return ORDER.index(Step(self.run.step)) > ORDER.index(step)

    def done(self, step: Step) -> bool:
        if step not in self._done:
            self._done[step] = CHECKS[step](self)
        return self._done[step]

    @cached_property
    def current(self) -> Step:
        """The first step that is not done."""
        return next((step for step in ORDER[:-1] if not self.done(step)), Step.DONE)

    def reachable(self, step: Step) -> bool:
        return all(self.done(before) for before in ORDER[: ORDER.index(step)])

    @cached_property
    def counts(self) -> dict[choices.Filter, int]:
        """The link step's counts: its gate and its tabs ask for the same ones."""
        return choices.counts(self.connection) if self.connection else {}

    def url(self, step: Step | None = None) -> str:
        """Return the address of `step`, or of the current one; of the overview when all is done."""
        step = step or self.current
        name = "home" if step == Step.DONE else step.value
        return reverse(f"xero:{name}", args=[self.business.slug])

    def number(self, step: Step) -> int:
        return ORDER.index(step) + 1

    def after(self, step: Step) -> str:
        """Return the address of the step that follows `step`."""
        return self.url(ORDER[ORDER.index(step) + 1])

    def advance(self, done: Step) -> None:
        """Note that the person went on from `done`. Never goes back."""
        if not self.passed(done):
            self.run.step = ORDER[ORDER.index(done) + 1]
            if self.run.step == Step.DONE:
                self.run.finished_at = timezone.now()
            self.run.save(update_fields=["step", "finished_at", "updated_at"])
        self._done.clear()
        self.__dict__.pop("current", None)
        self.__dict__.pop("counts", None)

    def places(self, here: Step) -> list[Place]:
        return [
            Place(
                step=step,
                number=number,
                url=self.url(step),
                done=self.reachable(step) and self.done(step),
                current=step == here,
                reachable=self.reachable(step),
            )
            for number, step in enumerate(ORDER[:-1], start=1)
        ]


def begin_linking(connection: Connection) -> None:
    """Put the wizard where a fresh connection needs it: at the link step, unless synced before."""
    run, _ = WizardRun.objects.get_or_create(business=connection.business)
    if connection.contacts_open_at is None:
        run.step = Step.LINK
        run.save(update_fields=["step", "updated_at"])


def _cleaned_up(wizard: Wizard) -> bool:
    return wizard.passed(Step.DEDUPE)


def _connected(wizard: Wizard) -> bool:
    """Connected, and the organisation's contacts have been read once."""
    connection = wizard.connection
    if connection is None or not connection.is_callable:
        return False
    return connection.jobs.filter(kind=JobKind.READ, status=JobStatus.DONE).exists()


def _linked(wizard: Wizard) -> bool:
    """Passed with nothing left to decide; for ever once the sync has opened the contacts' gate."""
    if wizard.connection is None or not wizard.passed(Step.LINK):
        return False
    if wizard.connection.contacts_open_at is not None:
        return True
    return choices.gate(wizard.connection, counted=wizard.counts).is_open


def _chosen_to_create(wizard: Wizard) -> bool:
    return wizard.passed(Step.CREATE)


def _synced(wizard: Wizard) -> bool:
    """The job has run to its end. What Xero refused may be mended later."""
    job = wizard.job(JobKind.SYNC)
    if job is None or job.status != JobStatus.DONE:
        return False
    return wizard.passed(Step.SYNC) or not still_going(job.connection)


def _accounts_mapped(wizard: Wizard) -> bool:
    return wizard.connection is not None and wizard.connection.invoices_open_at is not None


CHECKS: dict[Step, Callable[[Wizard], bool]] = {
    Step.DEDUPE: _cleaned_up,
    Step.CONNECT: _connected,
    Step.LINK: _linked,
    Step.CREATE: _chosen_to_create,
    Step.SYNC: _synced,
    Step.ACCOUNTS: _accounts_mapped,
}


def still_going(connection: Connection) -> bool:
    """Say whether contacts are still on their way to Xero."""
    return connection.outbox.filter(kind=Kind.CONTACT, status__in=UNSETTLED).exists()
