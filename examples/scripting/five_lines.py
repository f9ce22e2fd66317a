"""Create a workflow with 1,000 jobs and wait for it, while `torc run ID` runs it somewhere."""

from torc_client import Torc

torc = Torc()  # the server of TORC_API_URL
workflow = torc.create_workflow_from_commands("sweep", [f"echo {i}" for i in range(1000)])
print(f"Created workflow {workflow.id}; start it with: torc run {workflow.id}", flush=True)
end = workflow.wait()
print("canceled" if end.is_canceled else "complete")
