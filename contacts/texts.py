"""What people type into one box for several values: tags, e-mail addresses."""

import re
from collections.abc import Iterable

from django.core.exceptions import ValidationError
from django.core.validators import validate_email

from contacts.naming import tidy

SEPARATORS = re.compile(r"[,;\n]")


def split_words(text: str) -> list[str]:
    """Split comma text (semicolons and new lines too) into its parts, each once."""
    parts = (tidy(part) for part in SEPARATORS.split(text))
    return list({part.casefold(): part for part in parts if part}.values())


def invalid_emails(emails: Iterable[str]) -> list[str]:
    """Return those of `emails` that are no e-mail addresses."""
    return [email for email in emails if not is_email(email)]


def is_email(text: str) -> bool:
    try:
        validate_email(text)
    except ValidationError:
        return False
    return True
