"""Drive a server: `python -m published.driver URL USER PASSWORD [SUBJECT...]`; prints JSON."""

import importlib
import json
import sys

from published.driver import jobs, records, workflows
from published.driver.recorder import Recorder

SUBJECTS = (
    workflows.system, workflows.credentials, workflows.workflow_record, workflows.tasks, workflows.remote_workers,
    workflows.actions, workflows.access, records.records, jobs.job_record, jobs.life, jobs.results,
    jobs.relationships, jobs.spawning,
)  # fmt: skip


def main(url: str, user: str, password: str, *subjects: str) -> None:
    """Drive these subjects, or all, and tell what was called, compared and found."""
    # Not an import statement: the checks of this repository run where the published client is not installed.
    library = importlib.import_module("torc.openapi_client")
    configuration = library.Configuration(host=url)
    client = library.ApiClient(configuration)
    authentication = importlib.import_module("urllib3").make_headers(basic_auth=f"{user}:{password}")
    client.default_headers["Authorization"] = authentication["authorization"]
    recorder = Recorder(library, client)
    for subject in SUBJECTS:
        if not subjects or subject.__name__ in subjects:
            recorder.attempt(subject)
    found = {
        "operations": sorted(recorder.operations),
        "compared": recorder.compared,
        "failures": recorder.failures,
    }
    sys.stdout.write(json.dumps(found))


main(*sys.argv[1:])
