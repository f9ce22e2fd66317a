"""The bare C loop, compiled on demand."""

import shutil
import subprocess
from pathlib import Path

from benchmarks.measure import NotMeasured

SOURCE = Path(__file__).with_name("spawn.c")


def compiled(cache: Path) -> Path:
    """Compile the loop unless it is compiled. Raises NotMeasured without a compiler."""
    program = cache / "spawn"
    if program.exists() and program.stat().st_mtime >= SOURCE.stat().st_mtime:
        return program
    compiler = shutil.which("gcc") or shutil.which("cc")
    if compiler is None:
        raise NotMeasured("no C compiler here: install gcc")
    cache.mkdir(parents=True, exist_ok=True)
    subprocess.run([compiler, "-O2", "-Wall", "-Wextra", "-o", program, SOURCE], check=True)
    return program


def spawn_seconds(cache: Path, directory: Path, jobs: int, at_once: int) -> float:
    """Run `bash -c true` `jobs` times with two files each; return the seconds. Raises NotMeasured."""
    program = compiled(cache)
    bash = shutil.which("bash")
    assert bash is not None
    directory.mkdir()
    words: list[str | Path] = [program, str(jobs), str(at_once), directory, bash, "-c", "true"]
    return float(subprocess.run(words, check=True, capture_output=True, text=True).stdout)
