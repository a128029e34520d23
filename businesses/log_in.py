"""The forms of the two doors, the product's and the admin's: a password cannot be guessed at."""

from typing import Any

from django.contrib.admin.forms import AdminAuthenticationForm
from django.contrib.auth.forms import AuthenticationForm
from django.core.exceptions import ValidationError

from businesses.throttle import PAUSE_MINUTES, log_ins

TOO_MANY = (
    f"There were too many failed log-ins to this account from here. Wait {PAUSE_MINUTES} minutes "
    "and try again, or set a new password by “Forgot your password?”."
)


class LogInForm(AuthenticationForm):
    """Refuses before it looks at the password: a right guess meets the same words as a wrong one.

    Whether there is an account of that e-mail address makes no difference either.
    """

    def clean(self) -> dict[str, Any]:
        assert self.request is not None  # both views give it
        tries = log_ins(self.cleaned_data.get("username", ""), self.request)
        if tries.used_up:
            raise ValidationError(TOO_MANY, code="too_many")
        try:
            cleaned = super().clean()
        except ValidationError:
            tries.count()
            raise
        tries.forget()
        return cleaned


class AdminLogInForm(LogInForm, AdminAuthenticationForm):
    """The same door for the platform's staff."""
