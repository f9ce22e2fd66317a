"""`python -m torc_runner` is `torc-runner`."""

from torc_runner.programs import main

main()
