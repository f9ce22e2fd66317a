"""The numbers of jobs of each status, as a part of answers."""

from torc_server.engine.states import JobStatus
from torc_server.resources.fields import Integer, Record

JobStatusCounts = type(
    "JobStatusCounts",
    (Record,),
    {
        "__doc__": "Number of jobs of each status.",
        "__module__": __name__,
        **{status.word: Integer(f"Number of {status.word} jobs.", required=True) for status in JobStatus},
    },
)
