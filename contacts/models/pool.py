"""Pool: a body of water at an address, and the contacts who own, rent or manage it."""

from django.db import models
from django.urls import reverse

from businesses.constraints import SameBusiness, business_and_id
from businesses.models import Business
from contacts.models.contact import Contact
from contacts.models.mergeable import (
    Mergeable,
    MergeableQuerySet,
    merged_constraints,
    merged_index,
)
from contacts.search import search_key


class PoolType(models.TextChoices):
    IN_GROUND = "in_ground", "In-ground pool"
    ABOVE_GROUND = "above_ground", "Above-ground pool"
    PLUNGE = "plunge", "Plunge pool"
    LAP = "lap", "Lap pool"
    SPA = "spa", "Spa"
    SWIM_SPA = "swim_spa", "Swim spa"
    INDOOR = "indoor", "Indoor pool"
    COMMERCIAL = "commercial", "Commercial pool"
    OTHER = "other", "Other"


class Surface(models.TextChoices):
    CONCRETE = "concrete", "Concrete"
    PEBBLE = "pebble", "Pebble"
    FIBREGLASS = "fibreglass", "Fibreglass"
    TILED = "tiled", "Tiled"
    PAINTED = "painted", "Painted"
    VINYL = "vinyl", "Vinyl liner"
    OTHER = "other", "Other"


class Sanitiser(models.TextChoices):
    CHLORINE = "chlorine", "Chlorine"
    SALT = "salt", "Salt chlorinator"
    MINERAL = "mineral", "Mineral"
    BROMINE = "bromine", "Bromine"
    OZONE = "ozone", "Ozone"
    UV = "uv", "Ultraviolet"
    OTHER = "other", "Other"


class PoolQuerySet(MergeableQuerySet["Pool"]):
    """Adds nothing; forms and views name their type by it."""


class Pool(Mergeable):
    business = models.ForeignKey(Business, models.PROTECT, related_name="pools")
    name = models.CharField(max_length=200, help_text="For example “Back yard” or “Lap pool”.")
    line1 = models.CharField("address", max_length=500, blank=True)
    line2 = models.CharField("address, line 2", max_length=500, blank=True)
    city = models.CharField("suburb or city", max_length=255, blank=True)
    region = models.CharField("state", max_length=255, blank=True)
    postal_code = models.CharField("postcode", max_length=50, blank=True)
    country = models.CharField(max_length=50, blank=True)
    volume_litres = models.PositiveIntegerField("volume in litres", null=True, blank=True)
    type = models.CharField(max_length=20, choices=PoolType, default=PoolType.IN_GROUND)
    surface = models.CharField(max_length=20, choices=Surface, blank=True)
    sanitiser = models.CharField(max_length=20, choices=Sanitiser, blank=True)
    equipment_notes = models.TextField(blank=True)
    contacts: "models.ManyToManyField[Contact, PoolContact]" = models.ManyToManyField(
        Contact, through="PoolContact", related_name="pools"
    )

    objects = PoolQuerySet.as_manager()

    class Meta:
        ordering = ("name", "id")
        constraints = (
            business_and_id("pool"),
            *merged_constraints("pool"),
            models.CheckConstraint(condition=~models.Q(name=""), name="pool_has_a_name"),
        )
        indexes = (
            models.Index(fields=["business", "name"], name="pool_by_name"),
            merged_index("pool"),
        )

    def __str__(self) -> str:
        return self.name

    def refresh_search_key(self) -> None:
        self.search_key = search_key(
            [self.name, self.line1, self.line2, self.city, self.region, self.postal_code]
        )

    def get_absolute_url(self) -> str:
        return reverse("contacts:pool_detail", args=[self.business.slug, self.pk])

    @property
    def address(self) -> str:
        """The address on one line."""
        town = " ".join(part for part in (self.city, self.region, self.postal_code) if part)
        return ", ".join(part for part in (self.line1, self.line2, town, self.country) if part)


class PoolRole(models.TextChoices):
    OWNER = "owner", "Owner"
    TENANT = "tenant", "Tenant"
    AGENT = "agent", "Agent"


class PoolContact(models.Model):
    """What a contact is to a pool."""

    # No index: SQLite would check the composite keys by it, through all rows of the business.
    business = models.ForeignKey(Business, models.CASCADE, related_name="+", db_index=False)
    pool = models.ForeignKey(Pool, models.CASCADE, related_name="pool_contacts")
    contact = models.ForeignKey(Contact, models.PROTECT, related_name="pool_contacts")
    role = models.CharField(max_length=10, choices=PoolRole, default=PoolRole.OWNER)

    class Meta:
        ordering = ("pool", "role", "id")
        constraints = (
            models.UniqueConstraint(fields=["pool", "contact", "role"], name="pool_contact_once"),
            SameBusiness(field="pool", name="pool_contact_pool_same_business"),
            SameBusiness(field="contact", name="pool_contact_same_business"),
        )

    def __str__(self) -> str:
        return f"{self.contact}, {self.get_role_display()} of {self.pool}"
