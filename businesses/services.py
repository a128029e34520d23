"""Use cases about businesses and their people."""

import logging

from django.conf import settings
from django.contrib.auth.tokens import default_token_generator
from django.core.mail import EmailMessage
from django.db import transaction
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.encoding import force_bytes
from django.utils.http import urlsafe_base64_encode
from django.utils.text import slugify

from businesses.errors import AlreadyMember, LastOwner, MailNotSent
from businesses.models import Business, Membership, Role, User
from pooltrackr.lib.http import absolute_url

logger = logging.getLogger(__name__)

# Left out of slugs: a business of that name would look like a page of ours in links.
RESERVED_SLUGS = {"admin", "new", "xero", "stripe", "help", "static"}


@transaction.atomic
def create_business(business: Business, *, owner: User) -> Business:
    """Save a new business with a slug of its own and make `owner` its first owner."""
    business.slug = free_slug(business.name)
    business.save()
    Membership.objects.create(business=business, user=owner, role=Role.OWNER)
    return business


def free_slug(name: str) -> str:
    """Return a slug for `name` that no business has: "blue-lagoon", "blue-lagoon-2"."""
    stem = slugify(name)[:40].strip("-") or "business"
    taken = set(Business.objects.filter(slug__startswith=stem).values_list("slug", flat=True))
    taken |= RESERVED_SLUGS
    number, slug = 1, stem
    while slug in taken:
        number += 1
        slug = f"{stem}-{number}"
    return slug


@transaction.atomic
def add_member(business: Business, *, email: str, role: str) -> Membership:
    """Give the person with `email` a role; make the account if there is none. The caller invites.

    Raises AlreadyMember.
    """
    user = User.objects.filter(email__iexact=email).first()
    if user is None:
        # No password yet: the mail brings a link to set one.
        user = User.objects.create_user(email)
    membership, made = Membership.objects.get_or_create(
        business=business, user=user, defaults={"role": role}
    )
    if not made:
        raise AlreadyMember(user.email)
    return membership


def invite(membership: Membership, *, by: User) -> None:
    """Mail a member how to get in: with a link to set a password when they have none.

    Raises MailNotSent. Not to be called inside a transaction: it talks to the mail server.
    """
    user, business = membership.user, membership.business
    path = reverse("home") if user.has_usable_password() else set_password_path(user)
    context = {
        "business": business,
        "by": by,
        "role": membership.get_role_display(),
        "is_new": not user.has_usable_password(),
        "url": absolute_url(path),
        "SUPPORT_EMAIL": settings.SUPPORT_EMAIL,
    }
    body = render_to_string("businesses/mail/invitation.txt", context)
    try:
        EmailMessage(f"{business.name} on Pooltrackr", body, to=[user.email]).send()
    except OSError as error:  # SMTPException is one too
        logger.exception("An invitation could not be sent")
        raise MailNotSent(user.email) from error


def set_password_path(user: User) -> str:
    """Return the path of the page that sets a password; good for PASSWORD_RESET_TIMEOUT."""
    uid = urlsafe_base64_encode(force_bytes(user.pk))
    token = default_token_generator.make_token(user)
    return reverse("password_reset_confirm", args=[uid, token])


@transaction.atomic
def change_role(membership: Membership, *, role: str) -> None:
    """Give a member another role. Raises LastOwner when no owner would be left."""
    _keep_an_owner(membership, leaves=role != Role.OWNER)
    membership.role = role
    membership.save(update_fields=["role", "updated_at"])


@transaction.atomic
def remove_member(membership: Membership) -> None:
    """Take a person out of a business; their account stays. Raises LastOwner."""
    _keep_an_owner(membership, leaves=True)
    membership.delete()


def _keep_an_owner(membership: Membership, *, leaves: bool) -> None:
    # The business's row is the lock: two owners who remove each other at once come one by one.
    Business.objects.select_for_update().get(pk=membership.business_id)
    others = membership.business.memberships.filter(role=Role.OWNER).exclude(pk=membership.pk)
    if leaves and not others.exists():
        raise LastOwner
