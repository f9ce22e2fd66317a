"""`python -m torc_client` is `torc`, for programs that start it with their own interpreter."""

from torc_client.cli import main

main()
