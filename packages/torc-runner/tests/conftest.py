"""Fixtures of the runner's tests."""

import importlib.util
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from torc_client.testing import FakeServer


def _load(name: str) -> ModuleType:
    """Import a module beside this one: tests are no packages, so fixtures hand out what is shared."""
    path = Path(__file__).with_name(f"{name}.py")
    spec = importlib.util.spec_from_file_location(f"torc_runner_{name}", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="session")
def build() -> ModuleType:
    """Builders of data, `builders.py`."""
    return _load("builders")


@pytest.fixture
async def server() -> AsyncIterator[FakeServer]:
    """Run a FakeServer for one test; at its end the contract must have been kept."""
    async with FakeServer() as running:
        yield running


@pytest.fixture(scope="session")
def _fakes() -> ModuleType:
    return _load("fake_service")


@pytest.fixture
def explanation(_fakes) -> Any:
    """Make the answer about a claim: out of kinds of jobs, each with what the place has too little of."""
    return lambda *kinds: _fakes.explanation(*(_fakes.explained_kind(*kind) for kind in kinds))


@pytest.fixture
def page(_fakes) -> Any:
    """Make the answer of a list operation."""
    return _fakes.page


@pytest.fixture
def serve(server, _fakes) -> Any:
    """Let the server offer a workflow of these jobs."""
    return lambda *jobs: _fakes.FakeService(server, *jobs)
