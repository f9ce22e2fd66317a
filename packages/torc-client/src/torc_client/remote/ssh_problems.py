"""What can go wrong with a command on another machine, with the remedy of each."""

import enum
import errno
import re

from torc_client.errors import TorcError

_LONGEST_LINE = 300


class SshProblem(enum.Enum):
    """Why a command on another machine did not do its work. The value is the name in JSON output."""

    NO_SSH = "ssh_missing"
    NOT_STARTED = "ssh_not_started"
    UNKNOWN_HOST = "host_unknown"
    REFUSED = "connection_refused"
    UNREACHABLE = "host_unreachable"
    NO_ANSWER = "no_answer"
    HOST_KEY = "host_key_changed"
    HOST_KEY_UNKNOWN = "host_key_unknown"
    PERMISSION = "permission_denied"
    CLOSED = "connection_closed"
    OTHER_OF_SSH = "ssh_failed"
    NO_SHELL = "no_shell"
    NOT_LINUX = "not_linux"
    NO_CONNECTION_IN_TIME = "connect_time_limit"
    TIME_LIMIT = "time_limit"
    TOO_MUCH_OUTPUT = "too_much_output"
    CONNECTION_LOST = "connection_lost"
    SIGNAL = "signal"
    COMMAND_MISSING = "command_missing"
    EXIT_CODE = "exit_code"


# The first pattern found in the messages of ssh decides.
_PATTERNS = (
    (
        SshProblem.CONNECTION_LOST,
        re.compile(r"Connection to \S+ closed by remote host|client_loop: |Timeout, server \S+ not responding"),
    ),
    (SshProblem.HOST_KEY, re.compile(r"REMOTE HOST IDENTIFICATION HAS CHANGED")),
    (SshProblem.HOST_KEY_UNKNOWN, re.compile(r"Host key verification failed")),
    (SshProblem.UNKNOWN_HOST, re.compile(r"Could not resolve hostname|Name or service not known")),
    (SshProblem.REFUSED, re.compile(r"Connection refused")),
    (SshProblem.UNREACHABLE, re.compile(r"No route to host|Network is unreachable|Host is down")),
    (SshProblem.NO_ANSWER, re.compile(r"timed out")),
    (SshProblem.PERMISSION, re.compile(r"Permission denied|Too many authentication failures|No more authentication")),
    (SshProblem.CLOSED, re.compile(r"Connection closed|Connection reset|kex_exchange_identification|Broken pipe")),
)

_SENTENCES = {
    SshProblem.NO_SSH: ("ssh is not installed here", "Install OpenSSH's client, or add it to PATH."),
    SshProblem.NOT_STARTED: ("ssh cannot be started here", "Use a smaller --max-parallel-ssh, or raise the limit."),
    SshProblem.UNKNOWN_HOST: (
        "the host name cannot be resolved here",
        "Check the spelling, or add the host to ~/.ssh/config or /etc/hosts.",
    ),
    SshProblem.REFUSED: ("the connection was refused", "Check that sshd runs there, and its port."),
    SshProblem.UNREACHABLE: ("there is no route to the host", "Check the network of this machine and of the host."),
    SshProblem.NO_ANSWER: (
        "the host does not answer",
        "Check that it runs, and that no firewall drops packets to its ssh port.",
    ),
    SshProblem.HOST_KEY: (
        "the host key is not the known one",
        "If the host was reinstalled, remove its old key with `ssh-keygen -R HOST`; otherwise do not connect.",
    ),
    SshProblem.HOST_KEY_UNKNOWN: (
        "the key of the host, or of a jump host, is not known",
        "Run `ssh HOST` once by hand, and compare the key that it shows.",
    ),
    SshProblem.PERMISSION: (
        "the login was refused",
        "Set up a login without a password: `ssh-copy-id HOST`, or an agent with `ssh-add`.",
    ),
    SshProblem.CLOSED: ("the host closed the connection", "Look at the log of sshd there, or try again in a moment."),
    SshProblem.OTHER_OF_SSH: ("ssh failed", "Try `ssh HOST true` by hand."),
    SshProblem.NO_SHELL: (
        "the login does not run commands of a POSIX shell",
        "Workers need a login that runs `sh`. Try `ssh HOST uname` by hand.",
    ),
    SshProblem.TOO_MUCH_OUTPUT: ("the command printed too much", "Check what the login files of the host print."),
    SshProblem.CONNECTION_LOST: ("the connection was lost while the command ran", "Check its effect, and try again."),
    SshProblem.COMMAND_MISSING: ("a program is missing there", "Install it there, or name its path."),
}


class RemoteError(TorcError):
    """A command on another machine did not do its work. `problem` classifies the reason."""

    def __init__(self, problem: SshProblem, message: str, hint: str | None = None) -> None:
        super().__init__(message, hint)
        self.problem = problem


def of_start(error: OSError) -> SshProblem:
    """Return why a program such as ssh could not be started: it is missing, or this machine lacks what it needs."""
    is_missing = error.errno in {errno.ENOENT, errno.ENOTDIR, errno.EACCES}
    return SshProblem.NO_SSH if is_missing else SshProblem.NOT_STARTED


def of_ssh(messages: str) -> SshProblem:
    """Classify a failure of ssh itself by its messages."""
    return next((problem for problem, pattern in _PATTERNS if pattern.search(messages)), SshProblem.OTHER_OF_SSH)


def sentence_of(problem: SshProblem) -> tuple[str, str]:
    """Return what happened, and the remedy, of a problem that needs no figures."""
    return _SENTENCES[problem]


def last_line(text: str) -> str:
    """Return the last line that is not blank, without control characters, in bounds."""
    lines = [line for line in (_printable(line) for line in text.splitlines()) if line]
    if not lines:
        return ""
    return lines[-1] if len(lines[-1]) <= _LONGEST_LINE else f"{lines[-1][:_LONGEST_LINE]}..."


def line_of(problem: SshProblem, messages: str) -> str:
    """Return the line of the messages that shows the problem, else the last line."""
    patterns = dict(_PATTERNS)
    if problem in patterns:
        found = [line for line in messages.splitlines() if patterns[problem].search(line)]
        return last_line("\n".join(found))
    return last_line(messages)


def _printable(line: str) -> str:
    return "".join(character if character.isprintable() else " " for character in line).strip()
