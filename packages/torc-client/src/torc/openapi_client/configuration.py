"""The settings of a connection: the server, the credentials, and the certificates to trust."""

import copy
import os
import ssl
from typing import Any, ClassVar, Self

from torc_client import tls
from torc_client.address import DEFAULT_URL


class Configuration:
    """The settings of an ApiClient. Without `host`, the server is that of TORC_API_URL, else the one on this machine.

    `username` and `password` are sent with HTTP Basic. Without a password, the token in the file TORC_TOKEN_FILE, then
    TORC_PASSWORD, then the password that a server of this user stored apply. `ssl_ca_cert` is the path of a certificate
    to trust; setting `verify_ssl` to False trusts any. `retries` is the number of seconds for which calls are retried
    while the server is away.
    """

    _default: ClassVar["Configuration | None"] = None

    def __init__(  # noqa: PLR0917 - the known signature
        self,
        host: str | None = None,
        api_key: dict[str, str] | None = None,
        api_key_prefix: dict[str, str] | None = None,
        username: str | None = None,
        password: str | None = None,
        access_token: str | None = None,
        ssl_ca_cert: str | None = None,
        **others: Any,
    ) -> None:
        self.host = (host or os.environ.get("TORC_API_URL") or DEFAULT_URL).rstrip("/")
        self.username = username
        self.password = password
        self.access_token = access_token
        self.api_key = api_key or {}
        self.api_key_prefix = api_key_prefix or {}
        self.ssl_ca_cert = ssl_ca_cert
        self.verify_ssl = True
        # Other settings of generated clients, such as those of a proxy, are kept and have no effect.
        self.__dict__.update(others)

    def trust(self) -> ssl.SSLContext:
        """Return the certificates to trust: those of these settings in addition to those of the environment."""
        environment = dict(os.environ)
        if self.ssl_ca_cert:
            environment[tls.CA_VARIABLE] = self.ssl_ca_cert
        if not self.verify_ssl:
            environment[tls.INSECURE_VARIABLE] = "true"
        return tls.trust(environment)

    @classmethod
    def set_default(cls, default: "Configuration | None") -> None:
        """Set the configuration of clients that are created without one."""
        Configuration._default = default

    @classmethod
    def get_default(cls) -> "Configuration":
        """Return the configuration of clients that are created without one."""
        if Configuration._default is None:
            Configuration._default = cls()
        return Configuration._default

    @classmethod
    def get_default_copy(cls) -> "Configuration":
        """Return `get_default`."""
        return cls.get_default()

    def __deepcopy__(self, memo: dict[int, Any]) -> Self:
        made = copy.copy(self)
        made.api_key, made.api_key_prefix = dict(self.api_key), dict(self.api_key_prefix)
        return made
