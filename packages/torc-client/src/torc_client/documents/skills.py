"""Skills for assistants, and their installation in a folder without the loss of changed files.

An installation has a manifest with the digest of each installed file, so that a file that the user changed differs from
one of an older version.
"""

import hashlib
import json
import os
import re
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from enum import Enum
from pathlib import Path

from torc_client.documents.folders import files_below, folder_of
from torc_client.edge.output_files import OWN, write_text
from torc_client.errors import TorcError
from torc_client.spec.problems import closest, did_you_mean

MANIFEST = ".torc-skill.json"
# Questions for tests of the skill.
_LEFT_OUT = "evals"


class SkillState(Enum):
    """How an installation differs from the shipped skill."""

    ABSENT = "absent"
    CURRENT = "current"
    OUTDATED = "outdated"
    CHANGED = "changed"


@dataclass(frozen=True, slots=True)
class Skill:
    """A skill: its name, what it is for, and its files by path."""

    name: str
    description: str
    files: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class SkillChanges:
    """What an installation does: files to write, to remove, and those that the user changed."""

    written: tuple[str, ...]
    removed: tuple[str, ...]
    changed: tuple[str, ...]

    @property
    def state(self) -> SkillState:
        """The state of a folder that needs these changes. A folder without files is `ABSENT`, see `state_in`."""
        if self.changed:
            return SkillState.CHANGED
        return SkillState.OUTDATED if self.written or self.removed else SkillState.CURRENT


def changes(shipped: Mapping[str, str], manifest: Mapping[str, str], present: Mapping[str, str]) -> SkillChanges:
    """Compare digests of the shipped files, of those that were installed, and of those in the folder.

    A file counts as changed by the user if it is neither the shipped nor the installed one. A deleted file is
    written again.
    """
    differing = [name for name, digest in shipped.items() if present.get(name) != digest]
    gone = [name for name in manifest if name in present and name not in shipped]
    changed = [name for name in (*differing, *gone) if name in present and present[name] != manifest.get(name)]
    removed = [name for name in gone if name not in changed]
    return SkillChanges(tuple(sorted(differing)), tuple(sorted(removed)), tuple(sorted(changed)))


def skills(folder: Path | None = None) -> list[Skill]:
    """Return the shipped skills. Raises TorcError if the installation lacks them."""
    root = folder_of("skills", folder)
    return [_skill(path.parent) for path in sorted(root.glob("*/SKILL.md"))]


def skill(name: str) -> Skill:
    """Return a shipped skill by its name. Raises TorcError."""
    known = {each.name: each for each in skills()}
    if name not in known:
        guess = did_you_mean(closest(name, known))
        raise TorcError(f"There is no skill {name!r}.", guess or f"There are: {', '.join(known)}.")
    return known[name]


def claude_folder() -> Path:
    """Return the folder in which Claude Code looks for the skills of this user."""
    configured = os.environ.get("CLAUDE_CONFIG_DIR")
    return (Path(configured).expanduser() if configured else Path.home() / ".claude") / "skills"


def state_in(shipped: Skill, folder: Path) -> SkillState:
    """Return how the skill in a folder of skills differs from the shipped one."""
    place = folder / shipped.name
    return _changes_in(shipped, place).state if place.is_dir() else SkillState.ABSENT


def install(shipped: Skill, folder: Path, *, replaces_changed: bool = False) -> SkillChanges:
    """Write a skill below a folder of skills, and return the changes.

    Raises TorcError, and writes nothing, if the user changed files there and `replaces_changed` is false.
    """
    place = folder / shipped.name
    found = _changes_in(shipped, place)
    if found.changed and not replaces_changed:
        names = ", ".join(found.changed)
        raise TorcError(f"You changed files of the skill in {place}: {names}.", "Use --force to replace them.")
    try:
        for name in found.written:
            write_text(place / name, shipped.files[name], OWN)
        for name in found.removed:
            (place / name).unlink(missing_ok=True)
            with suppress(OSError):  # other files are in it
                (place / name).parent.rmdir()
        write_text(place / MANIFEST, json.dumps(_digests(shipped.files), indent=1) + "\n", OWN)
    except OSError as error:
        raise TorcError(f"Cannot write the skill to {place}: {error.strerror or error}.") from error
    return found


def _changes_in(shipped: Skill, place: Path) -> SkillChanges:
    try:
        paths = files_below(place) if place.is_dir() else []
        present = {path.relative_to(place).as_posix(): _digest(path.read_bytes()) for path in paths}
        manifest = (place / MANIFEST).read_bytes() if (place / MANIFEST).is_file() else b"{}"
    except OSError as error:
        raise TorcError(f"Cannot read {place}: {error.strerror or error}.") from error
    return changes(_digests(shipped.files), _installed(manifest), present)


def _installed(manifest: bytes) -> dict[str, str]:
    """Return the digests of a manifest. If it is damaged, all files count as changed by the user."""
    try:
        found = json.loads(manifest)
    except ValueError:
        return {}
    known = found.items() if isinstance(found, dict) else ()
    return {name: digest for name, digest in known if isinstance(digest, str) and _is_below(name)}


def _is_below(name: str) -> bool:
    path = Path(name)
    return not path.is_absolute() and ".." not in path.parts


def _skill(folder: Path) -> Skill:
    paths = {path.relative_to(folder).as_posix(): path for path in files_below(folder)}
    files = {name: path.read_text("utf-8") for name, path in paths.items() if not name.startswith(f"{_LEFT_OUT}/")}
    return Skill(folder.name, _description(files["SKILL.md"]), files)


def _description(text: str) -> str:
    """Return the description of the front matter as one line."""
    front = re.search(r"\A---\n(.*?)^---$", text, re.DOTALL | re.MULTILINE)
    found = (
        re.search(r"^description:\s*(?:>-)?\s*(.*?)(?=^\w+:|\Z)", front[1], re.DOTALL | re.MULTILINE) if front else None
    )
    return " ".join(found[1].split()) if found else ""


def _digests(files: Mapping[str, str]) -> dict[str, str]:
    return {name: _digest(text.encode("utf-8")) for name, text in files.items()}


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
