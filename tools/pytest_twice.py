"""Run pytest, and what failed once more, one test after another.

Some tests await real programs (Slurm, Chromium, sshd) with time limits of their own, which a busy machine exceeds. Both
runs are printed. A test that fails twice fails; so does everything else that keeps pytest from ending well.
"""

import subprocess
import sys
from pathlib import Path

TESTS_FAILED = 1
AGAIN = ("--last-failed", "--last-failed-no-failures", "none", "--numprocesses", "0", "--exitfirst")


def main() -> int:
    """Return the exit code of the last run."""
    pytest = (str(Path(sys.executable).parent / "pytest"), *sys.argv[1:])
    exit_code = subprocess.run(pytest, check=False).returncode
    if exit_code == TESTS_FAILED:
        print("The tests that failed run once more, one after another:", flush=True)
        exit_code = subprocess.run((*pytest, *AGAIN), check=False).returncode
        print("They passed." if exit_code == 0 else "A test failed twice.", flush=True)
    return exit_code


if __name__ == "__main__":
    sys.exit(main())
