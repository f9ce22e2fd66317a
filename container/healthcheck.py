#!/usr/bin/env python3
"""Exit with 0 if the server of this container answers, else with 1."""

import os
import ssl
import sys
import urllib.request


def main() -> int:
    """Request ``/healthz`` by HTTP or HTTPS: settings files may name a certificate, too.

    The certificate is that of another name, and the connection does not leave the container.
    """
    unverified = ssl.create_default_context()
    unverified.check_hostname = False
    unverified.verify_mode = ssl.CERT_NONE
    port = os.environ.get("TORC_PORT") or "8080"
    schemes = ("https", "http") if os.environ.get("TORC_TLS_CERT") else ("http", "https")
    failures = []
    for scheme in schemes:
        url = f"{scheme}://127.0.0.1:{port}/healthz"
        try:
            with urllib.request.urlopen(url, timeout=4, context=unverified) as answer:  # noqa: S310 - one of two schemes
                if answer.status == 200:
                    return 0
                failures.append(f"{url}: status {answer.status}")
        except (OSError, ValueError) as error:
            failures.append(f"{url}: {error}")
    sys.stderr.write("\n".join(failures) + "\n")
    return 1


if __name__ == "__main__":
    sys.exit(main())
