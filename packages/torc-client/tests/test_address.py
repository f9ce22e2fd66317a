import pytest

from torc_client.address import AddressError, parse_address


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
