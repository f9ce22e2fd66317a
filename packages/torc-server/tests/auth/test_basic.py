import base64

import pytest

from torc_server.auth.basic import Authenticator, Credentials, Refused, parse_authorization
from torc_server.auth.credentials import CredentialChecker
from torc_server.auth.htpasswd import hash_password


def basic(text: str, encoding: str = "utf-8") -> str:
    return "Basic " + base64.b64encode(text.encode(encoding)).decode()


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        (None, None),
        ("", None),
        ("Bearer abc", None),
        ("Basic", Credentials("", "")),
        ("Basic !!!", None),
        ("Basic YQ=", None),
        (basic("ann:pw"), Credentials("ann", "pw")),
        (basic("ann:pw").replace("Basic", "bAsIc"), Credentials("ann", "pw")),
        (basic("ann:p:w"), Credentials("ann", "p:w")),
        (basic("ann"), Credentials("ann", "")),
        (basic("ann:"), Credentials("ann", "")),
        (basic("änn:pß"), Credentials("änn", "pß")),
        (basic("änn:pß", "latin-1"), Credentials("änn", "pß")),
        (basic("ann:\x00"), Credentials("ann", "\x00")),
    ],
)
def test_the_header_is_read(header: str | None, expected: Credentials | None):
    assert parse_authorization(header) == expected


def test_a_password_does_not_show_when_credentials_are_printed():
    assert "pw" not in repr(Credentials("ann", "pw"))


@pytest.fixture(scope="module")
def users():
    return {"ann": hash_password("pw", 4).encode(), "cid": hash_password("", 4).encode()}


GOOD, BAD, EMPTY = basic("ann:pw"), basic("ann:no"), basic("cid")
REFUSED = object()


@pytest.mark.parametrize(
    ("with_file", "required", "header", "expected"),
    [
        (False, False, None, None),
        (False, False, GOOD, None),
        (False, False, BAD, None),
        (True, False, None, None),
        (True, False, GOOD, "ann"),
        (True, False, EMPTY, "cid"),
        (True, False, BAD, None),
        (True, False, "Bearer x", None),
        (True, True, None, REFUSED),
        (True, True, GOOD, "ann"),
        (True, True, BAD, REFUSED),
        (True, True, basic("eve:pw"), REFUSED),
        (True, True, "Bearer x", REFUSED),
    ],
)
async def test_the_three_modes(users, with_file: bool, required: bool, header: str | None, expected: object):
    checker = CredentialChecker(users, cache_ttl_seconds=60) if with_file else None
    authenticator = Authenticator(checker, required=required)
    if expected is REFUSED:
        with pytest.raises(Refused):
            await authenticator.user_of(header)
    else:
        assert await authenticator.user_of(header) == expected
    if checker is not None:
        checker.close()


def test_credentials_cannot_be_required_of_nobody():
    with pytest.raises(ValueError, match="without a password file"):
        Authenticator(None, required=True)
