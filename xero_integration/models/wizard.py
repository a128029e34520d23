"""The wizard's memory: its step, what was chosen for each contact, and its background jobs."""

from django.db import models

from businesses.constraints import SameBusiness
from businesses.fields import TimeStamped
from businesses.models import Business, User
from contacts.models import Contact
from xero_integration.models.connection import Connection
from xero_integration.models.mirror import XeroContact


class Step(models.TextChoices):
    """In the order of the guide."""

    DEDUPE = "dedupe", "Clean up"
    CONNECT = "connect", "Connect"
    LINK = "link", "Link"
    CREATE = "create", "Create"
    SYNC = "sync", "Sync"
    ACCOUNTS = "accounts", "Accounts"
    DONE = "done", "Done"


class Keep(models.TextChoices):
    """Whose data stands after two contacts are linked. Pools are never touched."""

    OURS = "ours", "Keep Pooltrackr's data"
    XERO = "xero", "Keep Xero's data"


class WizardRun(TimeStamped):
    """Where a business stands in the wizard; begun at its first visit."""

    business = models.OneToOneField(Business, models.CASCADE, related_name="xero_wizard")
    step = models.CharField(max_length=10, choices=Step, default=Step.DEDUPE)
    keep = models.CharField(max_length=5, choices=Keep, default=Keep.OURS)
    finished_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return f"{self.business}: {self.step}"


class LinkAction(models.TextChoices):
    UNDECIDED = "undecided", "Choose"
    LINK = "link", "Link"
    CREATE = "create", "Create contact in Xero"
    LEAVE = "leave", "Leave out of Xero"


class Certainty(models.TextChoices):
    """The matcher's word for its suggestion (contacts.matching.results.Decision)."""

    SURE = "sure", "Sure"
    LIKELY = "likely", "Likely"
    NONE = "none", "No match"


class LinkChoiceQuerySet(models.QuerySet["LinkChoice"]):
    def listed(self) -> "LinkChoiceQuerySet":
        """Those of contacts in use: an archived contact needs no decision."""
        return self.filter(contact__archived_at=None)

    def open_to_matcher(self) -> "LinkChoiceQuerySet":
        """Those that no person has decided and no sync has carried out."""
        return self.filter(decided_by=None, applied_at=None)


class LinkChoice(models.Model):
    """What the link step does with one contact. Two may point at one Xero contact until the gate.

    `alternatives` is a ranked list of {"xero_contact": pk, "score": float, "reasons": [str]}.
    """

    business = models.ForeignKey(Business, models.PROTECT, related_name="+", db_index=False)
    connection = models.ForeignKey(Connection, models.CASCADE, related_name="link_choices")
    contact = models.ForeignKey(Contact, models.CASCADE, related_name="link_choices")
    action = models.CharField(max_length=10, choices=LinkAction, default=LinkAction.UNDECIDED)
    xero_contact = models.ForeignKey(
        XeroContact, models.SET_NULL, null=True, blank=True, related_name="link_choices"
    )
    certainty = models.CharField(max_length=10, choices=Certainty, default=Certainty.NONE)
    score = models.FloatField("probability", default=0)
    reasons = models.JSONField(default=list, blank=True)
    alternatives = models.JSONField(default=list, blank=True)
    decided_by = models.ForeignKey(
        User,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        help_text="Empty: proposed by the matcher.",
    )
    decided_at = models.DateTimeField(null=True, blank=True)
    # Overrides the run's own choice for this pair; empty follows it.
    keep = models.CharField(max_length=5, choices=Keep, blank=True)
    # Set when the sync step has carried this choice out.
    applied_at = models.DateTimeField(null=True, blank=True)
    # Our contact's fields that Xero's data replaced, as they were: enough to put them back.
    before = models.JSONField(default=dict, blank=True)

    objects = LinkChoiceQuerySet.as_manager()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["connection", "contact"], name="link_choice_once"),
            models.CheckConstraint(
                condition=~models.Q(action="link") | models.Q(xero_contact__isnull=False),
                name="link_choice_names_its_contact",
            ),
            SameBusiness(field="connection", name="link_choice_connection_same_business"),
            SameBusiness(field="contact", name="link_choice_contact_same_business"),
        )
        indexes = (
            # The flag "Contact already selected": who else points at this Xero contact.
            models.Index(fields=["connection", "xero_contact"], name="link_choice_by_target"),
            models.Index(fields=["connection", "action"], name="link_choice_by_action"),
        )

    def __str__(self) -> str:
        return f"{self.contact}: {self.action}"


class JobKind(models.TextChoices):
    READ = "read", "Reading from Xero"
    SUGGEST = "suggest", "Comparing contacts"
    SYNC = "sync", "Syncing"
    MERGE = "merge", "Merging duplicates"
    RECONCILE = "reconcile", "Comparing invoices"


class JobStatus(models.TextChoices):
    QUEUED = "queued", "Queued"
    RUNNING = "running", "Running"
    FAILED = "failed", "Stopped"
    DONE = "done", "Done"


class Job(TimeStamped):
    """Long work with a page of its own: resumable, with counts a person can watch.

    `cursor` is where to go on after a kill. At most one job of a kind runs for a connection; it is
    held by lease, as everything that works is.
    """

    business = models.ForeignKey(Business, models.PROTECT, related_name="+", db_index=False)
    connection = models.ForeignKey(Connection, models.CASCADE, related_name="jobs")
    kind = models.CharField(max_length=10, choices=JobKind)
    status = models.CharField(max_length=10, choices=JobStatus, default=JobStatus.QUEUED)
    phase = models.CharField(max_length=60, blank=True)
    done = models.PositiveIntegerField(default=0)
    total = models.PositiveIntegerField(default=0)
    failed = models.PositiveIntegerField(default=0)
    cursor = models.JSONField(default=dict, blank=True)
    error_message = models.TextField(blank=True)
    lease_owner = models.CharField(max_length=64, blank=True)
    lease_until = models.DateTimeField(null=True, blank=True)
    started_by = models.ForeignKey(User, models.SET_NULL, null=True, blank=True, related_name="+")
    started_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["connection", "kind"],
                condition=models.Q(status__in=["queued", "running"]),
                name="job_one_at_a_time",
            ),
            SameBusiness(field="connection", name="job_connection_same_business"),
        )

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.status}"
