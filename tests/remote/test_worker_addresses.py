"""Client and server agree about the addresses of workers."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from torc_client.remote.address import LONGEST_ADDRESS, WorkerAddress, WorkerAddressError, parse_worker
from torc_server.engine.errors import RuleBroken
from torc_server.engine.remote_workers import LONGEST_WORKER, require_worker

WORDS = st.from_regex(r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,63}", fullmatch=True)
IPV6 = st.ip_addresses(v=6).map(lambda each: each.compressed)
HOSTS = st.one_of(WORDS, IPV6, st.builds("{}%{}".format, IPV6, WORDS))
USERS = st.from_regex(r"[A-Za-z0-9_][A-Za-z0-9_.+-]{0,62}[$]?", fullmatch=True)
ADDRESSES = st.builds(WorkerAddress, HOSTS, st.none() | USERS, st.none() | st.integers(1, 65535), st.none() | WORDS)


@given(ADDRESSES)
def test_the_server_stores_what_the_client_accepts(address: WorkerAddress):
    require_worker(address.text)
    assert parse_worker(address.text) == address


@given(st.text("-@:[]=%.an0 \n'$;\u00e4", max_size=12))
def test_the_server_refuses_what_ssh_could_read_as_an_option(text: str):
    try:
        require_worker(text)
    except RuleBroken:
        with pytest.raises(WorkerAddressError):
            parse_worker(text)
    else:
        assert not text.startswith("-")
        assert "=-" not in text
        assert "@-" not in text


def test_the_longest_address_is_that_of_the_server():
    assert LONGEST_ADDRESS == LONGEST_WORKER
