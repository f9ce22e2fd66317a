import traceback

import pytest

from torc_client import errors
from torc_client.errors import api_error


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (400, errors.ApiError),
        (401, errors.UnauthorizedError),
        (403, errors.ForbiddenError),
        (404, errors.NotFoundError),
        (409, errors.ConflictError),
        (422, errors.UnprocessableError),
        (500, errors.ServerError),
        (503, errors.ServerError),
    ],
)
def test_a_class_for_each_status(status: int, kind: type[errors.ApiError]):
    error = api_error(status, b"{}")
    assert type(error) is kind
    assert error.status == status


@pytest.mark.parametrize(
    ("body", "message"),
    [
        (b'{"error": {"message": "no such job"}}', "no such job"),
        (b'{"error": {"error": "Forbidden", "message": "not yours"}}', "not yours"),
        (b'{"error": "plain"}', "plain"),
        (b"Unauthorized", "Unauthorized"),
        (b"\xff\xfe", "��"),
        (b"", "The server answered with HTTP status 422."),
        (b'{"error": 3}', "The server answered with HTTP status 422."),
        (b"[1]", "The server answered with HTTP status 422."),
        pytest.param(b"[" * 100_000, "[" * 100_000, id="deep"),
    ],
)
def test_the_message_out_of_every_form_of_body(body: bytes, message: str):
    assert str(api_error(422, body)) == message


def test_details_keep_field_and_value():
    error = api_error(422, b'{"error": {"message": "bad", "field": "memory", "value": "2GB"}}')
    assert error.details == {"message": "bad", "field": "memory", "value": "2GB"}


def test_a_trace_ends_with_what_to_try():
    error = errors.ServerUnreachableError("http://n1:8080", "Connection refused.")
    assert "run `torc-server run" in traceback.format_exception(error)[-1]
    assert not hasattr(errors.TorcError("no hint"), "__notes__")


@pytest.mark.parametrize(
    ("message", "hint"),
    [
        ("alice has no access to workflow 7", "Ask the owner of the workflow for access."),
        ("alice has no access to workflow 7; ask its owner to share it with one of your access groups", None),
        ("Only system administrators may do this", None),
        ("Only admins of access group 2 and system administrators may change its members", None),
    ],
)
def test_only_a_refused_workflow_has_an_owner_to_ask(message: str, hint: str | None):
    error = api_error(403, b'{"error": {"message": "%s"}}' % message.encode())
    assert error.hint == hint


@pytest.mark.parametrize("status", [404, 503, 507])
def test_a_remedy_of_the_server_is_the_only_one(status: int):
    assert api_error(status, b'{"error": {"message": "The database file was removed: put it back"}}').hint is None
    assert api_error(status, b"").hint
