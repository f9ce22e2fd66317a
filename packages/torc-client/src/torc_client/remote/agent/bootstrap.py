"""The script that runs `torc remote-agent` on another machine, and what its output means.

The script needs a POSIX shell there. If torc is missing, it reports what the machine has instead.
"""

import shlex
from enum import Enum

from msgspec import Struct

from torc_client.remote.agent.launcher import LAUNCHER
from torc_client.remote.agent.protocol import AgentError

_MISSING = "torc-remote-agent-missing:"
_FAILED = "torc-remote-agent-failed:"
_PROLOGUE_FAILED = "torc-remote-agent-prologue:"
_LINES = 4

# $1 is the prologue, $2 the program. The prologue must not read the request, and its output is not the answer.
_SCRIPT = f"""
if [ -n "$1" ]; then
  eval "$1" </dev/null >&2
  code=$?
  if [ $code -ne 0 ]; then printf '\n%s\n%s\n' '{_PROLOGUE_FAILED}' $code; exit 0; fi
fi
torc=${{2:-torc}}
case $torc in "~/"*) torc=$HOME/${{torc#"~/"}} ;; esac
launcher=${{XDG_STATE_HOME:-$HOME/.local/state}}/torc/{LAUNCHER}
if [ -z "$1$2" ] && [ -x "$launcher" ] && ! command -v torc >/dev/null 2>&1; then torc=$launcher; fi
if ! command -v "$torc" >/dev/null 2>&1; then
  python=$(python3 -V 2>&1) || python="no python3"
  printf '\n%s\n%s\n%s\n%s\n%s\n' '{_MISSING}' "$torc" "$(uname -sm)" "$python" "$PATH"
  exit 0
fi
"$torc" remote-agent
code=$?
if [ $code -ne 0 ]; then
  version=$("$torc" --version 2>&1 </dev/null | tail -n 1)
  printf '\n%s\n%s\n%s\n%s\n' '{_FAILED}' $code "$(command -v "$torc")" "$version"
fi
exit 0
"""


class AgentProgram(Struct, frozen=True):
    """How the agent is started: by a chosen program or `torc`, after the commands of a prologue."""

    torc_bin: str = ""
    prologue: str = ""

    @property
    def is_chosen(self) -> bool:
        """Whether an option chose the program or the prologue."""
        return bool(self.torc_bin or self.prologue)


class AgentProblem(Enum):
    """Why no agent answered. The value is the name in JSON output."""

    PROLOGUE = "prologue_failed"
    MISSING = "torc_missing"
    FAILED = "torc_failed"
    NO_ANSWER = "no_answer_of_torc"


class AgentMissingError(AgentError):
    """No agent answered on a host that was reached."""

    def __init__(self, problem: AgentProblem, message: str, hint: str) -> None:
        super().__init__(message, hint)
        self.problem = problem


def agent_script(program: AgentProgram) -> str:
    """Return the script. `module` and other functions of login files need bash, where there is one."""
    words = shlex.join([_SCRIPT, "torc-remote", program.prologue, program.torc_bin])
    return f"shell=sh\nif command -v bash >/dev/null 2>&1; then shell=bash; fi\nexec $shell -c {words}\n"


def missing_agent(out: bytes, messages: str) -> AgentMissingError:
    """Return why the output of the script has no answer. `messages` is what was printed on stderr."""
    text = out.decode("utf-8", "replace")
    for mark, make in ((_MISSING, _missing), (_FAILED, _failed), (_PROLOGUE_FAILED, _prologue_failed)):
        _, found, rest = text.rpartition(f"\n{mark}\n")
        if found:
            return make([*rest.splitlines()[:_LINES], *[""] * _LINES], _last(messages))
    return AgentMissingError(
        AgentProblem.NO_ANSWER,
        f"torc there printed no answer{_in_parentheses(_last(messages))}",
        "A prologue that calls `exit` ends before torc starts. Otherwise install the same version of torc there.",
    )


def _missing(lines: list[str], last: str) -> AgentMissingError:
    torc, machine, python, path, *_ = lines
    message = f"{torc} is not there ({machine}, {python}, PATH={path})"
    hint = "Name its path with --torc-bin, set PATH with --prologue, or install it there with --install."
    del last
    return AgentMissingError(AgentProblem.MISSING, message, hint)


def _failed(lines: list[str], last: str) -> AgentMissingError:
    code, path, version, *_ = lines
    return AgentMissingError(
        AgentProblem.FAILED,
        f"{path} there ended with exit code {code}{_in_parentheses(last)}; it is {version or 'of an unknown version'}",
        "Install the same version of torc there, or name another program with --torc-bin.",
    )


def _prologue_failed(lines: list[str], last: str) -> AgentMissingError:
    message = f"the prologue ended with exit code {lines[0]}{_in_parentheses(last)}"
    hint = "Correct --prologue. A login without terminal may lack functions such as `module`: read their file before."
    return AgentMissingError(AgentProblem.PROLOGUE, message, hint)


def _in_parentheses(text: str) -> str:
    return f" ({text})" if text else ""


def _last(messages: str) -> str:
    lines = [line.strip() for line in messages.splitlines() if line.strip()]
    return lines[-1] if lines else ""
