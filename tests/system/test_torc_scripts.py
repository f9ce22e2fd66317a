"""Scripts for the original's Python client, which import `torc`, run with the package of that name of torc-client."""

import json

import pytest

from support.processes import Place, Server

DIAMOND = """
import getpass, os
from torc import create_jobs, make_api, setup_logging
from torc.openapi_client import DefaultApi, FileModel, JobModel, ResourceRequirementsModel, WorkflowModel

def build(api: DefaultApi) -> int:
    workflow = api.create_workflow(WorkflowModel(name="diamond", user=getpass.getuser(), description="four jobs"))
    small = api.create_resource_requirements(
        ResourceRequirementsModel(workflow_id=workflow.id, name="small", num_cpus=1, memory="100m", runtime="PT1M"))
    paths = ["start.txt", "left.txt", "right.txt", "end.txt"]
    files = [api.create_file(FileModel(workflow_id=workflow.id, name=path[:-4], path=path)) for path in paths]
    start, left, right, end = (file.id for file in files)
    def job(name, command, reads, writes):
        return JobModel(workflow_id=workflow.id, name=name, command=command, input_file_ids=reads,
                        output_file_ids=writes, resource_requirements_id=small.id)
    jobs = [
        job("prepare", "echo 5 > start.txt", [], [start]),
        job("to_left", "cp start.txt left.txt", [start], [left]),
        job("to_right", "cp start.txt right.txt", [start], [right]),
        job("join", "cat left.txt right.txt > end.txt", [left, right], [end]),
    ]
    made = CREATE
    assert [job.name for job in made] == ["prepare", "to_left", "to_right", "join"]
    assert all(isinstance(job, JobModel) and job.id for job in made)
    return workflow.id

setup_logging(filename="script.log")
print(build(make_api(os.environ["TORC_API_URL"])))
"""


@pytest.mark.parametrize("create", ["create_jobs(api, jobs)", "create_jobs(api, workflow.id, jobs)"])
def test_a_script_creates_a_diamond_and_it_runs(server: Server, place: Place, create: str):
    place.file("diamond.py", DIAMOND.replace("CREATE", create))
    workflow = place.run("python", "diamond.py").stdout.strip()
    place.run("torc", "run", workflow)
    assert (place.directory / "end.txt").read_text() == "5\n5\n"


MAPPED = """
import os
from torc import make_api, map_function_to_jobs
from torc.openapi_client.models.workflow_model import WorkflowModel

api = make_api(os.environ["TORC_API_URL"])
workflow = api.create_workflow(WorkflowModel(name="mapped", user="me"))
jobs = map_function_to_jobs(
    api, workflow.id, "simulation", "run", [{"value": number} for number in range(4)],
    postprocess_func="total", module_directory=os.getcwd(), name_prefix="part_",
)
print(workflow.id, [job.name for job in jobs], {job.command for job in jobs})
"""
SIMULATION = """
def run(job_name, params):
    return {"job": job_name, "value": params["value"] ** 2}

def total(results):
    return sum(result["value"] for result in results)
"""
RESULTS = """
import os, sys
from torc import iter_documents, make_api
api = make_api(os.environ["TORC_API_URL"])
found = {record.name: record.data for record in iter_documents(api.list_user_data, int(sys.argv[1]), limit=3)}
print(found["postprocess_result"], found["output_part_4"])
"""


def test_a_script_maps_a_function_to_jobs(server: Server, place: Place):
    place.file("simulation.py", SIMULATION)
    place.file("mapped.py", MAPPED)
    place.file("results.py", RESULTS)
    workflow, _, rest = place.run("python", "mapped.py").stdout.strip().partition(" ")
    assert rest.startswith("['part_1', 'part_2', 'part_3', 'part_4', 'postprocess'] {'pytorc run-")
    place.run("torc", "run", workflow)
    assert place.run("python", "results.py", workflow).stdout == "14 {'job': 'part_4', 'value': 9}\n"


ORCHESTRATOR = """
import sys
from torc import Orchestrator, SpawnJobModel

orchestrator = Orchestrator.from_env(lineage_fallback=sys.argv[1])
number = orchestrator.generation
print(f"generation {number}")
if number == 2:
    answer = orchestrator.converge(state={"done": True})
    assert answer.spawned_job_ids == []
else:
    workers = [SpawnJobModel(name=f"worker_{number}_{each}", command=f"touch w_{number}_{each}") for each in range(3)]
    again = SpawnJobModel(
        name=f"again_{number}", command="python3 orchestrate.py search", depends_on=[job.name for job in workers])
    answer = orchestrator.spawn(workers + [again], state={"number": number})
    assert len(answer.spawned_job_ids) == 4 and answer.iteration == number + 1
    assert orchestrator.generation == number + 1
"""


def test_an_orchestrator_spawns_generations_of_jobs(server: Server, place: Place):
    place.file("orchestrate.py", ORCHESTRATOR)
    spec = place.file(
        "search.yaml",
        "name: search\njobs: [{name: seed, command: python3 orchestrate.py search}]\n"
        "dynamic_jobs: {max_iterations: 5}\n",
    )
    place.run("torc", "run", spec)
    made = sorted(path.name for path in place.directory.glob("w_*"))
    assert made == [f"w_{number}_{each}" for number in range(2) for each in range(3)]
    jobs = place.torc("jobs", "list", "1")["items"]
    assert {job["status"] for job in jobs} == {"completed"}
    assert len(jobs) == 1 + 2 * 4


CALLS = """
import json, os
from torc.api import iter_documents, make_job_label, send_api_command, wait_for_healthy_database
from torc.exceptions import DatabaseOffline
from torc.openapi_client import ApiClient, ApiException, Configuration, JobModel, JobsApi, JobsModel, WorkflowModel
from torc.openapi_client.api.workflows_api import WorkflowsApi
from torc.openapi_client.exceptions import NotFoundException

found = {}
with ApiClient(Configuration(host=os.environ["TORC_API_URL"])) as client:
    workflows, jobs = WorkflowsApi(client), JobsApi(client)
    answer = workflows.create_workflow_with_http_info(WorkflowModel(name="calls", user="me", metadata={"a": [1]}))
    workflow = answer.data
    found["info"] = [answer.status_code, answer.headers["Content-Type"].split(";")[0]]
    records = [{"workflow_id": workflow.id, "name": f"j{n}", "command": "true"} for n in range(25)]
    jobs.create_jobs(JobsModel(jobs=records))
    found["names"] = len({job.name for job in iter_documents(jobs.list_jobs, workflow.id, limit=10)})
    found["later"] = len(list(iter_documents(jobs.list_jobs, workflow.id, offset=20)))
    found["positional"] = [job.name for job in jobs.list_jobs(workflow.id, None, None, None, 3, 2).items]
    first = jobs.list_jobs(workflow.id, limit=1).items[0]
    found["label"] = make_job_label(first, include_status=True)
    first.command, first.priority = "echo changed", 3
    changed = jobs.update_job(first.id, first)
    found["changed"] = [changed.command, changed.priority]
    task = workflows.initialize_jobs(workflow.id, var_async=True)
    found["task"] = type(task).__name__
    found["raw"] = json.loads(jobs.get_job_without_preload_content(first.id).data)["command"]
    try:
        jobs.get_job(10_000)
    except NotFoundException as error:
        found["error"] = [error.status, error.reason, "message" in json.loads(error.body)["error"]]
    found["none"] = send_api_command(jobs.get_job, 10_000, raise_on_error=False)
from torc import make_api
wait_for_healthy_database(make_api(os.environ["TORC_API_URL"]), timeout_minutes=0.1)
try:
    wait_for_healthy_database(make_api("http://127.0.0.1:1/torc-service/v1"), timeout_minutes=0, poll_seconds=1)
except DatabaseOffline as error:
    found["offline"] = type(error.__cause__).__mro__[1].__name__
print(json.dumps(found))
"""


def test_calls_of_the_api_classes(server: Server, place: Place):
    place.file("calls.py", CALLS)
    found = json.loads(place.run("python", "calls.py").stdout)
    assert found == {
        "info": [200, "application/json"],
        "names": 25,
        "later": 5,
        "positional": ["j3", "j4"],
        "label": "Job name=j0 id=1 status=JobStatus.UNINITIALIZED",
        "changed": ["echo changed", 3],
        "task": "TaskModel",
        "raw": "echo changed",
        "error": [404, "Not Found", True],
        "none": None,
        "offline": "ApiException",
    }


SECRET = """
import os, sys
from torc.openapi_client import ApiClient, ApiException, Configuration, WorkflowsApi
configuration = Configuration(host=os.environ["TORC_API_URL"])
configuration.username, configuration.password = "tester", sys.argv[1]
try:
    print(WorkflowsApi(ApiClient(configuration)).list_workflows().total_count)
except ApiException as error:
    print(error.status)
"""


def test_a_configuration_has_the_password(place: Place):
    passwords = place.directory / "htpasswd"
    place.run("torc-htpasswd", "add", "--allow-weak", "-f", passwords, "tester", "-p", "plum apricot seven", "-c", "4")
    place.file("secret.py", SECRET)
    with Server(place, "--auth-file", str(passwords), "--require-auth"):
        assert place.run("python", "secret.py", "plum apricot seven").stdout == "0\n"
        assert place.run("python", "secret.py", "wrong").stdout == "401\n"


FORKED = """
import gc, multiprocessing, os
from torc import make_api

api = make_api(os.environ["TORC_API_URL"])
assert api.ping().status == "ok"

def ask(number):
    status = api.ping().status
    gc.collect()
    return status

if __name__ == "__main__":
    with multiprocessing.get_context("fork").Pool(2) as pool:
        print(pool.map(ask, range(3)), flush=True)
    child = os.fork()
    if child == 0:
        raise SystemExit(0)
    print(os.waitpid(child, 0)[1])
"""


def test_forked_processes_have_connections_of_their_own(server: Server, place: Place):
    place.file("forked.py", FORKED)
    assert place.run("python", "forked.py").stdout == "['ok', 'ok', 'ok']\n0\n"
