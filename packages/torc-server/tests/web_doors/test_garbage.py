"""Collections of garbage are switched off by several threads at once, and on again by the last of them."""

import gc

import pytest

from torc_server.web.garbage import without_collections


def test_the_last_block_to_end_switches_collections_on_again() -> None:
    with without_collections():
        with without_collections():
            assert not gc.isenabled()
        assert not gc.isenabled()
    assert gc.isenabled()


def test_an_error_leaves_collections_switched_on() -> None:
    with pytest.raises(ValueError, match="body"), without_collections():
        raise ValueError("body")
    assert gc.isenabled()
