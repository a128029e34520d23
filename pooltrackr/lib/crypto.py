"""Encryption at rest for tokens: Fernet, with keys that can be rotated."""

import base64
import hashlib
from functools import lru_cache

from cryptography.fernet import Fernet, MultiFernet
from django.conf import settings


@lru_cache(maxsize=4)
def _fernet(keys: tuple[str, ...], secret_key: str) -> MultiFernet:
    if keys:
        return MultiFernet([Fernet(key) for key in keys])
    derived = hashlib.sha256(b"pooltrackr.tokens" + secret_key.encode()).digest()
    return MultiFernet([Fernet(base64.urlsafe_b64encode(derived))])


def _box() -> MultiFernet:
    return _fernet(tuple(settings.ENCRYPTION_KEYS), settings.SECRET_KEY)


def encrypt(text: str) -> str:
    """Return `text` encrypted with the newest key; an empty text stays empty."""
    return _box().encrypt(text.encode()).decode() if text else ""


def decrypt(token: str) -> str:
    """Return the text of `token`, by whichever key made it.

    Raises cryptography.fernet.InvalidToken when no configured key fits.
    """
    return _box().decrypt(token.encode()).decode() if token else ""
