"""Paths of the repository, for the tests of the architecture."""

from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PACKAGES = ("torc-client", "torc-server", "torc-runner", "torc-dash")


@pytest.fixture(scope="session")
def root() -> Path:
    return ROOT


@pytest.fixture(scope="session")
def packages() -> list[Path]:
    """The folders of the four distributions."""
    return [ROOT / "packages" / name for name in PACKAGES]


@pytest.fixture(scope="session")
def modules(packages: list[Path]) -> list[Path]:
    """Every module of the four distributions."""
    return sorted(path for package in packages for path in (package / "src").rglob("*.py"))
