"""Why an attempt failed, in words: from the reason that its runner reported, its return code and its log. Pure."""

from torc_client.api.records import ResultModel
from torc_client.edge.lacked_resources import KillCodes
from torc_client.exit_codes import COULD_NOT_RUN, meaning
from torc_client.log_files.error_line import note_of_runner


def reason_of(result: ResultModel, codes: KillCodes, line: str = "") -> str:
    """Return why an attempt failed, as part of a sentence. `line` is the line of its log that says why."""
    code = f"exit code {result.return_code}"
    if result.reason:
        return result.reason if _is_made_by_runner(result.return_code, codes) else f"{result.reason} ({code})"
    if note := note_of_runner(line):
        return note
    known = _meaning(result.return_code, codes)
    text = f"{known} ({code})" if known else code
    return f"{text}: {line}" if line and is_explained_by_log(result, codes) else text


def is_explained_by_log(result: ResultModel, codes: KillCodes) -> bool:
    """Whether only the program, or the shell that could not run it, says why it failed."""
    is_unclear = result.return_code in COULD_NOT_RUN or not _meaning(result.return_code, codes)
    return is_unclear and not result.reason


def known_reason(result: ResultModel, codes: KillCodes) -> str:
    """Return what a result says besides its return code; empty if only the output of the command says it."""
    return result.reason or _meaning(result.return_code, codes)


def explained(result: ResultModel, codes: KillCodes) -> str:
    """Return what a result means, as a sentence. Of the code of a program only its output can say why."""
    if result.reason and _is_made_by_runner(result.return_code, codes):
        return f"{result.reason[0].upper()}{result.reason[1:]}."
    known = known_reason(result, codes)
    if known:
        return f"Exit code {result.return_code}: {known}."
    return f"Exited with {result.return_code}: the command says why in its stderr."


def _is_made_by_runner(return_code: int, codes: KillCodes) -> bool:
    """Whether the code of a result with a reason is the runner's own: 1 of a command that ended with 0 would mislead.

    Those of signals and limits are not.
    """
    return return_code in COULD_NOT_RUN or not _meaning(return_code, codes)


def _meaning(return_code: int, codes: KillCodes) -> str:
    return meaning(return_code, out_of_memory=codes.out_of_memory, out_of_time=codes.out_of_time)
