"""Log lines and messages without credentials."""

import json
import logging

import pytest
from aiohttp.http_exceptions import InvalidHeader

from torc_client.address import AddressError, parse_address
from torc_client.edge.log_redaction import RedactingFormatter, redacted


@pytest.mark.parametrize(
    "text",
    [
        "cannot reach http://user:PASS@host:8080/path",
        "proxy https://user:P@SS@host",
        "Authorization: Basic PASS",
        "{'Authorization': 'Bearer PASS', 'Host': 'x'}",
        "Basic dXNlcjpQQVNT",
        "Cookie: torc_dash_8090=PASS; other=PASS",
        "GET /?token=PASS HTTP/1.1",
        "BasicAuth(login='user', password='PASS', encoding='latin1')",
        "the variable password=PASS",
        "GET /?limit=1&access_token=PASS&claim_key=PASS HTTP/1.1",
        "GET /?api-key=PASS&secret=PASS HTTP/1.1",
        "env db_pass=PASS MY_PWD=PASS SSH_PRIVATE_KEY=PASS",
    ],
)
def test_credentials_are_removed(text: str):
    for form in (text, json.dumps({"message": text})):
        shown = redacted(form)
        assert "***" in shown
        for secret in ("PASS", "P@SS", "dXNlcjpQQVNT"):
            assert secret not in shown
    json.loads(redacted(json.dumps({"message": text, "next": 1})))


@pytest.mark.parametrize(
    "text",
    [
        "Job started job_name=train_token=5 pid=7",
        "Basic information about cookies",
        "mail to ada@example.org",
        "http://localhost:8080/torc-service/v1",
        "the password file: /x",
        "bypass=5 key=7",
    ],
)
def test_other_texts_stay(text: str):
    assert redacted(text) == text


def test_an_exception_that_quotes_received_bytes_is_only_named():
    error = RuntimeError("half a cre")
    error.__cause__ = InvalidHeader(b"half a cre")
    record = logging.LogRecord("any", logging.ERROR, "", 1, "failed", None, (RuntimeError, error, None))
    assert RedactingFormatter().format(record) == "failed\nInvalidHeader: malformed HTTP"


@pytest.mark.parametrize("url", ["ftp://user:PASS@host", "http://user:PASS@host:port", "unix://user:PASS@host"])
def test_a_refused_url_is_shown_without_its_password(url: str):
    with pytest.raises(AddressError) as refused:
        parse_address(url)
    assert "PASS" not in str(refused.value)
