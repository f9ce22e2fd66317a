"""Warnings about what a shell does, or does not do, with the texts of a job."""

import re
from collections.abc import Iterable, Mapping

from torc_client.spec.codes import Code
from torc_client.spec.expansion import PLACE
from torc_client.spec.problems import Problems
from torc_client.spec.shape import Record

MAX_VARIABLE_BYTES = 32 * 4096 - 1
"""The kernel refuses a longer variable, with its name."""
MAX_ENVIRONMENT_BYTES = 2**21 - 2**17
"""All variables of a job. The rest of 2 MiB, a quarter of the usual stack, is for the command and other variables."""
REFERENCE = re.compile(r"\$[A-Za-z_]\w*|\$\{[A-Za-z_][^{}]*\}?|\$\([^()]*\)?|`[^`]+`|^~(?=/|$)")
WITHOUT_EFFECT = re.compile(
    r"\s*(?P<word>export|source|\.|cd|pushd|module|(micro)?mamba\s+activate|conda\s+activate|spack\s+load|ml|set|unset"
    r"|ulimit|umask|alias|shopt|trap|echo|printf|true|:)(\s|$)"
    r"|\s*(?P<shell>((/usr)?/bin/)?(ba|z|da)?sh\s+(-[a-z]+\s+)*-[a-z]*c)\s*$"
    r"|\s*(?P<assignments>[A-Za-z_]\w*=\S*(\s+|$))+$"
)
COMMENT = re.compile(r"(^|\s)#[^'\"]*$")
ENDS = (";", "&", "|", "(", "{")


def check_env(env: Mapping[str, str], place: str, problems: Problems) -> None:
    """Warn of values that look as if a shell expanded them, and refuse those that the kernel does not pass on."""
    for name, value in env.items():
        found = REFERENCE.search(value)
        if found:
            fix = f"set it in the command, such as {name}={value}" if '"' not in value else "set it in the command"
            problems.warn_once(Code.UNEXPANDED_VARIABLE, f"{place}.{name}", f"{found[0]} is not expanded in env", fix)
        if len(name) + len(value.encode(errors="replace")) + 1 > MAX_VARIABLE_BYTES:
            reason = f"the variable {name} has more than the {MAX_VARIABLE_BYTES} bytes that the system passes on"
            problems.add(Code.INVALID_VALUE, f"{place}.{name}", reason, "put it into a file, and its path into env")


def check_jobs(jobs: Iterable[Record], shared: Mapping[str, str], problems: Problems) -> None:
    """Check the variables of jobs, and warn of invocation scripts that swallow the command."""
    shared_bytes = _size_of(shared)
    for job in jobs:
        env = job.get("env", {})
        check_env(env, f"{job[PLACE]}.env", problems)
        num_bytes = _size_of(env) + shared_bytes if env else shared_bytes
        if num_bytes > MAX_ENVIRONMENT_BYTES:
            reason = (
                f"its variables of env have {num_bytes} bytes together, and most systems pass on 2 MiB to a program"
            )
            problems.warn_once(Code.INVALID_VALUE, job[PLACE], reason, "put them into a file, and its path into env")
        script = job.get("invocation_script", "").strip("\n")
        if script and "\n" not in script:
            reason = _swallows(script)
            if reason:
                is_open = COMMENT.search(script) or script.rstrip().endswith("\\")
                fix = "write it in several lines" if is_open else "end it with ; or write it in several lines"
                if "first word" in reason:
                    fix = "set shell in the execution_config of the spec in its place"
                problems.warn_once(Code.SWALLOWED_COMMAND, f"{job[PLACE]}.invocation_script", reason, fix)


def _size_of(env: Mapping[str, str]) -> int:
    return sum(len(name) + len(value.encode(errors="replace")) + 2 for name, value in env.items())


def _swallows(script: str) -> str:
    """Return why a command on the same line after this script does not run; empty if it does."""
    if COMMENT.search(script):
        return "ends in a comment, to which the command on the same line belongs"
    if script.rstrip().endswith("\\"):
        return "ends with a backslash, which joins the command to it"
    last = re.split(r";|&&|\|\||\|", script)[-1]
    found = WITHOUT_EFFECT.match(last)
    if found is None or script.rstrip().endswith(ENDS):
        return ""
    if found["shell"] is not None:
        return f"{found['shell']!r} takes only the first word of the command as what to run"
    if found["word"] is None:
        return "sets variables for the first program of the command only, and the shell expands them before that"
    return f"{found['word']!r} takes the command on the same line as its words, so that it does not run"
