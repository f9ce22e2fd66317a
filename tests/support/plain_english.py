"""Find phrases in prose that docs/contributing/style.md bans: in docstrings, comments, messages and pages.

python tests/support/plain_english.py [FILE ...]    print each banned phrase, with what to write instead
python tests/support/plain_english.py --write       write the list of files that are not yet plain
"""

import ast
import io
import re
import sys
import tokenize
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]
# Data, so that a phrase can be added without code.
PHRASES = ROOT / "tests/architecture/banned_phrases.txt"
NOT_YET_PLAIN = ROOT / "tests/architecture/not_yet_plain.txt"

GENERATED_FOLDERS = ("packages/torc-client/src/torc_client/api/",)
# The first line of pages that tools write from the code: what they say is checked in the code.
GENERATED_PAGE = re.compile(r"<!--.*\bmake reference\b|<!--.*\bbenchmarks\b")
# Pages that must quote what they ban.
QUOTING_PAGES = ("docs/contributing/style.md",)
SQL = re.compile(r"\s*(--|SELECT|INSERT|UPDATE|DELETE|WITH|CREATE|DROP|ALTER|PRAGMA|EXISTS)\b")
FENCE = re.compile(r"^ *(`{3,}|~{3,}).*?^ *\1 *$", re.MULTILINE | re.DOTALL)
CODE = re.compile(r"(`+)[^`]+?\1")
LINK_TARGET = re.compile(r"\]\([^)\s]+\)")
MARKUP = re.compile(r"\{%.*?%\}|\{\{.*?\}\}|\{#.*?#\}|<[^>]*>|<script.*?</script>", re.DOTALL)


@dataclass(frozen=True)
class Phrase:
    """A banned phrase and what to write instead."""

    pattern: re.Pattern[str]
    advice: str


@dataclass(frozen=True)
class Finding:
    """A banned phrase at a line of a file."""

    path: str
    line: int
    phrase: str
    advice: str

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: {self.phrase!r}: {self.advice}"


@cache
def phrases() -> tuple[Phrase, ...]:
    """Read the banned phrases: one a line, `PATTERN | ADVICE`. A space in a pattern matches a line break too."""
    lines = [line for line in PHRASES.read_text().splitlines() if line and not line.startswith("#")]
    split = [line.split(" | ", maxsplit=1) for line in lines]
    return tuple(
        Phrase(re.compile(rf"(?<![\w-])(?:{spaced(pattern)})(?!\w)", re.IGNORECASE), advice)
        for pattern, advice in split
    )


def spaced(pattern: str) -> str:
    """Let a space of a pattern match any white space, such as a line break in a comment."""
    return pattern.replace(" ", r"\s+")


def checked_files() -> list[Path]:
    """List the files whose prose is checked."""
    globs = (
        *("packages/*/src/**/*.py", "packages/*/src/**/*.html", "packages/*/README.md"),
        *(
            "tools/**/*.py",
            "benchmarks/**/*.py",
            "benchmarks/**/*.md",
            "examples/**/*.py",
            "examples/**/*.yaml",
            "skills/**/*.md",
            "examples/**/*.md",
        ),
        *("docs/**/*.md", "changes.d/*.md", "*.md", "Makefile"),
    )
    found = {path for pattern in globs for path in ROOT.glob(pattern)}
    return sorted(path for path in found if not named(path).startswith(GENERATED_FOLDERS + QUOTING_PAGES))


def named(path: Path) -> str:
    """Return the path of a file from the repository's root."""
    return path.resolve().relative_to(ROOT).as_posix()


def findings(path: Path) -> list[Finding]:
    """Find the banned phrases in the prose of a file, in order of their lines."""
    text = path.read_text()
    found = {
        Finding(named(path), line + piece.count("\n", 0, match.start()), " ".join(match[0].split()), phrase.advice)
        for line, piece in prose(path, text)
        for phrase in phrases()
        for match in phrase.pattern.finditer(piece)
    }
    return sorted(found, key=lambda finding: (finding.line, finding.phrase))


def prose(path: Path, text: str) -> Iterator[tuple[int, str]]:
    """Yield the pieces of a file that people read, each with its first line."""
    if path.suffix == ".py":
        yield from ((line, without_code(piece)) for line, piece in (*strings(text), *comments(text)))
    elif path.suffix == ".md":
        if not GENERATED_PAGE.match(text):
            yield 1, without_code(blanked(FENCE, text))
    elif path.suffix == ".html":
        yield 1, blanked(MARKUP, text)
    else:
        yield from hash_comments(text)


def strings(text: str) -> Iterator[tuple[int, str]]:
    """Yield docstrings and other texts of Python code, without SQL and single words."""
    tree = ast.parse(text)
    parts = {id(part) for node in ast.walk(tree) if isinstance(node, ast.JoinedStr) for part in node.values}
    for node in ast.walk(tree):
        if isinstance(node, ast.JoinedStr):
            pieces = [str(part.value) if isinstance(part, ast.Constant) else "{}" for part in node.values]
            piece = "".join(pieces)
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in parts:
            piece = node.value
        else:
            continue
        if " " in piece.strip() and not SQL.match(piece):
            yield node.lineno, piece


def comments(text: str) -> Iterator[tuple[int, str]]:
    """Yield the comments of Python code. Those on consecutive lines are one piece."""
    tokens = tokenize.generate_tokens(io.StringIO(text).readline)
    lines = [(token.start[0], token.string) for token in tokens if token.type == tokenize.COMMENT]
    yield from joined(lines)


def hash_comments(text: str) -> Iterator[tuple[int, str]]:
    """Yield the comments of a Makefile or a YAML file."""
    yield from joined([(n, line[line.index("#") :]) for n, line in enumerate(text.splitlines(), 1) if "#" in line])


def joined(lines: list[tuple[int, str]]) -> Iterator[tuple[int, str]]:
    """Join comments that are on consecutive lines."""
    first, piece = 0, ""
    for number, line in lines:
        words = line.lstrip("#: ")
        if piece and number == first + piece.count("\n") + 1:
            piece += f"\n{words}"
            continue
        if piece:
            yield first, piece
        first, piece = number, words
    if piece:
        yield first, piece


def without_code(text: str) -> str:
    """Blank code in backticks and the targets of links, so that names are no prose."""
    return blanked(LINK_TARGET, blanked(CODE, text))


def blanked(pattern: re.Pattern[str], text: str) -> str:
    """Replace the matches of a pattern by a mark, and keep line breaks."""
    return pattern.sub(lambda match: "`" + "\n" * match[0].count("\n"), text)


def unplain_files() -> list[str]:
    """List the files that have a banned phrase."""
    return [named(path) for path in checked_files() if findings(path)]


def not_yet_plain() -> list[str]:
    """Read the list of files that may still have banned phrases."""
    return NOT_YET_PLAIN.read_text().splitlines() if NOT_YET_PLAIN.exists() else []


def main(arguments: list[str]) -> int:
    """Print findings, or write the list of files that are not yet plain."""
    if arguments == ["--write"]:
        files = unplain_files()
        NOT_YET_PLAIN.write_text("".join(f"{name}\n" for name in files))
        sys.stdout.write(f"{NOT_YET_PLAIN.relative_to(ROOT)}: {len(files)} files\n")
        return 0
    paths = [Path(argument) for argument in arguments] or checked_files()
    chosen = [below for path in paths for below in (checked_below(path) if path.is_dir() else [path])]
    found = [finding for path in chosen for finding in findings(path)]
    sys.stdout.write("".join(f"{finding}\n" for finding in found))
    return 1 if found else 0


def checked_below(folder: Path) -> list[Path]:
    """List the checked files in a folder."""
    return [path for path in checked_files() if path.is_relative_to(folder.resolve())]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
