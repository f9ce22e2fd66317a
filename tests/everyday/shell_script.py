"""A performed sequence as a shell script that a person can follow."""

import shlex
from collections.abc import Sequence

from everyday.steps import JOB, Plan


def quoted(words: Sequence[str]) -> str:
    """Quote words for the shell."""
    return " ".join(shlex.quote(word) for word in words)


class ShellScript:
    """Lines that repeat a sequence in an empty directory."""

    def __init__(self, plan: Plan) -> None:
        self._lines = [
            "#!/bin/bash",
            f"# Seed {plan.seed}. Run it in an empty directory.",
            "mkdir -p locks seconds fail; echo 0 > input.txt; : > lines",
            f"cat > job <<'END'\n{JOB}END",
            "chmod +x job",
            *(f"echo {job.seconds} > seconds/{job.name}" for job in plan.jobs),
            *(f"touch fail/{job.name}" for job in plan.jobs if job.fails),
            "export TORC_API_URL=http://127.0.0.1:8765/torc-service/v1 USER=ada",
            "serve() { torc-server run --host 127.0.0.1 --port 8765 --database torc.db 2>>server.log & server=$!",
            "until torc ping >/dev/null 2>&1; do sleep 0.1; done; }",
            'begun() { for _ in {1..100}; do [ "$(grep -c "^begin $1" lines)" -gt "$2" ] && break; sleep 0.02; done; }',
            "serve",
        ]

    def add(self, line: str) -> None:
        """Append a line."""
        self._lines.append(line)

    def command(self, words: Sequence[str], user: str) -> None:
        """Append a command that is run to its end."""
        self.add(f'{f"USER={user} " if user != "ada" else ""}{quoted(words)}; echo "exit code $?"')

    def text(self) -> str:
        """Return the script."""
        return "\n".join((*self._lines, "kill $server", ""))
