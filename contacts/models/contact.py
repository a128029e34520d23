"""Contact: a person or company that a business deals with."""

from collections.abc import Iterable

from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models.functions import Lower
from django.urls import reverse

from businesses.constraints import SameBusiness, business_and_id
from businesses.fields import validate_abn
from businesses.models import Business
from businesses.terms import TermsType, in_words
from contacts.models.mergeable import (
    Mergeable,
    MergeableQuerySet,
    merged_constraints,
    merged_index,
)
from contacts.search import search_key


class ContactKind(models.TextChoices):
    PERSON = "person", "Person"
    COMPANY = "company", "Company"


class ContactQuerySet(MergeableQuerySet["Contact"]):
    """Adds nothing; forms and views name their type by it."""


class Contact(Mergeable):
    """One customer, agent or supplier. Archived when no longer used, never deleted."""

    business = models.ForeignKey(Business, models.PROTECT, related_name="contacts")
    kind = models.CharField(max_length=10, choices=ContactKind, default=ContactKind.PERSON)
    name = models.CharField(max_length=255, help_text="As it stands on invoices and in Xero.")
    first_name = models.CharField(max_length=255, blank=True)
    last_name = models.CharField(max_length=255, blank=True)
    company = models.CharField(max_length=255, blank=True)
    email = models.EmailField("e-mail", max_length=255, blank=True)
    other_emails = models.JSONField("other e-mails", default=list, blank=True)
    phone = models.CharField(max_length=50, blank=True)
    mobile = models.CharField(max_length=50, blank=True)

    postal_line1 = models.CharField("postal address", max_length=500, blank=True)
    postal_line2 = models.CharField("postal address, line 2", max_length=500, blank=True)
    postal_city = models.CharField("suburb or city", max_length=255, blank=True)
    postal_region = models.CharField("state", max_length=255, blank=True)
    postal_code = models.CharField("postcode", max_length=50, blank=True)
    postal_country = models.CharField("country", max_length=50, blank=True)
    street_line1 = models.CharField("street address", max_length=500, blank=True)
    street_line2 = models.CharField("street address, line 2", max_length=500, blank=True)
    street_city = models.CharField("suburb or city", max_length=255, blank=True)
    street_region = models.CharField("state", max_length=255, blank=True)
    street_code = models.CharField("postcode", max_length=50, blank=True)
    street_country = models.CharField("country", max_length=50, blank=True)

    abn = models.CharField("ABN", max_length=50, blank=True, validators=[validate_abn])
    account_number = models.CharField(max_length=50, blank=True)
    terms_days = models.PositiveSmallIntegerField(
        "payment terms",
        null=True,
        blank=True,
        validators=[MaxValueValidator(365)],
        help_text="Empty: the business's own terms.",
    )
    terms_type = models.CharField("counted", max_length=20, choices=TermsType, blank=True)
    notes = models.TextField(blank=True)
    # The row's id in the list it was imported from, as given there.
    external_id = models.CharField(
        "id in the imported list", max_length=100, blank=True, editable=False
    )
    tags: "models.ManyToManyField[Tag, ContactTag]" = models.ManyToManyField(
        "Tag", through="ContactTag", related_name="contacts", blank=True
    )

    objects = ContactQuerySet.as_manager()

    class Meta:
        ordering = ("name", "id")
        constraints = (
            business_and_id("contact"),
            *merged_constraints("contact"),
            models.CheckConstraint(condition=~models.Q(name=""), name="contact_has_a_name"),
        )
        indexes = (
            # The list page: active contacts of one business by name, whatever the case.
            models.Index("business", Lower("name"), name="contact_by_name"),
            models.Index(fields=["business", "-updated_at"], name="contact_by_change"),
            merged_index("contact"),
            models.Index(
                fields=["business", "external_id"],
                name="contact_by_external_id",
                condition=~models.Q(external_id=""),
            ),
        )

    def __str__(self) -> str:
        return self.name

    def refresh_search_key(self) -> None:
        self.search_key = search_key(
            [
                *(self.name, self.first_name, self.last_name, self.company),
                *(self.email, *self.other_emails),
                *(self.postal_line1, self.postal_city, self.postal_code),
                *(self.street_line1, self.street_city, self.street_code),
                *(self.account_number, self.abn),
            ],
            phones=[self.phone, self.mobile, self.abn],
        )

    def get_absolute_url(self) -> str:
        return reverse("contacts:detail", args=[self.business.slug, self.pk])

    @property
    def emails(self) -> list[str]:
        return [email for email in (self.email, *self.other_emails) if email]

    @property
    def street_address(self) -> str:
        """The street address, a line for each part."""
        return self._address("street")

    @property
    def postal_address(self) -> str:
        return self._address("postal")

    def _address(self, kind: str) -> str:
        parts = ("line1", "line2", "city", "region", "code", "country")
        line1, line2, city, region, code, country = (getattr(self, f"{kind}_{p}") for p in parts)
        town = " ".join(part for part in (city, region, code) if part)
        return "\n".join(part for part in (line1, line2, town, country) if part)

    @property
    def terms_text(self) -> str:
        days, kind = self.effective_terms
        own = "" if self.terms_days is not None and self.terms_type else " (as usual)"
        return f"{in_words(days, kind)}{own}"

    @property
    def effective_terms(self) -> tuple[int, str]:
        """(days, kind) of this contact's own payment terms, or else of the business's."""
        if self.terms_days is None or not self.terms_type:
            return self.business.terms_days, self.business.terms_type
        return self.terms_days, self.terms_type


class Tag(models.Model):
    """A word that a business groups its contacts by."""

    business = models.ForeignKey(Business, models.CASCADE, related_name="tags")
    name = models.CharField(max_length=50)

    class Meta:
        ordering = ("name",)
        constraints = (
            business_and_id("tag"),
            models.UniqueConstraint("business", Lower("name"), name="tag_once_any_case"),
        )

    def __str__(self) -> str:
        return self.name


class ContactTag(models.Model):
    # No index: SQLite would check the composite keys by it, through all rows of the business.
    business = models.ForeignKey(Business, models.CASCADE, related_name="+", db_index=False)
    contact = models.ForeignKey(Contact, models.CASCADE, related_name="contact_tags")
    tag = models.ForeignKey(Tag, models.CASCADE, related_name="contact_tags")

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["contact", "tag"], name="contact_tag_once"),
            SameBusiness(field="contact", name="contact_tag_same_business"),
            SameBusiness(field="tag", name="contact_tag_tag_same_business"),
        )

    def __str__(self) -> str:
        return f"{self.contact}: {self.tag}"


def set_tags(contact: Contact, names: Iterable[str]) -> None:
    """Give `contact` exactly the tags called `names`, making those that are new.

    Names are compared without case; blank ones are dropped.
    """
    wanted = {name.strip().casefold(): name.strip() for name in names if name.strip()}
    existing = {tag.name.casefold(): tag for tag in contact.business.tags.all()}
    for key, name in wanted.items():
        if key not in existing:
            existing[key] = contact.business.tags.create(name=name[:50])
    keep = [existing[key] for key in wanted]
    contact.contact_tags.exclude(tag__in=keep).delete()
    held = set(contact.contact_tags.values_list("tag_id", flat=True))
    ContactTag.objects.bulk_create(
        ContactTag(business=contact.business, contact=contact, tag=tag)
        for tag in keep
        if tag.pk not in held
    )
