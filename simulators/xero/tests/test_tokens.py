"""Codes, access tokens and the rotation of refresh tokens."""

import base64
import hashlib
import json

import jwt
import pytest
import requests

from simulators.xero.tests.caller import CALLBACK, CLIENT, TIMEOUT, Api, Simulator

VERIFIER = "a-verifier-of-at-least-forty-three-characters-long"
CHALLENGE = (
    base64.urlsafe_b64encode(hashlib.sha256(VERIFIER.encode()).digest()).rstrip(b"=").decode()
)


def test_a_code_gives_a_token_set_with_the_users_claims(xero: Simulator) -> None:
    tokens = xero.exchange(xero.code(nonce="n-1")).json()
    assert tokens["expires_in"] == 1800
    assert tokens["token_type"] == "Bearer"
    keys = requests.get(f"{xero.url}/.well-known/openid-configuration/jwks", timeout=TIMEOUT).json()
    key = jwt.PyJWK(keys["keys"][0])
    access = jwt.decode(tokens["access_token"], key, audience=f"{xero.url}/resources")
    identity = jwt.decode(tokens["id_token"], key, audience=CLIENT[0])
    assert access["xero_userid"] == identity["xero_userid"]
    assert "accounting.contacts" in access["scope"]
    assert identity["email"] == "alex@bluelagoon.example"
    assert identity["nonce"] == "n-1"
    connections = Api(xero.url, tokens).connections(authEventId=access["authentication_event_id"])
    assert len(connections) == 1


def test_a_code_works_once(xero: Simulator) -> None:
    code = xero.code()
    assert xero.exchange(code).status_code == 200
    again = xero.exchange(code)
    assert (again.status_code, again.json()) == (400, {"error": "invalid_grant"})


def test_a_code_dies_after_five_minutes(xero: Simulator) -> None:
    code = xero.code()
    xero.control("clock", advance=301)
    assert xero.exchange(code).json() == {"error": "invalid_grant"}


def test_the_redirect_address_must_be_the_one_authorised(xero: Simulator) -> None:
    code = xero.code()
    answer = xero.exchange(code, redirect_uri=CALLBACK + "x")
    assert answer.json() == {"error": "invalid_grant"}


@pytest.mark.parametrize(
    ("verifier", "status"), [(VERIFIER, 200), ("another-verifier", 400), ("", 400)]
)
def test_a_challenge_asks_for_its_verifier(xero: Simulator, verifier: str, status: int) -> None:
    code = xero.code(code_challenge=CHALLENGE, code_challenge_method="S256")
    assert xero.exchange(code, code_verifier=verifier).status_code == status


def test_the_client_is_known_by_header_or_body_only_with_its_secret(xero: Simulator) -> None:
    refresh = xero.exchange(xero.code()).json()["refresh_token"]
    url = f"{xero.url}/connect/token"
    form = {"grant_type": "refresh_token", "refresh_token": refresh}
    wrong = requests.post(url, data=form, auth=(CLIENT[0], "guess"), timeout=TIMEOUT)
    nobody = requests.post(url, data=form, timeout=TIMEOUT)
    in_body = {**form, "client_id": CLIENT[0], "client_secret": CLIENT[1]}
    assert (wrong.status_code, wrong.json()) == (400, {"error": "invalid_client"})
    assert nobody.json() == {"error": "invalid_client"}
    assert requests.post(url, data=in_body, timeout=TIMEOUT).status_code == 200


def test_an_unknown_grant_is_refused(xero: Simulator) -> None:
    assert xero.token(grant_type="password").json() == {"error": "unsupported_grant_type"}
    assert xero.token().json() == {"error": "invalid_request"}


def test_each_refresh_gives_a_new_refresh_token(xero: Simulator) -> None:
    first = xero.exchange(xero.code()).json()["refresh_token"]
    second = xero.refresh(first).json()["refresh_token"]
    assert second != first
    assert xero.refresh(second).status_code == 200


def test_a_rotated_refresh_token_works_for_thirty_minutes_more(xero: Simulator) -> None:
    first = xero.exchange(xero.code()).json()["refresh_token"]
    xero.refresh(first)
    xero.control("clock", advance=29 * 60)
    assert xero.refresh(first).status_code == 200
    xero.control("clock", advance=2 * 60)
    assert xero.refresh(first).json() == {"error": "invalid_grant"}
    counts = xero.state("identity")["identity"]["counts"]
    assert counts["refreshes in grace"] == 1


def test_strict_rotation_has_no_grace(xero: Simulator) -> None:
    xero.control("switches", refresh_grace=False)
    first = xero.exchange(xero.code()).json()["refresh_token"]
    xero.refresh(first)
    assert xero.refresh(first).json() == {"error": "invalid_grant"}


def test_a_refresh_token_dies_after_sixty_days_unless_refreshed(xero: Simulator) -> None:
    token = xero.exchange(xero.code()).json()["refresh_token"]
    xero.control("clock", advance=59 * 86400)
    token = xero.refresh(token).json()["refresh_token"]
    xero.control("clock", advance=59 * 86400)
    token = xero.refresh(token).json()["refresh_token"]
    xero.control("clock", advance=61 * 86400)
    assert xero.refresh(token).json() == {"error": "invalid_grant"}


def test_authorising_again_supersedes_the_first_refresh_token(xero: Simulator) -> None:
    first = xero.exchange(xero.code()).json()["refresh_token"]
    xero.exchange(xero.code())
    assert xero.refresh(first).json() == {"error": "invalid_grant"}
    xero.control("switches", supersede_on_authorise=False)
    second = xero.exchange(xero.code()).json()["refresh_token"]
    xero.exchange(xero.code())
    assert xero.refresh(second).status_code == 200


def test_an_access_token_dies_after_thirty_minutes_and_says_when(xero: Simulator, api: Api) -> None:
    xero.control("clock", advance=1801)
    answer = api.get("Organisation")
    assert answer.status_code == 401
    assert answer.json()["Title"] == "Unauthorized"
    assert answer.json()["Detail"].startswith("TokenExpired: token expired at ")


def test_a_made_up_token_is_refused(xero: Simulator) -> None:
    answer = Api(xero.url, {"access_token": "made-up"}).get("Organisation")
    assert (answer.status_code, answer.json()["Detail"]) == (401, "AuthenticationUnsuccessful")


def test_lives_can_be_shortened(xero: Simulator) -> None:
    xero.control("limits", access_seconds=7)
    tokens = xero.exchange(xero.code()).json()
    assert tokens["expires_in"] == 7
    xero.control("clock", advance=8)
    api = Api(xero.url, tokens).choose("x")
    assert api.get("Organisation").json()["Detail"].startswith("TokenExpired")


def test_the_discovery_document_names_this_server(xero: Simulator) -> None:
    url = f"{xero.url}/.well-known/openid-configuration"
    document = requests.get(url, timeout=TIMEOUT).json()
    assert document["token_endpoint"] == f"{xero.url}/connect/token"
    assert "S256" in json.dumps(document)
