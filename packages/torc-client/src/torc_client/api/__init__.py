# Generated from openapi.json by tools/openapi_client. Do not edit: change the server's declaration instead.
"""The operations of the service, by subject."""

from torc_client.api.compute_nodes import ComputeNodes
from torc_client.api.files import Files
from torc_client.api.jobs import Jobs
from torc_client.api.resource_requirements import ResourceRequirements
from torc_client.api.results import Results
from torc_client.api.system import System
from torc_client.api.user_data import UserData
from torc_client.api.workflows import Workflows
from torc_client.operation import Sender


class Subjects:
    """All operations, grouped by what they are about."""

    def __init__(self, sender: Sender) -> None:
        self.compute_nodes = ComputeNodes(sender)
        self.files = Files(sender)
        self.jobs = Jobs(sender)
        self.resource_requirements = ResourceRequirements(sender)
        self.results = Results(sender)
        self.system = System(sender)
        self.user_data = UserData(sender)
        self.workflows = Workflows(sender)
