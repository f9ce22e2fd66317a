"""A peer from PyPI in its own virtual environment, created at the first use."""

import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from benchmarks.measure import NotMeasured

_PROGRAMS = Path(__file__).with_name("programs")
_LONGEST_SECONDS = 3600


@dataclass(frozen=True, slots=True)
class PythonPeer:
    """A peer that a program in `peers/programs/` drives, with the interpreter of the peer's environment.

    The program is called with the number of jobs, how many at once, and an empty directory as its working directory;
    its last line of output is the seconds that the jobs took.
    """

    name: str
    target: float
    requirements: tuple[str, ...]
    program: str
    is_slow: bool = False

    def seconds(self, cache: Path, directory: Path, jobs: int, at_once: int) -> float:
        """Run the peer's program. Raises NotMeasured when the peer cannot be installed or fails."""
        python = self._environment(cache)
        path = f"{python.parent}{os.pathsep}{os.environ['PATH']}"
        environment = {**os.environ, "PATH": path, "HOME": str(directory), "VIRTUAL_ENV": str(python.parents[1])}
        words: list[str | Path] = [python, _PROGRAMS / self.program, str(jobs), str(at_once)]
        try:
            done = subprocess.run(
                words,
                cwd=directory,
                env=environment,
                check=True,
                text=True,
                capture_output=True,
                timeout=_LONGEST_SECONDS,
            )
        except subprocess.CalledProcessError as error:
            last = error.stderr.strip().splitlines()[-1:] or [""]
            raise NotMeasured(f"{self.name} failed: {last[0][:200]}") from error
        except subprocess.TimeoutExpired:
            raise NotMeasured(f"{self.name} took more than {_LONGEST_SECONDS} s") from None
        return float(done.stdout.strip().splitlines()[-1])

    def _environment(self, cache: Path) -> Path:
        """Create the environment unless it exists with the same requirements; return its interpreter."""
        home = (cache / "peers" / Path(self.program).stem).absolute()
        python, made_for = home / "bin" / "python", home / "requirements.txt"
        wanted = "\n".join(self.requirements) + "\n"
        if python.exists() and made_for.exists() and made_for.read_text() == wanted:
            return python
        shutil.rmtree(home, ignore_errors=True)
        print(f"installing {self.name} into {home}", file=sys.stderr, flush=True)
        pip: list[str | Path] = [python, "-m", "pip", "--quiet", "--disable-pip-version-check"]
        try:
            subprocess.run([sys.executable, "-m", "venv", home], check=True, capture_output=True, text=True)
            subprocess.run([*pip, "install", *self.requirements], check=True, capture_output=True, text=True)
        except subprocess.CalledProcessError as error:
            last = error.stderr.strip().splitlines()[-1:] or [""]
            raise NotMeasured(f"{self.name} cannot be installed: {last[0][:200]}") from error
        made_for.write_text(wanted)
        return python
