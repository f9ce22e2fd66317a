"""The published client 0.35.0, every method of it, against a server of ours."""

import json
from pathlib import Path
from typing import Any

import pytest

from support.processes import Place, Server

TESTS = Path(__file__).parents[1]
# The colon is on purpose: only the first of a credential divides.
PASSWORD = "correct: horse"

pytestmark = pytest.mark.timeout(300)


def drive(python: Path, server: Server, *words: str) -> dict[str, Any]:
    """What the driver found."""
    # Our own path only: nothing that is installed here is seen there.
    told = server.place.run(
        python, "-m", "published.driver", server.url, *words, environment={"PYTHONPATH": str(TESTS)}
    )
    found: dict[str, Any] = json.loads(told.stdout)
    return found


@pytest.fixture(params=["open", "enforced"])
def found(request: pytest.FixtureRequest, place: Place, published_python: Path) -> dict[str, Any]:
    """What the driver found at a server that lets anybody do anything, and at one that does not."""
    passwords = place.directory / "htpasswd"
    place.run("torc-htpasswd", "add", "--allow-weak", "-f", passwords, "tester", "-p", PASSWORD, "-c", "4")
    words = ["--auth-file", str(passwords), "--admin-user", "tester"]
    if request.param == "enforced":
        words += ["--require-auth", "--enforce-access-control"]
    with Server(place, *words) as server:
        return drive(published_python, server, "tester", PASSWORD)


def test_what_comes_back_is_what_went_in(found: dict[str, Any]):
    assert found["failures"] == []
    assert len(found["operations"]) >= 130
    assert sorted(found["compared"]) == found["operations"], "every operation was called and compared"
    assert min(found["compared"].values()) >= 1


def test_who_does_not_say_a_password_is_refused(place: Place, published_python: Path):
    passwords = place.directory / "htpasswd"
    place.run("torc-htpasswd", "add", "--allow-weak", "-f", passwords, "tester", "-p", PASSWORD, "-c", "4")
    with Server(place, "--auth-file", str(passwords), "--require-auth", "--enforce-access-control") as server:
        # One subject: a server slows those down who fail again and again.
        found = drive(published_python, server, "tester", "wrong", "life")
    assert found["compared"] == {}
    (failure,) = found["failures"]
    assert failure.startswith("life: UnauthorizedException: (401)")
