"""`python -m torc_runner` is `torc-runner`."""

from torc_runner.cli import main

main()
