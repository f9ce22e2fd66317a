"""Passwords with any characters, in the header and the file."""

from base64 import b64encode
from typing import Any

import pytest

from torc_server.auth.basic import Authenticator
from torc_server.auth.credentials import CredentialChecker
from torc_server.auth.htpasswd import hash_password

PASSWORDS = {
    "colons": ":p:w:",
    "empty": "",
    "letters": "pässwörd ☃",
    "longest": "x" * 72,
    "blanks": "  ",
    "dänisch": "smørrebrød",
}


@pytest.fixture(scope="module")
def users() -> dict[str, bytes]:
    return {user: hash_password(password, 4).encode() for user, password in PASSWORDS.items()}


@pytest.fixture
async def demanding(serve: Any, users: dict[str, bytes]) -> Any:
    """A server that requires passwords and enforces access."""
    checker = CredentialChecker(users, cache_ttl_seconds=60)
    async with serve(authenticator=Authenticator(checker, required=True), enforce_access=True) as api:
        yield api
    checker.close()


def sent(text: str) -> dict[str, str]:
    return {"Authorization": f"Basic {b64encode(text.encode()).decode()}"}


@pytest.mark.parametrize("user", PASSWORDS)
async def test_passwords_with_any_characters_are_accepted(demanding: Any, user: str) -> None:
    headers = sent(f"{user}:{PASSWORDS[user]}")
    made = await demanding.ok("POST", "/workflows", {"name": "w", "user": "x"}, headers=headers)
    assert made["user"] == user
    for wrong in ("wrong", f"{PASSWORDS[user]}x", f"{PASSWORDS[user]}\x00"):
        reply = await demanding.call("GET", "/ping", headers=sent(f"{user}:{wrong}"))
        assert (reply.status, reply.text) == (401, "Unauthorized")
        assert reply.headers["WWW-Authenticate"] == 'Basic realm="Torc"'


@pytest.mark.parametrize("names_owners", [True, False])
async def test_a_password_decides_who_owns_a_new_workflow(
    serve: Any, users: dict[str, bytes], names_owners: bool
) -> None:
    checker = CredentialChecker(users, cache_ttl_seconds=60)
    authenticator = Authenticator(checker, required=False, names_owners=names_owners)
    async with serve(authenticator=authenticator) as api:
        body, said = {"name": "w", "user": "x"}, {"X-Torc-Client-User": "y"}
        proven = await api.ok("POST", "/workflows", body, headers=sent("letters:pässwörd ☃") | said)
        assert proven["user"] == ("letters" if names_owners else "x")
        assert (await api.ok("POST", "/workflows", body, headers=said))["user"] == "x"
        assert (await api.ok("POST", "/workflows", body, headers=sent("letters:wrong") | said))["user"] == "x"
    checker.close()


async def test_a_missing_password_equals_an_empty_one(demanding: Any) -> None:
    assert (await demanding.call("GET", "/ping", headers=sent("empty"))).status == 200
    assert (await demanding.call("GET", "/ping", headers=sent("longest"))).status == 401


@pytest.mark.parametrize("header", ["Bearer abc", "Basic", "Basic !", "Basic Og==", "Digest x", "x" * 5000])
async def test_other_credentials_are_refused(demanding: Any, header: str) -> None:
    assert (await demanding.call("GET", "/ping", headers={"Authorization": header})).status == 401


async def no_pause(seconds: float) -> None:
    """Stands for the pause before a late answer."""


async def test_guesses_are_refused_without_a_check_and_other_logins_are_not(
    serve: Any, users: dict[str, bytes]
) -> None:
    checker = CredentialChecker(users, cache_ttl_seconds=60, clock=lambda: 1000.0, sleep=no_pause)
    async with serve(authenticator=Authenticator(checker, required=True)) as api:
        assert (await api.call("GET", "/ping", headers=sent("longest:" + PASSWORDS["longest"]))).status == 200
        for user in ("longest", "colons", "absent"):
            guesses = [await api.call("GET", "/ping", headers=sent(f"{user}:guess {number}")) for number in range(8)]
            assert [each.status for each in guesses] == [401] * 6 + [429] * 2, user
            assert guesses[-1].headers["Retry-After"] == "1"
            assert guesses[-1].json["error"]["message"].startswith("This password was not checked")
        # The same name, whose password was right before, and a name that is not guessed.
        for user in ("longest", "dänisch"):
            assert (await api.call("GET", "/ping", headers=sent(f"{user}:{PASSWORDS[user]}"))).status == 200
    checker.close()
