"""Temporary files that were deleted: the jobs that write them run again only for a job that reads them. Pure."""

from collections.abc import Iterable, Mapping, Sequence

from torc_client.answers import id_of
from torc_client.api.enums import JobStatus
from torc_client.api.records import FileModel, JobModel


def writers_to_rerun(
    jobs: Mapping[int, JobModel],
    running: Iterable[int],
    absent: Mapping[int, FileModel],
    writers: Mapping[int, Sequence[int]],
) -> dict[int, str]:
    """Return the completed jobs that write what the `running` jobs read and is `absent`, each with the reason.

    So they do if what a writer itself reads is absent.
    """
    reasons: dict[int, str] = {}
    waiting = list(running)
    seen = set(waiting)
    while waiting:
        reader = waiting.pop()
        for file_id in jobs[reader].input_file_ids or ():
            if file_id not in absent:
                continue
            for writer in writers.get(file_id, ()):
                if writer not in seen and jobs[writer].status is JobStatus.COMPLETED:
                    seen.add(writer)
                    waiting.append(writer)
                    reasons[writer] = f"job {reader} needs its output {absent[file_id].path}, which is temporary"
    return reasons


def absent_temp_files(files: Iterable[FileModel], times: Mapping[int, float | None]) -> dict[int, FileModel]:
    """Return the temporary files that do not exist, by id. `times` are the modification times of files that do."""
    return {id_of(file): file for file in files if file.temp and times[id_of(file)] is None}
