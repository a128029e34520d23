"""Signing of access and id tokens, with a key made anew in each process."""

import json
from datetime import timedelta
from functools import cache
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa
from jwt.algorithms import RSAAlgorithm

from simulators.xero.identity.model import (
    ID_TOKEN_LIFE,
    AccessToken,
    Code,
    Grant,
    Identity,
    RefreshToken,
)
from simulators.xero.wire import Json, new_id

KEY_ID = "simulator"
ALGORITHM = "RS256"
# The smallest size that libraries accept: the key protects nothing.
KEY_BITS = 2048


@cache
def private_key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=KEY_BITS)


def key_set() -> Json:
    public: dict[str, Any] = json.loads(RSAAlgorithm.to_jwk(private_key().public_key()))
    return {"keys": [{**public, "kid": KEY_ID, "use": "sig", "alg": ALGORITHM}]}


def sign(claims: Json) -> str:
    return jwt.encode(claims, private_key(), algorithm=ALGORITHM, headers={"kid": KEY_ID})


def issue_access(identity: Identity, source: Grant, issuer: str) -> AccessToken:
    now = identity.clock.now()
    expires = now + timedelta(seconds=identity.sizes.access_seconds)
    claims: Json = {
        "iss": issuer,
        "aud": f"{issuer}/resources",
        "nbf": int(now.timestamp()),
        "exp": int(expires.timestamp()),
        "client_id": identity.client.client_id,
        "sub": source.user_id.replace("-", ""),
        "auth_time": int(now.timestamp()),
        "xero_userid": source.user_id,
        "global_session_id": new_id().replace("-", ""),
        "jti": new_id().replace("-", "").upper(),
        "authentication_event_id": source.event_id,
        "scope": sorted(source.scopes),
    }
    token = AccessToken(sign(claims), source.user_id, source.scopes, source.event_id, expires)
    identity.access[token.value] = token
    return token


def issue_id_token(identity: Identity, source: Code | RefreshToken, issuer: str) -> str:
    now = identity.clock.now()
    user = identity.users[source.user_id]
    claims: Json = {
        "iss": issuer,
        "aud": identity.client.client_id,
        "iat": int(now.timestamp()),
        "exp": int((now + ID_TOKEN_LIFE).timestamp()),
        "sub": user.id.replace("-", ""),
        "auth_time": int(now.timestamp()),
        "xero_userid": user.id,
    }
    if "email" in source.scopes:
        claims["email"] = user.email
    if "profile" in source.scopes:
        claims |= {
            "preferred_username": user.email,
            "name": user.full_name,
            "given_name": user.given_name,
            "family_name": user.family_name,
        }
    if isinstance(source, Code) and source.nonce:
        claims["nonce"] = source.nonce
    return sign(claims)
