"""The package `torc` of torc-client in place of the published client 0.35.0, whose distribution has the same name."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from published.test_published_client import PASSWORD, drive
from support.processes import Place, Server

TESTS = Path(__file__).parents[1]
OURS = Path(sys.executable)

pytestmark = pytest.mark.timeout(300)


def names(python: Path) -> dict[str, Any]:
    """Return what `published.names` prints in an environment."""
    shown = subprocess.run(
        [python, "-m", "published.names"], env={"PYTHONPATH": str(TESTS)}, capture_output=True, text=True, check=True
    ).stdout
    found: dict[str, Any] = json.loads(shown)
    return found


@pytest.fixture(scope="module")
def published(published_python: Path) -> dict[str, Any]:
    return names(published_python)


@pytest.fixture(scope="module")
def ours() -> dict[str, Any]:
    return names(OURS)


def accepts(ours: list[list[Any]], theirs: list[list[Any]]) -> bool:
    """Whether a call with their parameters, by position or by name, is one of this package."""
    names_match = [name for name, _ in ours][: len(theirs)] == [name for name, _ in theirs]
    needs = {name for name, is_needed in ours if is_needed}
    return names_match and needs <= {name for name, is_needed in theirs if is_needed}


def test_the_functions_have_the_same_names_and_parameters(published: dict[str, Any], ours: dict[str, Any]):
    flexible = {"torc.create_jobs", "torc.api.create_jobs"}  # a workflow id may precede the jobs
    assert {
        name: ours["functions"].get(name)
        for name, parameters in published["functions"].items()
        if name not in flexible and ours["functions"].get(name) != parameters
    } == {}
    assert flexible <= ours["functions"].keys()


def test_the_methods_have_the_same_names_and_begin_with_the_same_parameters(
    published: dict[str, Any], ours: dict[str, Any]
):
    differing = {
        name: (parameters, ours["operations"].get(name))
        for name, parameters in published["operations"].items()
        if not accepts(ours["operations"].get(name, []), parameters)
    }
    assert differing == {}
    assert len(published["operations"]) >= 3 * 130


def test_the_models_have_the_same_members(published: dict[str, Any], ours: dict[str, Any]):
    missing = {
        name: sorted(set(members) - set(ours["models"].get(name, ())))
        for name, members in published["models"].items()
        if not set(members) <= set(ours["models"].get(name, ()))
    }
    assert missing == {}


def test_the_library_has_the_same_names_and_modules(published: dict[str, Any], ours: dict[str, Any]):
    assert set(published["library"]) - set(ours["library"]) == set()
    assert set(published["modules"]) - set(ours["modules"]) == set()


def test_every_call_of_the_published_client_works_with_this_package(place: Place):
    passwords = place.directory / "htpasswd"
    place.run("torc-htpasswd", "add", "--allow-weak", "-f", passwords, "tester", "-p", PASSWORD, "-c", "4")
    words = ["--auth-file", str(passwords), "--admin-user", "tester", "--require-auth", "--enforce-access-control"]
    with Server(place, *words) as server:
        found = drive(OURS, server, "tester", PASSWORD)
    assert found["failures"] == []
    assert len(found["compared"]) >= 130
