"""What `from torc_client import ...` and keyword arguments accept, under current and earlier names."""

import builtins
import inspect
import re
import subprocess
import sys
from pathlib import Path

import pytest

import torc_client
from torc_client import errors
from torc_client.client import TorcClient
from torc_client.old_keywords import accept_old_keywords
from torc_client.retrying import RetryPolicy


@pytest.mark.parametrize("name", torc_client.__all__)
def test_every_public_name_can_be_imported(name: str):
    assert getattr(torc_client, name).__name__.removeprefix("_") == name


@pytest.mark.parametrize("name", torc_client.__all__)
def test_every_error_that_a_docstring_promises_can_be_imported(name: str):
    item = getattr(torc_client, name)
    members = [member for member_name, member in inspect.getmembers(item) if not member_name.startswith("_")]
    docstrings = [inspect.getdoc(each) or "" for each in (item, *members)]
    promises = [promise for text in docstrings for promise in re.findall(r"\bRaises?\b[^.:]*", text)]
    errors_named = {word for promise in promises for word in re.findall(r"\b[A-Z][a-z]\w*[A-Z]\w*\b", promise)}
    assert errors_named <= {*torc_client.__all__, *dir(builtins)}


@pytest.mark.parametrize(
    ("old", "current"),
    [
        ("AsyncCalls", "AsyncMapWorkflow"),
        ("CallFailed", "CallError"),
        ("Calls", "MapWorkflow"),
        ("CallsFailed", "MapError"),
        ("Conflict", "ConflictError"),
        ("Forbidden", "ForbiddenError"),
        ("FunctionRefused", "FunctionNotImportableError"),
        ("LiveEvent", "Event"),
        ("NewsMissed", "EventsMissed"),
        ("NoJobHere", "NotInJobError"),
        ("NoRunnerHere", "RunnerNotInstalledError"),
        ("NotFound", "NotFoundError"),
        ("Outcome", "CallResult"),
        ("RuleBroken", "UnprocessableError"),
        ("RunnerFailed", "RunnerError"),
        ("ServerFault", "ServerError"),
        ("ServerUnreachable", "ServerUnreachableError"),
        ("Unauthorized", "UnauthorizedError"),
    ],
)
def test_an_old_name_is_the_same_class(old: str, current: str):
    with pytest.warns(DeprecationWarning, match=f"torc_client.{old} is an old name. Use torc_client.{current}"):
        assert getattr(torc_client, old) is getattr(torc_client, current)
    assert old not in torc_client.__all__


def test_errors_has_the_old_names_too():
    with pytest.warns(DeprecationWarning, match=r"torc_client.errors.NotFound is .* torc_client.errors.NotFoundError"):
        assert errors.NotFound is errors.NotFoundError
    with pytest.warns(DeprecationWarning, match="UnexpectedResponseError"):
        assert errors.UnexpectedAnswer is errors.UnexpectedResponseError
    with pytest.raises(AttributeError, match="no attribute 'Missing'"):
        errors.Missing  # noqa: B018 - looked up for its error


def test_an_old_name_warns_once_at_the_line_that_imports_it(tmp_path: Path):
    script = tmp_path / "script.py"
    script.write_text("import torc_client\nfrom torc_client import *\nfrom torc_client import NotFound, Torc\n")
    ended = subprocess.run([sys.executable, script], capture_output=True, text=True, check=True)
    first, _ = ended.stderr.splitlines()
    assert first == (
        f"{script}:3: DeprecationWarning: torc_client.NotFound is an old name. Use torc_client.NotFoundError."
    )


def test_an_unknown_name_is_an_attribute_error():
    with pytest.raises(AttributeError, match="module 'torc_client' has no attribute 'Missing'"):
        torc_client.Missing  # noqa: B018 - looked up for its error


def test_old_keywords_of_the_client_still_work(fake_server):
    policy = RetryPolicy(3)
    with pytest.warns(DeprecationWarning, match="The parameter patience is an old name. Use retry_policy."):
        client = TorcClient(fake_server.url, patience=policy)  # type: ignore[call-arg]
    assert client._transport.retry_policy is policy
    with pytest.warns(DeprecationWarning, match="retry_timeout_seconds"):
        client = TorcClient(fake_server.url, patience_seconds=9.0)  # type: ignore[call-arg]
    assert client._transport.retry_policy.seconds == 9.0


@pytest.mark.parametrize("client_class", [TorcClient, torc_client.AsyncTorc])
def test_the_time_of_retries_is_the_same_for_all_clients(client_class: type[TorcClient]):
    url = "http://127.0.0.1:1"
    policy = client_class(url)._transport.retry_policy
    assert (policy.limit_seconds(was_heard=False), policy.limit_seconds(was_heard=True)) == (5, 30)
    longer = client_class(url, retry_timeout_seconds=600)._transport.retry_policy
    assert (longer.limit_seconds(was_heard=False), longer.limit_seconds(was_heard=True)) == (600, 600)
    with torc_client.Torc(url) as torc:
        assert torc._client._transport.retry_policy == policy
    with torc_client.Torc(url, retry_timeout_seconds=600) as torc:
        assert torc._client._transport.retry_policy == longer


def test_a_keyword_under_both_names_is_refused():
    @accept_old_keywords(old="current")
    def double(current: int) -> int:
        return 2 * current

    assert double(current=4) == double(4) == 8
    with pytest.warns(DeprecationWarning, match="The parameter old is an old name. Use current."):
        assert double(old=4) == 8  # type: ignore[call-arg]
    with pytest.raises(TypeError, match="old is the old name of current"):
        double(old=1, current=2)  # type: ignore[call-arg]
