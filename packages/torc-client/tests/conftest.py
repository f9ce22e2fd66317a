"""The fake server, and data for tests."""

from pathlib import Path
from types import ModuleType

import pytest

import client_builders
from torc_client.testing.fixtures import client, fake_server

__all__ = ["client", "fake_server"]


@pytest.fixture(scope="session")
def make() -> ModuleType:
    """Records with sensible members: `make.job(id=3)`."""
    return client_builders


@pytest.fixture(autouse=True)
def nobodys_environment(monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Isolate tests from settings, credentials and files of the user who runs them."""
    home = tmp_path_factory.mktemp("home")
    for name in ("TORC_API_URL", "TORC_PASSWORD", "TORC_TOKEN_FILE", "RUST_LOG", "TORC_SERVER_BIN", "XDG_CONFIG_HOME"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setenv("TORC_USERNAME", "ada")
    monkeypatch.chdir(home)
    return home
