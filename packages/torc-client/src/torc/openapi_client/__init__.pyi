from torc.openapi_client import api as api
from torc.openapi_client import models as models
from torc.openapi_client.api import *
from torc.openapi_client.api_client import ApiClient as ApiClient
from torc.openapi_client.api_response import ApiResponse as ApiResponse
from torc.openapi_client.configuration import Configuration as Configuration
from torc.openapi_client.exceptions import ApiAttributeError as ApiAttributeError
from torc.openapi_client.exceptions import ApiException as ApiException
from torc.openapi_client.exceptions import ApiKeyError as ApiKeyError
from torc.openapi_client.exceptions import ApiTypeError as ApiTypeError
from torc.openapi_client.exceptions import ApiValueError as ApiValueError
from torc.openapi_client.exceptions import OpenApiException as OpenApiException
from torc.openapi_client.models import *

__version__: str
