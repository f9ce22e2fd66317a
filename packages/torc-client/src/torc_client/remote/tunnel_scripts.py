"""The scripts that run on the host of a worker for its tunnel, and the words of ssh that are made for it. Pure.

DIR/s         a link to the socket of the current connection: the path that the worker uses
DIR/t.NUMBER  the socket of one connection

Each connection makes a socket with a new name, so that the socket that a broken connection left behind is never in its
way: sshd there may hold it for hours. The link is replaced, in one step, when the new socket is there.
"""

import re
import shlex
from collections.abc import Iterator
from itertools import islice

from torc_client.address import Address
from torc_client.edge.private_socket import PATH_MAX_BYTES
from torc_client.errors import TorcError

LINK = "s"
_PREFIX = "t."
_LONGEST_NAME = len(_PREFIX) + 16
_FOLDER_MAX = PATH_MAX_BYTES - 1 - _LONGEST_NAME
# Without characters that have a meaning in the option -R: colons, backslashes, percent and dollar signs.
_FIT = re.compile(r"/[A-Za-z0-9_./@+=,-]*")


def preparation(tunnel_id: str) -> str:
    """Return a script that creates folders with mode 0700, and prints those that it has, the best one first.

    A folder in /tmp is for homes with a long path, and for those on which sockets are impossible.
    """
    return f"""umask 077
d=${{XDG_STATE_HOME:-}}
case $d in /*) ;; *) d=$HOME/.local/state ;; esac
d=$d/torc/tunnels/{tunnel_id}
mkdir -p "$d" && chmod 700 "$d" && [ -O "$d" ] && [ ! -L "$d" ] && echo "torc-folder $d"
d=/tmp/torc-$(id -u)-{tunnel_id}
mkdir -m 700 "$d" 2>/dev/null
[ -d "$d" ] && [ ! -L "$d" ] && [ -O "$d" ] && chmod 700 "$d" && echo "torc-folder $d"
true
"""


def prepared_folders(printed: str) -> list[str]:
    """Return the folders in the output of `preparation` in which sockets are possible."""
    found = [line.partition(" ")[2] for line in printed.splitlines() if line.startswith("torc-folder ")]
    return [folder for folder in found if _FIT.fullmatch(folder) and len(folder.encode()) <= _FOLDER_MAX]


def socket_name(number: int) -> str:
    """Return the name of the socket of a connection."""
    return f"{_PREFIX}{number:016x}"


def forward_target(address: Address) -> str:
    """Return where the tunnel leads from this machine, as the end of the option -R. Raises TorcError."""
    if address.socket_path is None:
        host = f"[{address.host}]" if ":" in address.host else address.host
        return f"{host}:{address.port}"
    if not _FIT.fullmatch(address.socket_path):
        raise TorcError(
            f"A tunnel cannot lead to the socket {address.socket_path}: ssh gives some characters of it a meaning.",
            "Let the server listen on a socket whose path has only letters, digits, `_`, `.`, `-`, `+`, `@`, `,`, `=`.",
        )
    return address.socket_path


def session(folder: str, name: str) -> str:
    """Return the script of a connection. It prints lines that begin with `name`, and answers each line on stdin.

    `PID START` asks whether that process runs, `-` whether the connection works. `end` removes the folder.
    """
    quoted = shlex.quote(folder)
    return f"""d={quoted} n={name}
[ -S "$d/$n" ] || {{ echo "$n missing"; exit 3; }}
ln -s "$n" "$d/l.$n" && mv -f "$d/l.$n" "$d/{LINK}" || {{ echo "$n unlinked"; exit 4; }}
for f in "$d"/{_PREFIX}* "$d"/l.*; do [ "$f" = "$d/$n" ] || rm -f "$f"; done
echo "$n ready"
while read -r pid start; do
  case $pid in
    -) echo "$n open" ;;
    end) rm -f "$d/{LINK}" "$d/$n"; rmdir "$d"; exit 0 ;;
    *) s=$(cat "/proc/$pid/stat" 2>/dev/null); set -- ${{s##*) }}
       case ${{1:-X}} in
         Z|X) echo "$n gone" ;;
         *) if [ "${{20}}" = "$start" ]; then echo "$n runs"; else echo "$n gone"; fi ;;
       esac ;;
  esac
done
rm -f "$d/$n"
"""


def removal(folders: list[str]) -> str:
    """Return a script that removes the folders of a tunnel that has ended."""
    return "".join(
        f"d={shlex.quote(folder)}\n"
        f'[ -O "$d" ] && rm -f "$d/{LINK}" "$d"/{_PREFIX}* "$d"/l.* && rmdir "$d"\n'
        for folder in folders
    ) + "true\n"  # fmt: skip


def pauses(first: float = 1.0, longest: float = 30.0) -> Iterator[float]:
    """Yield the pauses before further attempts, in seconds."""
    seconds = first
    while True:
        yield seconds
        seconds = min(longest, seconds * 2)


def pause_before(attempt: int) -> float:
    """Return the pause before the attempt with this number, from 1 on."""
    return next(islice(pauses(), attempt - 1, None))
