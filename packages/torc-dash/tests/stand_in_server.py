"""What torc-server and torc-htpasswd are to a process that starts them, and no more: lines, sockets, and their end.

The database's name decides how it behaves.
"""

import socket
import sys
from pathlib import Path


def main() -> int:
    words = sys.argv[1:]
    if Path(sys.argv[0]).name == "torc-htpasswd":
        password = sys.stdin.readline().strip()
        Path(words[words.index("--file") + 1]).write_text(f"{words[-1]}:{password}\n")
        return 0
    database = Path(words[words.index("--database") + 1])
    if database.name == "broken.db":
        sys.stderr.write(f"{database} is no database of Torc; choose another file\n")
        return 1
    private = socket.socket(socket.AF_UNIX)
    private.bind(words[words.index("--socket") + 1])
    private.listen()
    public = socket.create_server((words[words.index("--host") + 1], int(words[words.index("--port") + 1])))
    database.with_suffix(".argv").write_text("\n".join(words))
    sys.stdout.write(f"TORC_SERVER_PORT={public.getsockname()[1]}\n")
    sys.stdout.flush()
    if database.name == "short-lived.db":
        sys.stderr.write("the disk is full\n")
        return 1
    sys.stdin.read()
    return 0


sys.exit(main())
