"""Count the words of a text: `count.py TEXT` prints `NUMBER WORD` lines, the most frequent first."""

import re
import sys
from collections import Counter
from pathlib import Path

WORD = re.compile(r"[^\W\d_]+")


def main(text: str) -> None:
    """Print how often each word occurs, whatever its case."""
    words = Counter(WORD.findall(Path(text).read_text(encoding="utf-8").lower()))
    for word, number in words.most_common():
        print(number, word)


if __name__ == "__main__":
    main(sys.argv[1])
