"""Convert a spec to another format."""

from torc_client.spec.formats import Format
from torc_client.spec.problems import Problems, SpecError
from torc_client.spec.reading import read_document
from torc_client.spec.shape import check
from torc_client.spec.writing import write


def converted(path: str, format: Format) -> str:
    """Return the spec of a file (`-`: standard input) as text of a format.

    Its shape must be valid, since an unknown field cannot be written in every format. Its names may be unknown. Raises
    SpecError.
    """
    document = read_document(path)
    problems = Problems()
    for complaint in document.complaints:
        problems.add_problem(complaint)
    record = check(document.value, "workflow", "", problems)
    try:
        problems.raise_for(document.source)
    except SpecError as error:
        raise error.with_positions(document.positions()) from error
    return write(record, format)
