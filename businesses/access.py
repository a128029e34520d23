"""The one door through which a view reaches a business.

A stranger gets 404 (not 403: the slug's existence is nobody's business), a read-only member gets
403 on anything that changes state.
"""

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec, cast

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django_htmx.middleware import HtmxDetails

from businesses.models import Business, Membership, User

P = ParamSpec("P")
READING = {"GET", "HEAD", "OPTIONS"}


class BusinessRequest(HttpRequest):
    """A request of a member: `business`, `membership` and `user` are set."""

    business: Business
    membership: Membership
    user: User
    htmx: HtmxDetails


View = Callable[Concatenate[BusinessRequest, P], HttpResponseBase]
Wrapped = Callable[..., HttpResponseBase]
Allowed = Callable[[Membership, HttpRequest], bool]


def _may_read_or_edit(membership: Membership, request: HttpRequest) -> bool:
    return request.method in READING or membership.may_edit


def _may_own(membership: Membership, request: HttpRequest) -> bool:
    return membership.is_owner


def _guard(view: View[P], allowed: Allowed) -> Wrapped:
    @wraps(view)
    @login_required
    def guarded(request: HttpRequest, slug: str, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        membership = membership_of(cast(User, request.user), slug=slug)
        if not allowed(membership, request):
            raise PermissionDenied
        request.business = membership.business  # type: ignore[attr-defined]
        request.membership = membership  # type: ignore[attr-defined]
        with timezone.override(membership.business.zone):
            return cast(HttpResponse, view(cast(BusinessRequest, request), *args, **kwargs))

    return cast(Wrapped, guarded)


def membership_of(user: User, *, slug: str) -> Membership:
    """Return the membership of `user` in the business called `slug`, or raise Http404."""
    if not user.is_authenticated:
        raise Http404
    memberships = Membership.objects.select_related("business", "user")
    return get_object_or_404(memberships, business__slug=slug, user=user)


def for_members(view: View[P]) -> Wrapped:
    """Let any member read (GET), and owners and office staff change things."""
    return _guard(view, _may_read_or_edit)


def for_owners(view: View[P]) -> Wrapped:
    """Let only owners in: people, settings, the connection to other systems."""
    return _guard(view, _may_own)
