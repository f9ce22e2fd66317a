"""Compare the files of other projects in `static/vendor` with what their makers published.

    python tools/vendor.py            # download everything again, build the bundles again, compare
    python tools/vendor.py --write    # replace the files, and write their hashes into VENDOR.toml

VENDOR.toml lists two kinds. A `file` is a member of one package of npm, unchanged. A `bundle` is one ES module that
esbuild makes of several packages; `entry` lists what it exports. For another version, change `version` and `url`, and
run the script with --write. It needs npm and an x86-64 Linux; installing Torc needs neither, because the results are in
the repository.
"""

import argparse
import hashlib
import json
import re
import shutil
import subprocess
import sys
import tarfile
import tempfile
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
VENDOR = ROOT / "packages" / "torc-dash" / "src" / "torc_dash" / "static" / "vendor"
LIST = VENDOR / "VENDOR.toml"
LICENCE_NAMES = ("LICENSE", "LICENSE.md", "LICENCE", "license")

Entry = Mapping[str, Any]


def main() -> int:
    """Compare or replace all files. The exit code is 1 if one differs."""
    parser = argparse.ArgumentParser(description="Compare vendored files with what their makers published.")
    parser.add_argument("--write", action="store_true", help="Replace the files, and write their hashes.")
    writes = parser.parse_args().write
    listed = tomllib.loads(LIST.read_text())
    text, differences = LIST.read_text(), []
    with tempfile.TemporaryDirectory(prefix="torc-vendor-") as name:
        for path, content, hashes in _all_files(listed, Path(name), trusts=writes):
            if writes:
                path.write_bytes(content)
            elif not path.is_file() or path.read_bytes() != content:
                differences.append(f"{path.name} differs from what is published")
            for before, after in hashes:
                if before != after and writes:
                    text = text.replace(f'"{before}"', f'"{after}"')
                elif before != after:
                    differences.append(f"the hash of {path.name} in {LIST.name} is {before}, not {after}")
    if writes:
        LIST.write_text(text)
    print("\n".join(differences) or f"{LIST.name}: all files are what it says")
    return 1 if differences else 0


Published = tuple[Path, bytes, list[tuple[str, str]]]


def _all_files(listed: Mapping[str, list[Entry]], directory: Path, *, trusts: bool) -> Iterator[Published]:
    """Yield each file, its published content, and hashes: those in the list with those that were found."""
    for file in listed["file"]:
        package = _unpacked(file["url"], directory / "files" / file["package"])
        content = (package / file["member"].removeprefix("package/")).read_bytes()
        yield VENDOR / file["name"], content, [(file["sha256"], _sha256(content))]
    for bundle in listed["bundle"]:
        yield from _bundled(bundle, directory / bundle["name"], trusts=trusts)


def _bundled(bundle: Entry, directory: Path, *, trusts: bool) -> Iterator[Published]:
    """Yield the module of a bundle and the text of its licences."""
    hashes, licences = [], []
    bundler = bundle["package"][0]
    for package in bundle["package"]:
        folder = directory / "node_modules" / package["name"]
        tarball = _downloaded(package["url"], directory)
        found = _sha256(tarball.read_bytes())
        if found != package["sha256"] and not trusts:
            sys.exit(f"{package['url']} has another content than {LIST.name} says: {found}")
        hashes.append((package["sha256"], found))
        _unpack(tarball, folder)
        if package is not bundler:
            licences.append((f"{package['name']} {package['version']}", _licence(folder)))
    entry = shutil.copy(ROOT / bundle["entry"], directory / "entry.js")
    content = _built(directory / "node_modules" / bundler["name"] / "bin" / "esbuild", Path(entry), bundle)
    yield VENDOR / bundle["name"], content, [*hashes, (bundle["sha256"], _sha256(content))]
    yield VENDOR / bundle["licence_file"], _joined(licences), []


def _built(esbuild: Path, entry: Path, bundle: Entry) -> bytes:
    banner = f"/* {bundle['licence']}: see {bundle['licence_file']} and VENDOR.toml. */"
    esbuild.chmod(0o755)
    words = [esbuild, entry, "--bundle", "--minify", "--format=esm", "--target=es2022", "--legal-comments=none"]
    command = [*map(str, words), f"--banner:js={banner}"]
    return subprocess.run(command, cwd=entry.parent, check=True, capture_output=True).stdout


def _downloaded(url: str, directory: Path) -> Path:
    """Download a package by npm, without running its scripts."""
    directory.mkdir(parents=True, exist_ok=True)
    command = ["npm", "pack", "--ignore-scripts", "--json", "--pack-destination", str(directory), url]
    answer = subprocess.run(command, cwd=directory, check=True, capture_output=True, text=True).stdout
    packed = json.loads(answer)
    (found,) = packed if isinstance(packed, list) else packed.values()
    return directory / re.sub(r"^@([^/]+)/", r"\1-", found["filename"])


def _unpacked(url: str, folder: Path) -> Path:
    _unpack(_downloaded(url, folder.parent), folder)
    return folder


def _unpack(tarball: Path, folder: Path) -> None:
    """Unpack a package: its files are below one directory of any name."""
    partial = folder.with_name(f"{folder.name}.partial")
    with tarfile.open(tarball) as archive:
        archive.extractall(partial, filter="data")
    (inner,) = partial.iterdir()
    inner.rename(folder)
    partial.rmdir()


def _licence(folder: Path) -> str:
    found = next((folder / name for name in LICENCE_NAMES if (folder / name).is_file()), None)
    if found is None:
        sys.exit(f"{folder.name} has no licence")
    return found.read_text().strip()


def _joined(licences: list[tuple[str, str]]) -> bytes:
    """Return all licences. A text that several packages have is written once."""
    of_text: dict[str, list[str]] = {}
    for name, text in licences:
        of_text.setdefault(text, []).append(name)
    parts = ["\n".join([*names, "", text, ""]) for text, names in of_text.items()]
    return f"\n{'-' * 72}\n\n".join(parts).encode()


def _sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


if __name__ == "__main__":
    sys.exit(main())
