"""Several threads disable garbage collection at once, and the last one enables it again."""

import gc

import pytest

from torc_server.web.garbage import without_collections


def test_the_end_of_the_last_block_enables_collections() -> None:
    with without_collections():
        with without_collections():
            assert not gc.isenabled()
        assert not gc.isenabled()
    assert gc.isenabled()


def test_an_error_enables_collections() -> None:
    with pytest.raises(ValueError, match="body"), without_collections():
        raise ValueError("body")
    assert gc.isenabled()
