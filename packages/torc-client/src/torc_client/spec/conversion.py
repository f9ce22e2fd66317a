"""A spec of one format in another."""

from torc_client.spec.formats import Format
from torc_client.spec.problems import Problems, SpecError
from torc_client.spec.reading import read_document
from torc_client.spec.shape import check
from torc_client.spec.writing import write


def converted(path: str, format: Format) -> str:
    """The spec of a file (`-`: standard input) as text of a format.

    Its shape must be right, since what is unknown has no place in every format; whether its names find something does
    not matter. Raises SpecError.
    """
    document = read_document(path)
    problems = Problems()
    for complaint in document.complaints:
        problems.add(complaint.place, complaint.message)
    record = check(document.value, "workflow", "", problems)
    try:
        problems.raise_for(document.source)
    except SpecError as error:
        raise error.with_positions(document.positions()) from error
    return write(record, format)
