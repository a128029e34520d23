"""The people (User), the tenants (Business) and who may do what in them (Membership)."""

from typing import Any, ClassVar
from zoneinfo import ZoneInfo

from django.contrib.auth.base_user import BaseUserManager
from django.contrib.auth.models import AbstractUser
from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models.functions import Lower
from django.urls import reverse

from businesses.fields import TimeStamped, validate_abn
from businesses.terms import TermsType


class UserManager(BaseUserManager["User"]):
    """Make users by e-mail address; there is no user name."""

    use_in_migrations = True

    def get_by_natural_key(self, username: str | None) -> "User":
        return self.get(email__iexact=username)

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> "User":
        user = self.model(email=self.normalize_email(email), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> "User":
        return self.create_user(email, password, is_staff=True, is_superuser=True, **fields)


class User(AbstractUser):
    """A person who logs in by e-mail. `is_staff` is for the platform's own people only."""

    username = None  # type: ignore[assignment]
    email = models.EmailField("e-mail", unique=True)

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []
    objects = UserManager()  # type: ignore[assignment,misc]

    class Meta:
        constraints = [models.UniqueConstraint(Lower("email"), name="user_email_any_case")]

    def __str__(self) -> str:
        return self.get_full_name() or self.email


class Role(models.TextChoices):
    OWNER = "owner", "Owner"
    OFFICE = "office", "Office"
    READ_ONLY = "read_only", "Read only"


class Business(TimeStamped):
    """A pool-service business: the tenant that every other row belongs to."""

    slug = models.SlugField(unique=True)
    name = models.CharField(max_length=200)
    abn = models.CharField("ABN", max_length=14, blank=True, validators=[validate_abn])
    email = models.EmailField("e-mail", blank=True)
    phone = models.CharField(max_length=50, blank=True)
    address = models.TextField(blank=True, help_text="Printed on invoices.")
    time_zone = models.CharField(max_length=60, default="Australia/Brisbane")
    currency = models.CharField(max_length=3, default="AUD")
    terms_days = models.PositiveSmallIntegerField(
        "payment terms", default=14, validators=[MaxValueValidator(365)]
    )
    terms_type = models.CharField(
        "counted", max_length=20, choices=TermsType, default=TermsType.DAYS_AFTER_BILL_DATE
    )
    gst_registered = models.BooleanField("registered for GST", default=True)
    payment_details = models.TextField(
        blank=True, help_text="How to pay, printed at the foot of invoices."
    )
    members = models.ManyToManyField(User, through="Membership", related_name="businesses")

    class Meta:
        verbose_name_plural = "businesses"

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("dashboard", args=[self.slug])

    @property
    def zone(self) -> ZoneInfo:
        """The time zone of the business's clocks: pages show times in it."""
        return ZoneInfo(self.time_zone)


class Membership(TimeStamped):
    """One person's role in one business."""

    business = models.ForeignKey(Business, models.CASCADE, related_name="memberships")
    user = models.ForeignKey(User, models.CASCADE, related_name="memberships")
    role = models.CharField(max_length=10, choices=Role, default=Role.OFFICE)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["business", "user"], name="membership_once"),
            models.CheckConstraint(
                condition=models.Q(role__in=Role.values), name="membership_role_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user} at {self.business}"

    @property
    def may_edit(self) -> bool:
        return self.role in (Role.OWNER, Role.OFFICE)

    @property
    def is_owner(self) -> bool:
        return self.role == Role.OWNER
