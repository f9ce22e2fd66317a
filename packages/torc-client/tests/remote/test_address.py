"""Addresses of remote workers."""

import pytest

from torc_client.remote.address import WorkerAddress, WorkerAddressError, parse_worker


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("n1", WorkerAddress("n1")),
        ("ada@n1", WorkerAddress("n1", "ada")),
        ("ada@n1.cluster:2222", WorkerAddress("n1.cluster", "ada", 2222)),
        ("second=ada@n1", WorkerAddress("n1", "ada", None, "second")),
        ("[fe80::1%eth0]:22", WorkerAddress("fe80::1%eth0", None, 22)),
        ("ada@[::1]", WorkerAddress("::1", "ada")),
        ("a.b+c$@10.0.0.1", WorkerAddress("10.0.0.1", "a.b+c$")),
    ],
)
def test_an_address_is_parsed_and_written(text, address):
    assert parse_worker(text) == address
    assert address.text == str(address) == text


@pytest.mark.parametrize(("text", "canonical"), [("n1:022", "n1:22"), ("[FE80:0:0::1]", "[fe80::1]")])
def test_an_address_has_one_text(text, canonical):
    assert parse_worker(text).text == canonical


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "is empty"),
        ("-oProxyCommand=sh", "the name '-oProxyCommand' must begin with a letter"),
        ("-n1", "the host '-n1' must begin with a letter"),
        ("ada@-n1", "the host '-n1' must begin"),
        ("-ada@n1", "the user '-ada' must begin"),
        ("=n1", "the name '' must begin"),
        ("@n1", "the user '' must begin"),
        ("ada@", "the host '' must begin"),
        ("n1 n2", "it has a blank or a control character"),
        ("n1\n", "it has a blank or a control character"),
        ("n1\x1b[2J", "it has a blank or a control character"),
        ("n1;reboot", "the host 'n1;reboot' must begin"),
        ("$(reboot)", "the host '$(reboot)' must begin"),
        ("n1'", 'the host "n1\'" must begin'),
        ("nö1", r"the host 'n\xf61' must begin"),
        ("fe80::1", "an IPv6 address needs brackets"),
        ("[fe80::1", "its brackets do not enclose"),
        ("[n1]", "'n1' is not an IPv6 address"),
        ("[fe80::1%-x]", "the zone '-x' must begin"),
        ("[fe80::1]22", "its brackets do not enclose"),
        ("n1:", "the port '' is not a number from 1 to 65535"),
        ("n1:0", "the port '0' is not a number"),
        ("n1:65536", "the port '65536' is not a number"),
        ("n1:+22", "the port '+22' is not a number"),
        ("n1:\u0662\u0662", "the port '\\u0662\\u0662' is not a number"),
        ("a@b@n1", "the user 'a@b' must begin"),
        ("ssh://n1", "the port '//n1' is not a number"),
        ("n" * 254, "at most 253"),
        ("n" * 600, "more than 512 characters"),
    ],
)
def test_a_refusal_has_the_reason_and_the_form(text, reason):
    with pytest.raises(WorkerAddressError) as refused:
        parse_worker(text)
    assert reason in refused.value.message
    assert "[name=][user@]host[:port]" in (refused.value.hint or "")
    assert len(refused.value.message) < 500


def test_programs_get_the_host_in_their_own_form():
    address = parse_worker("two=ada@[fe80::1]:2222")
    assert address.destination == "ada@fe80::1"
    assert address.copy_destination == "ada@[fe80::1]"
    assert address.file_name == "two=ada@%5Bfe80%3A%3A1%5D%3A2222"


def test_different_workers_have_different_file_names():
    long = "n" * 200
    names = {parse_worker(text).file_name for text in ("n1", "n1:22", "n.1", "n_1", "a=n1", "a@n1", long, f"{long}n")}
    assert len(names) == 8
    assert all(len(name) < 200 for name in names)
