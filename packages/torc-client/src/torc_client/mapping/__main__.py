"""The command of a job that calls a function: `python -m torc_client.mapping [INPUT OUTPUT]`."""

import sys

from torc_client.mapping.call import perform_job

raise SystemExit(perform_job(sys.argv[1:]))
