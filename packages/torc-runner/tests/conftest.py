"""Fixtures of the runner's tests."""

import importlib.util
import sys
from pathlib import Path
from types import ModuleType

import pytest


@pytest.fixture(scope="session")
def build() -> ModuleType:
    """The data builders, `tests/builders.py`: tests are no packages, so a fixture hands them out."""
    path = Path(__file__).with_name("builders.py")
    spec = importlib.util.spec_from_file_location("torc_runner_builders", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module
