"""Where a person lands after log-in, and how a business begins."""

from typing import cast

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.contrib.auth.forms import PasswordResetForm
from django.contrib.auth.views import PasswordResetView
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render

from businesses.forms import NewBusinessForm, ProfileForm
from businesses.models import User
from businesses.services import create_business
from businesses.throttle import resets


class PasswordReset(PasswordResetView):
    """Django's own, with links by SITE_URL: a forged Host header cannot lead people away."""

    extra_email_context = {
        "site_url": settings.SITE_URL,
        "support_email": settings.SUPPORT_EMAIL,
    }

    def get_form(self, form_class: type[PasswordResetForm] | None = None) -> PasswordResetForm:
        form = super().get_form(form_class)
        form.fields["email"].label = "E-mail"  # as on the log-in page
        return form

    def form_valid(self, form: PasswordResetForm) -> HttpResponse:
        """Send the mail, but not again and again; the page says the same either way."""
        tries = resets(form.cleaned_data["email"])
        if tries.used_up:
            return HttpResponseRedirect(self.get_success_url())
        tries.count()
        return super().form_valid(form)


@login_required
def home(request: HttpRequest) -> HttpResponse:
    """Go to the person's only business, else let them choose or begin one."""
    user = cast(User, request.user)
    businesses = list(user.businesses.all()[:2])
    if len(businesses) == 1:
        return redirect(businesses[0])
    return redirect("businesses")


@login_required
def businesses(request: HttpRequest) -> HttpResponse:
    user = cast(User, request.user)
    memberships = user.memberships.select_related("business").order_by("business__name")
    return render(request, "businesses/businesses.html", {"memberships": memberships})


@login_required
def business_create(request: HttpRequest) -> HttpResponse:
    form = NewBusinessForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        user = cast(User, request.user)
        business = create_business(form.save(commit=False), owner=user)
        messages.success(request, f"{business.name} is ready. Add your contacts next.")
        return redirect(business)
    return render(request, "businesses/business_create.html", {"form": form})


@login_required
def profile(request: HttpRequest) -> HttpResponse:
    """A person's own name."""
    form = ProfileForm(request.POST or None, instance=cast(User, request.user))
    if request.method == "POST" and form.is_valid():
        form.save()
        messages.success(request, "Your name is saved.")
        return redirect("profile")
    return render(request, "businesses/profile.html", {"form": form})
