"""Fixtures of the chaos tests."""

from collections.abc import Iterator

import pytest

from chaos.attempts import Gate
from support.processes import Place


@pytest.fixture
def gate(place: Place) -> Iterator[Gate]:
    """A pipe `go` in the working directory, at which jobs wait."""
    gate = Gate(place)
    yield gate
    gate.close()
