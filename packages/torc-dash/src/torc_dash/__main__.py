"""``python -m torc_dash``."""

from torc_dash.cli import main

main()
