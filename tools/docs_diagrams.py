"""Download the library that draws the diagrams of the site into the environment of mkdocs: `make site` calls this.

The package is one file of the npm registry, checked by its hash. For another version, change URL and SHA256.
"""

import hashlib
import io
import sys
import tarfile
import urllib.request
from pathlib import Path

URL = "https://registry.npmjs.org/@mermaid-js/tiny/-/tiny-11.17.2.tgz"
SHA256 = "28302a2f6bd556bfd223acff76a1fd511bcc9e6f1cac1bad91b904469aeca102"
FILES = {"package/dist/mermaid.tiny.js": "mermaid.tiny.js", "package/LICENSE": "mermaid.LICENSE.txt"}
TIMEOUT_SECONDS = 60


def main() -> int:
    """Download, check and unpack the library."""
    with urllib.request.urlopen(URL, timeout=TIMEOUT_SECONDS) as answer:
        package = answer.read()
    found = hashlib.sha256(package).hexdigest()
    if found != SHA256:
        print(f"{URL} has the SHA-256 {found}, expected {SHA256}", file=sys.stderr)
        return 1
    folder = Path(sys.prefix, "mermaid")
    folder.mkdir(exist_ok=True)
    with tarfile.open(fileobj=io.BytesIO(package)) as archive:
        for member, name in FILES.items():
            file = archive.extractfile(member)
            if file is None:
                print(f"{URL} has no file {member}", file=sys.stderr)
                return 1
            (folder / name).write_bytes(file.read())
    return 0


if __name__ == "__main__":
    sys.exit(main())
