"""The people of a business. Members see who is who, owners change it."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST

from businesses.access import BusinessRequest, for_members, for_owners
from businesses.errors import PeopleError
from businesses.forms import NewMemberForm, RoleForm
from businesses.models import Membership, Role
from businesses.services import add_member, change_role, invite, remove_member


@for_members
def members(request: BusinessRequest) -> HttpResponse:
    return _list(request, NewMemberForm())


@for_owners
@require_POST
def member_add(request: BusinessRequest) -> HttpResponse:
    form = NewMemberForm(request.POST)
    if not form.is_valid():
        return _list(request, form)
    try:
        membership = add_member(request.business, **form.cleaned_data)
    except PeopleError as error:
        form.add_error("email", str(error))
        return _list(request, form)
    messages.success(request, f"{membership.user} is added.")
    return _invite(request, membership)


@for_owners
@require_POST
def member_role(request: BusinessRequest, pk: int) -> HttpResponse:
    membership = get_object_or_404(request.business.memberships.select_related("user"), pk=pk)
    form = RoleForm(request.POST)
    if form.is_valid():
        try:
            change_role(membership, role=form.cleaned_data["role"])
        except PeopleError as error:
            messages.error(request, str(error))
        else:
            messages.success(request, f"{membership.user}: {membership.get_role_display()}.")
    return redirect("members", request.business.slug)


@for_owners
@require_POST
def member_remove(request: BusinessRequest, pk: int) -> HttpResponse:
    membership = get_object_or_404(request.business.memberships.select_related("user"), pk=pk)
    try:
        remove_member(membership)
    except PeopleError as error:
        messages.error(request, str(error))
        return redirect("members", request.business.slug)
    messages.success(request, f"{membership.user} no longer belongs to {request.business}.")
    # Owners may take themselves out; then this business's pages are closed to them.
    if membership.user == request.user:
        return redirect("home")
    return redirect("members", request.business.slug)


@for_owners
@require_POST
def member_invite(request: BusinessRequest, pk: int) -> HttpResponse:
    """Send the mail again: the first was lost or its link is too old."""
    membership = get_object_or_404(request.business.memberships.select_related("user"), pk=pk)
    return _invite(request, membership)


def _invite(request: BusinessRequest, membership: Membership) -> HttpResponse:
    try:
        invite(membership, by=request.user)
    except PeopleError as error:
        messages.warning(request, str(error))
    else:
        messages.success(request, f"A mail to {membership.user.email} is on its way.")
    return redirect("members", request.business.slug)


def _list(request: BusinessRequest, form: NewMemberForm) -> HttpResponse:
    memberships = request.business.memberships.select_related("user").order_by("user__email")
    context = {"form": form, "memberships": memberships, "roles": Role.choices}
    return render(request, "businesses/members.html", context)
