"""Snakemake: a rule with a wildcard; its records are in .snakemake. Its start is included, because it has no server."""

import subprocess
import sys
import time
from pathlib import Path

RULES = """
rule all:
    input: expand("{{number}}.o", number=range({jobs}))

rule true_job:
    output: out="{{number}}.o", err="{{number}}.e"
    shell: "true > {{output.out}} 2> {{output.err}}"
"""


def main(jobs: int, at_once: int) -> None:
    """Run the rules and print the seconds of the whole program."""
    Path("Snakefile").write_text(RULES.format(jobs=jobs))
    words = [sys.executable, "-m", "snakemake", "--cores", str(at_once), "--quiet", "all", "--", "all"]
    start = time.perf_counter()
    subprocess.run(words, check=True, stdout=subprocess.DEVNULL)
    print(time.perf_counter() - start, flush=True)


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]))
