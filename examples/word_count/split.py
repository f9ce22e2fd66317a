"""Split a text into parts of about equal numbers of lines: `split.py TEXT DIRECTORY PARTS`."""

import sys
from pathlib import Path


def main(text: str, directory: str, parts: int) -> None:
    """Write part_00.txt, part_01.txt, ... into the directory, which is made when it is missing."""
    lines = Path(text).read_text(encoding="utf-8").splitlines(keepends=True)
    target = Path(directory)
    target.mkdir(parents=True, exist_ok=True)
    for part in range(parts):
        begin, end = (len(lines) * border // parts for border in (part, part + 1))
        (target / f"part_{part:02d}.txt").write_text("".join(lines[begin:end]), encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]))
