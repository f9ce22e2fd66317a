"""The calls of the package `torc`: their arguments, the requests that they send, and what they return and raise."""

import inspect
import logging
import subprocess
import sys

import pytest

from torc import create_jobs, iter_documents, make_api, send_api_command, setup_logging
from torc.exceptions import DatabaseOffline
from torc.openapi_client import (
    ApiClient,
    ApiException,
    ApiValueError,
    Configuration,
    JobModel,
    JobsApi,
    WorkflowsApi,
    rest,
)

JOB = {"workflow_id": 1, "name": "a", "command": "true"}


def test_arguments_of_the_wrong_kind_are_refused_before_a_request():
    api = make_api("http://127.0.0.1:1/torc-service/v1")
    with pytest.raises(TypeError, match="get_job\\(\\) needs a value for 'id'"):
        api.get_job()
    with pytest.raises(TypeError, match="get_job\\(\\) has no parameter 'colour'"):
        api.get_job(1, colour="red")
    with pytest.raises(TypeError, match="at most 1 arguments"):
        api.get_workflow(1, 2)
    with pytest.raises(TypeError, match="two values for 'id'"):
        api.get_job(1, id=2)
    with pytest.raises(ValueError, match="get_job\\(\\): id: 'one' is not of type int"):
        api.get_job("one")
    with pytest.raises(AttributeError, match="paint_job"):
        api.paint_job(1)
    with pytest.raises(TypeError, match="create_jobs"):
        create_jobs(api)


def test_a_signature_lists_the_parameters():
    assert list(inspect.signature(JobsApi.list_jobs).parameters)[:3] == ["self", "workflow_id", "status"]
    assert "var_async" in inspect.signature(WorkflowsApi.initialize_jobs).parameters


def test_the_module_rest_has_the_exceptions():
    """Scripts import them from there."""
    assert rest.ApiException is ApiException
    assert rest.ApiValueError is ApiValueError


def test_a_server_that_is_away_is_offline(caplog: pytest.LogCaptureFixture):
    api = make_api("http://127.0.0.1:1/torc-service/v1")
    with pytest.raises(ApiException) as caught:
        api.ping(_request_timeout=0.2)
    assert caught.value.status == 0
    with pytest.raises(DatabaseOffline):
        send_api_command(api.ping, timeout=0.2, raise_on_error=False)
    assert "ping" in caplog.text


class Page:
    """A page of a list."""

    def __init__(self, items: list[int], *, has_more: bool) -> None:
        self.items, self.has_more = items, has_more


def test_iter_documents_asks_for_each_page_once_and_stops_at_an_empty_one():
    offsets = []

    def list_numbers(workflow_id: int, offset: int, limit: int) -> Page:
        assert (workflow_id, limit) == (7, 2)
        offsets.append(offset)
        return Page(list(range(offset, min(offset + limit, 5))), has_more=True)

    assert list(iter_documents(list_numbers, 7, offset=1, limit=2)) == [1, 2, 3, 4]
    assert offsets == [1, 3, 5]


def test_create_jobs_divides_the_jobs_into_requests(monkeypatch: pytest.MonkeyPatch):
    api = make_api("http://127.0.0.1:1/torc-service/v1")
    sizes = []

    def create(jobs, **_):
        sizes.append(len(jobs.jobs))
        return jobs

    monkeypatch.setattr(api, "create_jobs", create, raising=False)
    jobs = [JobModel(**JOB) for _ in range(5)]
    assert create_jobs(api, iter(jobs), max_transfer_size=2) == jobs
    assert create_jobs(api, 1, jobs) == jobs
    assert create_jobs(api, workflow_id=1, jobs=jobs, max_transfer_size=4) == jobs
    assert sizes == [2, 2, 1, 5, 4, 1]


def test_a_client_has_headers_of_the_script(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("TORC_API_URL", "http://elsewhere:1/torc-service/v1")
    client = ApiClient(Configuration(access_token="abc"), "X-One", "1", cookie="c=d")
    client.user_agent = "script"
    assert client.configuration.host == "http://elsewhere:1/torc-service/v1"
    assert client.headers == {"Authorization": "Bearer abc", "Cookie": "c=d", "X-One": "1", "User-Agent": "script"}


def test_setup_logging_writes_to_the_file_by_its_level(tmp_path):
    root = logging.getLogger()
    before = root.handlers[:], root.level
    try:
        setup_logging(tmp_path / "logs" / "script.log", console_level="ERROR", file_level="INFO", rotation="1 KB")
        logging.getLogger("script").debug("too fine")
        logging.getLogger("script").info("begun")
        assert "begun" in (tmp_path / "logs" / "script.log").read_text()
        assert "too fine" not in (tmp_path / "logs" / "script.log").read_text()
        for number in range(40):
            logging.getLogger("script").info("line %d", number)
        assert (tmp_path / "logs" / "script.log.1").exists()
    finally:
        for handler in root.handlers:
            handler.close()
        root.handlers[:], root.level = before
    with pytest.raises(ValueError, match="rotation is 'weekly'"):
        setup_logging(rotation="weekly")


def test_the_import_needs_no_package_of_the_original():
    program = (
        "import torc, sys; print(sorted({'pydantic', 'urllib3', 'loguru', 'dateutil', 'click'} & sys.modules.keys()))"
    )
    shown = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout
    assert shown == "[]\n"
