"""Everything the identity side remembers: users, codes, tokens, connections, and their rules."""

import hashlib
import secrets
from base64 import urlsafe_b64encode
from collections import Counter
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from simulators.common.clock import Clock
from simulators.xero.identity.scopes import APP_SCOPES
from simulators.xero.limits import Sizes
from simulators.xero.switches import Switches
from simulators.xero.wire import new_id

# As Xero's "Token types" page gives them; the shorter lives are in Sizes, for tests to change.
ID_TOKEN_LIFE = timedelta(minutes=5)
REFRESH_LIFE = timedelta(days=60)


@dataclass(frozen=True)
class ClientApp:
    client_id: str
    client_secret: str
    name: str
    # Empty: any redirect address that Xero would register is taken.
    redirect_uris: tuple[str, ...] = ()


@dataclass(frozen=True)
class User:
    id: str
    email: str
    given_name: str
    family_name: str
    organisation_ids: tuple[str, ...]

    @property
    def full_name(self) -> str:
        return f"{self.given_name} {self.family_name}"


@dataclass(frozen=True)
class Code:
    value: str
    user_id: str
    redirect_uri: str
    scopes: frozenset[str]
    event_id: str
    challenge: str
    nonce: str
    expires: datetime


@dataclass(frozen=True)
class AccessToken:
    value: str
    user_id: str
    scopes: frozenset[str]
    event_id: str
    expires: datetime

    @property
    def is_app(self) -> bool:
        """Whether it is the app's own, of no user."""
        return not self.user_id


@dataclass(frozen=True)
class AppGrant:
    """What the app itself is granted: by its secret alone, for its connections only."""

    user_id: str = ""
    scopes: frozenset[str] = APP_SCOPES
    event_id: str = ""


@dataclass(frozen=True)
class RefreshToken:
    value: str
    user_id: str
    scopes: frozenset[str]
    event_id: str
    expires: datetime
    rotated: datetime | None = None


# What a token can be given for.
Grant = Code | RefreshToken | AppGrant


@dataclass(frozen=True)
class Connection:
    id: str
    user_id: str
    tenant_id: str
    event_id: str
    created: datetime
    updated: datetime


class InvalidGrant(Exception):
    """The code or the refresh token is of no use any more; the text says why, for operators."""


@dataclass
class Identity:
    clock: Clock
    client: ClientApp
    users: dict[str, User]
    sizes: Sizes = field(default_factory=Sizes)
    codes: dict[str, Code] = field(default_factory=dict)
    access: dict[str, AccessToken] = field(default_factory=dict)
    refresh: dict[str, RefreshToken] = field(default_factory=dict)
    connections: dict[str, Connection] = field(default_factory=dict)
    granted: dict[str, frozenset[str]] = field(default_factory=dict)
    sessions: dict[str, str] = field(default_factory=dict)
    counts: Counter[str] = field(default_factory=Counter)

    def user_by_email(self, email: str) -> User | None:
        wanted = email.strip().casefold()
        return next((user for user in self.users.values() if user.email == wanted), None)

    def grant(
        self, user: User, *, asked: frozenset[str], tenant_id: str | None, redirect_uri: str,
        challenge: str, nonce: str,
    ) -> Code:  # fmt: skip
        """Record a consent: connect the organisation and hand out a code."""
        event_id = new_id()
        # Scopes add up over consents; only a revocation takes them away.
        scopes = self.granted.get(user.id, frozenset()) | asked
        self.granted[user.id] = scopes
        if tenant_id is not None:
            self.connect(user, tenant_id, event_id)
        expires = self.clock.now() + timedelta(seconds=self.sizes.code_seconds)
        value = secrets.token_urlsafe(32)
        code = Code(value, user.id, redirect_uri, scopes, event_id, challenge, nonce, expires)
        self.codes[value] = code
        self.counts["codes"] += 1
        return code

    def connect(self, user: User, tenant_id: str, event_id: str) -> Connection:
        now = self.clock.now()
        known = self.connection_of(user.id, tenant_id)
        if known is None:
            known = Connection(new_id(), user.id, tenant_id, event_id, now, now)
        connection = replace(known, event_id=event_id, updated=now)
        self.connections[connection.id] = connection
        return connection

    def connection_of(self, user_id: str, tenant_id: str) -> Connection | None:
        for connection in self.connections.values():
            if (connection.user_id, connection.tenant_id) == (user_id, tenant_id):
                return connection
        return None

    def reached_by(self, access: AccessToken) -> list[Connection]:
        """Return the connections a token reaches: its user's, or for the app's own all."""
        return (
            [*self.connections.values()] if access.is_app else self.connections_of(access.user_id)
        )

    def connections_of(self, user_id: str) -> list[Connection]:
        return [one for one in self.connections.values() if one.user_id == user_id]

    def redeem(
        self, value: str, *, redirect_uri: str, verifier: str, switches: Switches
    ) -> tuple[Code, RefreshToken | None]:
        """Use a code up; raise InvalidGrant when it is spent, old, or somebody else's."""
        # Taken out before it is judged: a code is spent by a wrong attempt too.
        code = self.codes.pop(value, None)
        if code is None:
            raise InvalidGrant("unknown or already used code")
        if self.clock.now() >= code.expires:
            raise InvalidGrant("code too old")
        if redirect_uri != code.redirect_uri:
            raise InvalidGrant("redirect_uri differs from the one authorised")
        if code.challenge and s256(verifier) != code.challenge:
            raise InvalidGrant("code_verifier does not match the challenge")
        if switches.supersede_on_authorise:
            self.forget_refresh_tokens(code.user_id)
        self.counts["code exchanges"] += 1
        if "offline_access" not in code.scopes:
            return code, None
        return code, self.issue_refresh(code.user_id, code.scopes, code.event_id)

    def rotate(self, value: str, *, switches: Switches) -> RefreshToken:
        """Give the successor of a refresh token, which itself lives on only for the grace."""
        now = self.clock.now()
        token = self.refresh.get(value)
        if token is None:
            raise InvalidGrant("unknown or revoked refresh token")
        if now >= token.expires:
            raise InvalidGrant("refresh token older than 60 days")
        # A second use is either the retry of a lost answer or theft; the grace forgives the first.
        if token.rotated is not None:
            if not switches.refresh_grace:
                raise InvalidGrant("refresh token already used (strict)")
            if now >= token.rotated + timedelta(seconds=self.sizes.grace_seconds):
                raise InvalidGrant("refresh token used too long ago")
            self.counts["refreshes in grace"] += 1
        else:
            self.refresh[value] = replace(token, rotated=now)
        self.counts["refreshes"] += 1
        return self.issue_refresh(token.user_id, token.scopes, token.event_id)

    def issue_refresh(self, user_id: str, scopes: frozenset[str], event_id: str) -> RefreshToken:
        value = secrets.token_urlsafe(48)
        expires = self.clock.now() + REFRESH_LIFE
        self.refresh[value] = RefreshToken(value, user_id, scopes, event_id, expires)
        return self.refresh[value]

    def forget_refresh_tokens(self, user_id: str) -> None:
        for value in [token.value for token in self.refresh.values() if token.user_id == user_id]:
            del self.refresh[value]

    def expire_access_tokens(self) -> int:
        """Let every access token handed out so far be expired, without moving the clock."""
        now = self.clock.now()
        living = [token for token in self.access.values() if token.expires > now]
        for token in living:
            self.access[token.value] = replace(token, expires=now)
        return len(living)

    def forget_all_refresh_tokens(self) -> int:
        """Make every refresh token useless, as sixty quiet days would; connections stay."""
        count = len(self.refresh)
        self.refresh.clear()
        return count

    def revoke(self, value: str) -> None:
        token = self.refresh.get(value)
        if token is not None:
            self.revoke_user(token.user_id)

    def revoke_user(self, user_id: str) -> None:
        """Forget a user's consent: tokens, codes, scopes and every connection they made."""
        self.forget_refresh_tokens(user_id)
        self.codes = {key: one for key, one in self.codes.items() if one.user_id != user_id}
        self.granted.pop(user_id, None)
        self.disconnect_user(user_id)
        self.counts["revocations"] += 1

    def disconnect_user(self, user_id: str) -> None:
        for connection in self.connections_of(user_id):
            del self.connections[connection.id]

    def disconnect_organisation(self, tenant_id: str) -> int:
        """Cut an organisation off from the app, as its owner does inside Xero."""
        gone = [one.id for one in self.connections.values() if one.tenant_id == tenant_id]
        for connection_id in gone:
            del self.connections[connection_id]
        return len(gone)


def s256(verifier: str) -> str:
    digest = hashlib.sha256(verifier.encode()).digest()
    return urlsafe_b64encode(digest).rstrip(b"=").decode()
