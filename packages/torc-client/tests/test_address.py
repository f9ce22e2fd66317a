import pytest

from torc_client.address import AddressError, parse_address, tunnel_url


@pytest.mark.parametrize(
    ("url", "base", "socket_path"),
    [
        ("http://node1:8080/torc-service/v1", "http://node1:8080/torc-service/v1", None),
        ("http://node1:8080/torc-service/v1/", "http://node1:8080/torc-service/v1", None),
        ("http://node1:8080", "http://node1:8080/torc-service/v1", None),
        ("https://[::1]:9/x", "https://[::1]:9/x", None),
        ("unix:///run/a%20b.sock", "http://localhost/torc-service/v1", "/run/a b.sock"),
    ],
)
def test_urls_of_servers(url: str, base: str, socket_path: str | None):
    address = parse_address(url)
    assert (address.base, address.socket_path) == (base, socket_path)


@pytest.mark.parametrize(
    "url", ["", "foo", "node1:8080", "ftp://node1", "http://", "http://a:99999999", "unix://relative", "unix:///"]
)
def test_an_invalid_url_is_an_error_with_valid_forms(url: str):
    with pytest.raises(AddressError) as caught:
        parse_address(url)
    assert "unix:///" in str(caught.value.hint)


@pytest.mark.parametrize(
    ("url", "has_hint"),
    [
        ("http://fd00:1::11:8080/torc-service/v1", True),
        ("http://::1:8080", True),
        ("http://node1:port", False),
        ("http://[::1", False),
    ],
)
def test_an_ipv6_address_needs_brackets(url: str, has_hint: bool):
    with pytest.raises(AddressError) as caught:
        parse_address(url)
    assert ("IPv6 address in brackets: http://[fd00::1]:8080" in str(caught.value.hint)) is has_hint


def test_a_password_in_the_url_is_refused():
    with pytest.raises(AddressError, match="must not carry"):
        parse_address("http://ada:secret@node1:8080")


@pytest.mark.parametrize(
    ("url", "private"),
    [
        ("http://localhost:1", True),
        ("http://127.0.0.2:1", True),
        ("http://[::1]:1", True),
        ("http://node1:1", False),
        ("https://node1", True),
        ("unix:///a/b", True),
    ],
)
def test_whether_others_can_listen(url: str, private: bool):
    assert parse_address(url).is_private is private


@pytest.mark.parametrize("server", ["http://node1:8080", "https://[::1]:9/x", "http://localhost:1/torc-service/v1"])
def test_requests_through_a_tunnel_are_for_its_server(server: str):
    url = tunnel_url("/home/a b/s?", server)
    address, direct = parse_address(url), parse_address(server)
    assert (address.base, address.host, address.port) == (direct.base, direct.host, direct.port)
    assert (address.url, address.socket_path) == (url, "/home/a b/s?")
    assert address.is_private


def test_the_server_of_a_tunnel_may_have_only_a_socket():
    url = tunnel_url("/home/ada/s", "unix:///run/torc.sock")
    assert url == "unix:///home/ada/s"
    assert parse_address(url).port is None
    with pytest.raises(AddressError, match="a socket behind a socket"):
        parse_address("unix:///home/ada/s?server=unix:///run/torc.sock")
