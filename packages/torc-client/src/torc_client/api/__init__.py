# Generated from openapi.json by tools/openapi_client. Do not edit: change the server's declaration instead.
"""The operations of the server, by subject."""

from torc_client.api.access_control import AccessControl
from torc_client.api.compute_nodes import ComputeNodes
from torc_client.api.events import Events
from torc_client.api.failure_handlers import FailureHandlers
from torc_client.api.files import Files
from torc_client.api.jobs import Jobs
from torc_client.api.local_schedulers import LocalSchedulers
from torc_client.api.remote_workers import RemoteWorkers
from torc_client.api.resource_requirements import ResourceRequirements
from torc_client.api.results import Results
from torc_client.api.ro_crate_entities import RoCrateEntities
from torc_client.api.scheduled_compute_nodes import ScheduledComputeNodes
from torc_client.api.slurm_schedulers import SlurmSchedulers
from torc_client.api.slurm_stats import SlurmStats
from torc_client.api.submissions import Submissions
from torc_client.api.system import System
from torc_client.api.tasks import Tasks
from torc_client.api.tokens import Tokens
from torc_client.api.user_data import UserData
from torc_client.api.workflow_actions import WorkflowActions
from torc_client.api.workflows import Workflows
from torc_client.operation import Sender


class Subjects:
    """All operations, by subject."""

    def __init__(self, sender: Sender) -> None:
        self.access_control = AccessControl(sender)
        self.compute_nodes = ComputeNodes(sender)
        self.events = Events(sender)
        self.failure_handlers = FailureHandlers(sender)
        self.files = Files(sender)
        self.jobs = Jobs(sender)
        self.local_schedulers = LocalSchedulers(sender)
        self.remote_workers = RemoteWorkers(sender)
        self.resource_requirements = ResourceRequirements(sender)
        self.results = Results(sender)
        self.ro_crate_entities = RoCrateEntities(sender)
        self.scheduled_compute_nodes = ScheduledComputeNodes(sender)
        self.slurm_schedulers = SlurmSchedulers(sender)
        self.slurm_stats = SlurmStats(sender)
        self.submissions = Submissions(sender)
        self.system = System(sender)
        self.tasks = Tasks(sender)
        self.tokens = Tokens(sender)
        self.user_data = UserData(sender)
        self.workflow_actions = WorkflowActions(sender)
        self.workflows = Workflows(sender)
