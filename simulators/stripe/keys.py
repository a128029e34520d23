"""Who may call: secret keys, restricted keys and the tokens of connected accounts."""

import base64
from dataclasses import dataclass, field

from simulators.common.wire import Json
from simulators.stripe.errors import StripeError

# docs.stripe.com/connect/oauth-reference: a code lives five minutes and is used once.
CODE_SECONDS = 300


@dataclass(frozen=True)
class Key:
    secret: str
    account: str
    # What a restricted key may touch: resource to "read" or "write"; None is everything.
    allowed: Json | None = None


@dataclass
class Code:
    account: str
    scope: str
    until: int
    used: bool = False


@dataclass
class Keys:
    platform: str
    client_id: str
    by_secret: dict[str, Key] = field(default_factory=dict)
    codes: dict[str, Code] = field(default_factory=dict)
    refresh: dict[str, str] = field(default_factory=dict)
    # Accounts that let the platform act for them.
    connected: set[str] = field(default_factory=set)

    def add(self, secret: str, account: str, allowed: Json | None = None) -> Key:
        key = self.by_secret[secret] = Key(secret, account, allowed)
        return key

    def disconnect(self, account: str) -> None:
        self.connected.discard(account)
        for secret, key in list(self.by_secret.items()):
            if key.account == account and secret.startswith("sk_acct_"):
                del self.by_secret[secret]
        for token, owner in list(self.refresh.items()):
            if owner == account:
                del self.refresh[token]

    def key_of(self, authorization: str | None) -> Key:
        """Return the key of a call; raise StripeError when there is none or a wrong one."""
        secret = secret_in(authorization)
        if not secret:
            raise StripeError(
                "You did not provide an API key. You need to provide your API key in the "
                "Authorization header, using Bearer auth (e.g. 'Authorization: Bearer "
                "YOUR_SECRET_KEY').",
                status=401,
            )
        key = self.by_secret.get(secret)
        if key is None:
            raise StripeError(f"Invalid API Key provided: {masked(secret)}", status=401)
        return key

    def account_for(self, key: Key, named: str | None) -> str:
        """Return the account that a call is about; raise StripeError for a stranger's."""
        if not named or named == key.account:
            return key.account
        if key.account == self.platform and named in self.connected:
            return named
        raise StripeError(
            f"The provided key '{masked(key.secret)}' does not have access to account '{named}' "
            "(or that account does not exist). Application access may have been revoked.",
            status=403,
            code="account_invalid",
        )


def secret_in(authorization: str | None) -> str:
    kind, _, value = (authorization or "").partition(" ")
    if kind.lower() == "bearer":
        return value.strip()
    if kind.lower() != "basic":
        return ""
    try:
        return base64.b64decode(value).decode().partition(":")[0]
    except ValueError:
        return ""


def masked(secret: str) -> str:
    return f"{secret[:8]}{'*' * 8}{secret[-4:]}" if len(secret) > 16 else "*" * len(secret)


def check_permission(key: Key, resource: str, method: str, account: str) -> None:
    """Raise StripeError when a restricted key may not do this."""
    if key.allowed is None:
        return
    needed = "read" if method == "GET" else "write"
    if key.allowed.get(resource) in {needed, "write"}:
        return
    raise StripeError(
        f"The provided key '{masked(key.secret)}' does not have the required permissions for this "
        f"endpoint on account '{account}'. Having the 'rak_{resource.rstrip('s')}_{needed}' "
        "permission would allow this request to continue.",
        status=403,
    )
