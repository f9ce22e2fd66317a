"""What the chaos tests share."""

from collections.abc import Iterator

import pytest

from chaos.attempts import Gate
from support.processes import Place


@pytest.fixture
def gate(place: Place) -> Iterator[Gate]:
    """A pipe called go, in the place, at which jobs wait."""
    gate = Gate(place)
    yield gate
    gate.close()
