"""Entry point of ``python -m torc_server``, which is the same as ``torc-server``."""

from torc_server.cli import main

if __name__ == "__main__":
    main(prog_name="torc-server")
