"""The table of what a server of Torc 1.0 lacks, compared with its document and with ours."""

import re

import msgspec

from published.newest.contract import MODELS, OPERATIONS, members
from torc_client.api.enums import JobStatus
from torc_client.api.records import (
    BatchCompleteJobsRequest,
    ComputeNodeModel,
    ExecutionConfig,
    FileModel,
    FilesModel,
    JobCompletionEntry,
    JobModel,
    JobsModel,
    ResultModel,
    StdioConfig,
    VersionResponse,
    WorkflowModel,
)
from torc_client.document import described
from torc_client.plain_contract.capabilities import (
    IGNORED_PARAMETERS,
    MISSING_OPERATIONS,
    MISSING_PARAMETERS,
    missing_for,
)
from torc_client.plain_contract.records import answered, sent
from torc_client.plain_contract.sender import EMULATIONS

IN_1_0 = {(each.method, re.sub(r"\{\w+\}", "{}", each.path)): each for each in OPERATIONS.values()}
# The original answers these, although its document lacks them.
UNDOCUMENTED = {"get_api_stats", "stream_api_events", "stream_events"}

V1_0 = VersionResponse(version="1.0.0 (abc1234)", api_version="0.23.0")
V0_35 = VersionResponse(version="0.35.0 (abc1234)", api_version="0.21.0")


def test_labels_are_refused_by_servers_before_1_0() -> None:
    jobs = JobsModel(jobs=[JobModel(workflow_id=1, name="a", command="true", labels=["big"])])
    assert [*missing_for(V1_0, "create_jobs", {}, jobs)] == []
    assert [*missing_for(V0_35, "create_jobs", {}, jobs)] == ["store labels of jobs and runners"]


def test_temporary_files_are_refused() -> None:
    files = [FileModel(workflow_id=1, name=name, path=name, temp=temp) for name, temp in (("a", None), ("b", True))]
    assert [*missing_for(V1_0, "create_files", {}, FilesModel(files=files))] == ["store temp of files"]
    assert [*missing_for(V1_0, "create_files", {}, FilesModel(files=files[:1]))] == []
    assert [*missing_for(V1_0, "update_file", {}, files[1])] == ["store temp of files"]


def test_reasons_of_results_are_not_sent() -> None:
    result = ResultModel(
        job_id=1, workflow_id=1, run_id=1, compute_node_id=1, return_code=1, exec_time_minutes=1.0,
        completion_time="", status=JobStatus.FAILED, reason="its output files are missing",
    )  # fmt: skip
    entry = JobCompletionEntry(job_id=1, run_id=1, status=JobStatus.FAILED, result=result)
    assert "reason" in msgspec.to_builtins(result)
    assert "reason" not in msgspec.to_builtins(sent(result))
    (completion,) = msgspec.to_builtins(sent(BatchCompleteJobsRequest(completions=[entry])))["completions"]
    assert completion["result"] == msgspec.to_builtins(sent(result))


def test_each_operation_that_1_0_lacks_is_emulated_or_refused() -> None:
    lacking = {
        name for name, each in described().items() if (each.method, re.sub(r"\{\w+\}", "{}", each.path)) not in IN_1_0
    }
    # The same operation, with an answer of its own.
    lacking |= {"restart_jobs_as_task"}
    assert lacking - UNDOCUMENTED == MISSING_OPERATIONS.keys() | (EMULATIONS.keys() & lacking)
    assert not MISSING_OPERATIONS.keys() & EMULATIONS.keys()


def test_each_parameter_that_1_0_lacks_is_omitted_or_refused() -> None:
    lacking: dict[str, set[str]] = {}
    for name, each in described().items():
        known = IN_1_0.get((each.method, re.sub(r"\{\w+\}", "{}", each.path)))
        query = {parameter["name"] for parameter in each.parameters if parameter["in"] == "query"}
        more = set() if known is None else query - known.parameters.keys()
        if more:
            lacking[name] = more
    handled = {
        name: {*MISSING_PARAMETERS.get(name, {}), *IGNORED_PARAMETERS.get(name, ())}
        for name in MISSING_PARAMETERS.keys() | IGNORED_PARAMETERS.keys()
    }
    assert lacking == handled


def test_members_that_1_0_does_not_store_are_refused_if_a_user_chose_them() -> None:
    chosen = {
        "limit_runtime": True,
        "make_output_folders": True,
        "shell": "sh -c",
        "srun_tasks_per_node": 2,
        "unchanged_outputs": "accept",
    }
    config = msgspec.convert({**chosen, "stdio": {"max_mb": 1}}, ExecutionConfig)
    workflow = WorkflowModel(name="w", user="u", execution_config=config, is_draft=True)
    assert len([*missing_for(V1_0, "create_workflow", {}, workflow)]) == 6
    assert [*missing_for(V1_0, "create_workflow", {}, WorkflowModel(name="w", user="u"))] == []
    closed = {name: {*kind} for name, kind in MODELS.items() if isinstance(kind, dict)}
    assert {*ExecutionConfig.__struct_fields__} - closed["ExecutionConfig"] == {*chosen}
    assert {*StdioConfig.__struct_fields__} - closed["StdioConfig"] == {"max_mb"}
    assert sent(workflow).is_draft is None


def test_the_identity_of_a_runner_is_kept_in_a_member_of_1_0() -> None:
    node = ComputeNodeModel(
        workflow_id=1,
        hostname="h",
        pid=1,
        num_cpus=1,
        memory_gb=1.0,
        num_gpus=0,
        num_nodes=1,
        start_time="2026-01-01T00:00:00Z",
        compute_node_type="local",
        scheduler={"slurm_job_id": "7"},
        host_identity="{}",
        output_dir="/out",
        lease_seconds=300.0,
        secret="s",
    )
    stored = sent(node)
    given = {name for name in stored.__struct_fields__ if getattr(stored, name) is not None}
    assert given <= members("ComputeNodeModel").keys()
    back = answered(stored)
    assert (back.host_identity, back.output_dir, back.lease_seconds) == ("{}", "/out", None)
    assert back.scheduler == {"slurm_job_id": "7"}
