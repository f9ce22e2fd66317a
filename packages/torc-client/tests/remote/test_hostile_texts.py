"""No text of a host becomes an option or a second word of ssh, whatever it is."""

import shlex
from itertools import pairwise

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from torc_client.errors import TorcError
from torc_client.remote.address import WorkerAddress, WorkerAddressError, parse_worker
from torc_client.remote.marked_output import Marks
from torc_client.remote.ssh import SshConnection
from torc_client.remote.worker_list import workers_of_file

HOSTILE = st.text("-@:[]%=./\\ \t\n\r\0'\"`$(){};&|<>~*?!#^aZ0_\u00e4\u202e\u2028\x1b", max_size=30)
PARTS = st.from_regex(r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,20}", fullmatch=True)
VALID = st.builds(
    WorkerAddress,
    st.one_of(PARTS, st.ip_addresses(v=4).map(str), st.ip_addresses(v=6).map(lambda each: each.compressed)),
    st.none() | PARTS,
    st.none() | st.integers(1, 65535),
    st.none() | PARTS,
)
SAFE = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_.-+$@:%")


def result_or_error(function, *arguments):
    try:
        return function(*arguments)
    except TorcError as error:
        return error


@given(st.text(max_size=600) | HOSTILE | st.builds("{}{}".format, HOSTILE, VALID.map(str)))
@example("-oProxyCommand=touch x")
@example("x=-oProxyCommand=touch")
@example("ada@-oProxyCommand=touch")
@example("[-oProxyCommand=touch]")
@example("n1 -oProxyCommand=touch")
@example("n1:-oProxyCommand=touch")
@example("ssh://n1/-oProxyCommand=touch")
@example("n1\u00a0-x")
def test_a_text_is_refused_or_one_harmless_word(text: str):
    address = result_or_error(parse_worker, text)
    if isinstance(address, TorcError):
        assert isinstance(address, WorkerAddressError)
        assert address.message.isprintable()
        assert address.message.isascii()
        assert len(address.message) < 600
        return
    connection = SshConnection()
    for words in (connection.command(address, "uname"), connection.ssh(address, "-N")):
        destination = words[words.index("--") + 1]
        assert destination == address.destination
        assert set(destination) <= SAFE
        assert destination[0] != "-"
        assert "@-" not in destination
    port = [after for word, after in pairwise(words) if word == "-p"]
    assert port == ([str(address.port)] if address.port else [])
    assert parse_worker(address.text) == address
    assert "/" not in address.file_name
    assert set(shlex.split(connection.rsync(address)[2])) >= {"BatchMode=yes"}


@given(VALID)
def test_an_address_is_parsed_from_its_text(address: WorkerAddress):
    assert parse_worker(address.text) == address


@given(st.lists(VALID.map(str) | HOSTILE, max_size=5))
def test_a_file_has_different_workers_or_the_line_of_a_mistake(lines: list[str]):
    workers = result_or_error(workers_of_file, "w.txt", "\n".join(lines))
    if isinstance(workers, TorcError):
        assert workers.message.startswith("w.txt")
        assert workers.message.isprintable()
        return
    assert len(set(workers)) == len(workers)


@given(st.binary(max_size=60), st.binary(max_size=60), st.binary(max_size=60), st.integers(0, 255))
def test_the_output_between_the_marks_is_unchanged(before: bytes, content: bytes, after: bytes, code: int):
    marks = Marks("0123456789abcdef")
    printed = before + b"\n[0123456789abcdef\n" + content + b"\n]0123456789abcdef %d\n" % code + after
    found = marks.find(printed, before)
    assert (found.out, found.exit_code, found.has_started) == (content, code, True)
    assert (found.messages, found.err) == (before, b"")


@pytest.mark.parametrize("cut", range(1, 24))
def test_an_end_that_is_cut_off_is_no_end(cut: int):
    marks = Marks("0123456789abcdef")
    end = b"\n]0123456789abcdef 0\n"
    found = marks.find(b"\n[0123456789abcdef\nanswer" + end[: max(0, len(end) - cut)], b"")
    assert found.exit_code is None
