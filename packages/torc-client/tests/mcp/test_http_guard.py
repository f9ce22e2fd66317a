import pytest

from torc_client.errors import TorcError
from torc_client.mcp.http_guard import HttpGuard
from torc_client.mcp.transports import listen_address

TOKEN = "t" * 20
RIGHT = {"host": "127.0.0.1:8000", "authorization": f"Bearer {TOKEN}"}


async def never(*_: object) -> None:
    raise AssertionError


def refusal(headers: dict[str, str], token: str | None = TOKEN) -> int | None:
    pairs = [(name.encode(), value.encode()) for name, value in headers.items()]
    return HttpGuard(never, token).refusal({"type": "http", "headers": pairs})


def test_program_with_the_token_is_served():
    assert refusal(RIGHT) is None


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({"authorization": ""}, 401),
        ({"authorization": f"Bearer {TOKEN}x"}, 401),
        ({"authorization": f"Basic {TOKEN}"}, 401),
        ({"authorization": "Bearer \xfc"}, 401),
        ({"host": "evil.example"}, 403),
        ({"host": ""}, 403),
        ({"origin": "http://evil.example"}, 403),
        ({"origin": "http://127.0.0.1:8000"}, 403),
        ({"origin": "null"}, 403),
        ({"sec-fetch-site": "same-origin"}, 403),
    ],
)
def test_others_are_refused(change, status):
    assert refusal(RIGHT | change) == status


def test_socket_needs_no_token_and_serves_no_page():
    assert refusal({"host": "torc"}, token=None) is None
    assert refusal({"host": "torc", "origin": "http://torc"}, token=None) == 403


@pytest.mark.parametrize("text", ["0.0.0.0:80", "192.168.1.2:80", "[::]:80", "example.org:80", ":", "1", "localhost:x"])
def test_address_that_other_machines_reach_is_refused(text):
    with pytest.raises(TorcError):
        listen_address(text)


@pytest.mark.parametrize(
    ("text", "host", "port"),
    [("127.0.0.1:80", "127.0.0.1", 80), ("[::1]:0", "::1", 0), ("localhost:1", "127.0.0.1", 1)],
)
def test_address_of_this_machine_is_accepted(text, host, port):
    found = listen_address(text)
    assert (found.host, found.port, found.path) == (host, port, None)
