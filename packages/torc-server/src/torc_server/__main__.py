"""``python -m torc_server`` is ``torc-server``."""

from torc_server.cli import main

if __name__ == "__main__":
    main(prog_name="torc-server")
