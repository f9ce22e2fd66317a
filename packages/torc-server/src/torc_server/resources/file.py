"""Files that jobs read or write. The server stores their names and paths; it does not open them."""

from torc_server.edge.filter_language import FieldKind
from torc_server.engine.status import tallies
from torc_server.resources.fields import Boolean, Integer, Number, Record, Text
from torc_server.resources.filtering import of_kind
from torc_server.resources.resource import OF_WORKFLOW, Filter, Generic, Names, Resource, contains

PRODUCED_BY = "file.id IN (SELECT file_id FROM job_output_file WHERE job_id = :produced_by_job_id)"
IS_OUTPUT = "file.id IN (SELECT file_id FROM job_output_file) AND :is_output"


class FileModel(Record):
    """A file that jobs read or write."""

    id = Integer("Set by the server.", read_only=True)
    workflow_id = Integer("The workflow it belongs to.", required=True, fixed=True)
    name = Text("Name of the file.", required=True)
    path = Text("Path of the file.", required=True)
    st_mtime = Number(
        "Time of the last change of the file, in seconds since the epoch. Every update replaces it; null or an absent "
        "member clears it.",
        null="clears",
    )
    temp = Boolean(
        "Whether the file is temporary: it may be deleted once the jobs that read it have completed, and the job that "
        "writes it runs again only for a job that needs the file.",
        extension=True,
    )


FILE = Resource(
    table="file",
    path="files",
    names=Names(
        one="file",
        many="files",
        delete_one="delete_file",
        delete_all="delete_files",
        create_many="create_files",
        bulk_model="FilesModel",
        bulk_answer="CreateFilesResponse",
    ),
    schema=FileModel,
    noun="file",
    operations=Generic.WITH_BULK,
    filters=(
        Filter("produced_by_job_id", Integer("Only output files of this job."), PRODUCED_BY),
        contains("name", Text("Only files whose name contains this text.")),
        contains("path", Text("Only files whose path contains this text.")),
        Filter(
            "is_output",
            Boolean("True: only files that are an output of a job. False: all files."),
            IS_OUTPUT,
            when=(True,),
        ),
    ),
    tallies={OF_WORKFLOW: tallies.FILES},
    more_probes={"st_mtime": of_kind(FieldKind.TIME, "file.st_mtime")},
)
