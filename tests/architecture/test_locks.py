"""The locks contain what the pyproject.toml files declare; `make lock` writes them."""

import re
import tomllib
from pathlib import Path
from typing import Any

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

import locks

PINNED = re.compile(
    r"^(?P<name>[\w.-]+)==(?P<version>[^\s;]+)[^\n]*(?P<hashes>(?:\n    --hash=\S+(?: \\)?)*)", re.MULTILINE
)


def read_lock(name: str) -> dict[str, dict[str, str]]:
    """Return each version of each package in a lock, with its hashes."""
    found: dict[str, dict[str, str]] = {}
    for match in PINNED.finditer((locks.LOCKS / f"{name}.txt").read_text()):
        found.setdefault(canonicalize_name(match["name"]), {})[match["version"]] = match["hashes"]
    return found


def document(path: Path) -> dict[str, Any]:
    return tomllib.loads(path.read_text())


def declared(lock: locks.Lock) -> list[Requirement]:
    """Return what the dependency groups and distributions of a lock declare, without the four distributions."""
    groups = document(locks.ROOT / "pyproject.toml")["dependency-groups"]
    texts = [text for group in lock.groups for text in groups[group]]
    for distribution in map(Requirement, lock.distributions):
        project = document(locks.ROOT / "packages" / distribution.name / "pyproject.toml")["project"]
        texts += project["dependencies"]
        texts += [text for extra in distribution.extras for text in project["optional-dependencies"][extra]]
    wanted = [Requirement(text) for text in texts]
    return [each for each in wanted if not (lock.distributions and each.name in locks.OURS)]


@pytest.mark.parametrize("name", locks.CONTENTS)
def test_a_lock_has_an_allowed_version_of_each_declared_package(name: str):
    locked = read_lock(name)
    outdated = [
        str(requirement)
        for requirement in declared(locks.CONTENTS[name])
        if not any(
            requirement.specifier.contains(version, prereleases=True)
            for version in locked.get(canonicalize_name(requirement.name), ())
        )
    ]
    assert not outdated, f"run `make lock`: {name}.txt lacks {outdated}"


@pytest.mark.parametrize("name", locks.CONTENTS)
def test_each_version_in_a_lock_has_hashes(name: str):
    locked = read_lock(name)
    assert locked
    assert [package for package, versions in locked.items() if not all(versions.values())] == []


@pytest.mark.parametrize("name", [name for name, lock in locks.CONTENTS.items() if lock.follows])
def test_tests_and_users_run_the_same_versions(name: str):
    followed = read_lock(locks.CONTENTS[name].follows)
    assert {package: list(versions) for package, versions in read_lock(name).items()} == {
        package: list(followed[package]) for package in read_lock(name)
    }


def test_the_requirements_file_installs_the_lock(root: Path):
    assert "--requirement locks/develop.txt" in (root / "tools" / "requirements.txt").read_text()
