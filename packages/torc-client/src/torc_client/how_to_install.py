"""How to install a distribution of Torc: one sentence for every hint.

The package index has another project's torc-client, and none of the others. So distributions come from the wheels that
`make dist` builds, see docs/how-to/install.md. An extra of an installed distribution needs no wheels: pip keeps the
distribution that is there.
"""


def how_to_install(*distributions: str) -> str:
    """Return the sentence for `distributions`, with the command."""
    return (
        "Install it from the folder of Torc's wheels, which `make dist` builds: "
        f"pip install --find-links dist {' '.join(distributions)}"
    )
