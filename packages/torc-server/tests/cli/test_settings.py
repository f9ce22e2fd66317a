"""Sources of the values of settings, and messages for invalid values."""

from pathlib import Path
from typing import Any

import pytest

from torc_server.settings import SETTINGS, LogLevel, Settings, SettingsError, load


class Place:
    """A working directory and a home to start a server in."""

    def __init__(self, folder: Path) -> None:
        self.here = folder / "here"
        self.home = folder / "home"
        self.here.mkdir()
        (self.home / ".config" / "torc").mkdir(parents=True)

    def local(self, text: str) -> None:
        (self.here / "torc.toml").write_text(text)

    def user(self, text: str) -> None:
        (self.home / ".config" / "torc" / "config.toml").write_text(text)

    def load(self, variables: dict[str, str] | None = None, **flags: Any) -> Settings:
        return load(flags, variables or {}, self.here, self.home)


@pytest.fixture
def place(tmp_path: Path) -> Place:
    return Place(tmp_path)


def test_defaults(place: Place):
    settings = place.load()
    assert settings.host == "0.0.0.0"  # noqa: S104 - the contract's default
    assert (settings.port, settings.database, settings.socket, settings.tcp) == (8080, Path("torc.db"), None, True)
    assert (settings.require_auth, settings.credential_cache_ttl_secs, settings.log_level) == (False, 60, None)


def test_each_source_takes_precedence_over_later_ones(place: Place):
    place.user("[server]\nport = 1\nhost = 'user'\ndatabase = 'user'\nthreads = 4\n")
    place.local("[server]\nport = 2\nhost = 'local'\ndatabase = 'local'\n")
    settings = place.load({"TORC_SERVER__PORT": "3", "TORC_SERVER__HOST": "environment"}, port=4)
    assert (settings.port, settings.host, settings.database, settings.threads) == (
        4, "environment", Path("local"), 4
    )  # fmt: skip


def test_a_flag_with_the_default_value_takes_precedence(place: Place):
    place.local("[server]\nport = 9000\n")
    assert place.load(port=8080).port == 8080


@pytest.mark.parametrize(
    ("variable", "text", "name", "value"),
    [
        ("RUST_LOG", "debug", "log_level", LogLevel.DEBUG),
        ("RUST_LOG", "hyper=warn,torc_server=trace", "log_level", LogLevel.TRACE),
        ("RUST_LOG", "hyper=debug,WARN", "log_level", LogLevel.WARN),
        ("RUST_LOG", "hyper=debug", "log_level", None),
        ("DATABASE_URL", "sqlite:some.db", "database", Path("some.db")),
        ("DATABASE_URL", "sqlite:///srv/some.db?mode=rwc", "database", Path("/srv/some.db")),
        ("DATABASE_URL", "plain.db", "database", Path("plain.db")),
        ("TORC_AUTH_FILE", "/a", "auth_file", Path("/a")),
        ("TORC_LOG_DIR", "/l", "log_dir", Path("/l")),
        ("TORC_CREDENTIAL_CACHE_TTL_SECS", "0", "credential_cache_ttl_secs", 0),
        ("TORC_COMPLETION_CHECK_INTERVAL_SECS", "0.5", "completion_check_interval_secs", 0.5),
        ("TORC_MAX_REQUEST_BODY_MB", "1", "max_request_body_mb", 1),
        ("TORC_SERVER__ENFORCE_ACCESS_CONTROL", "true", "enforce_access_control", True),
        ("TORC_SERVER__LOGGING__JSON_LOGS", "1", "json_logs", True),
        ("TORC_SERVER__URL", "somewhere", "host", "somewhere"),
        ("TORC_SERVER__PORT", "", "port", 8080),
        ("TORC_ADMIN_USERS", " ann, bob,,ann ", "admin_users", ("ann", "bob")),
    ],
)
def test_variables(place: Place, variable: str, text: str, name: str, value: Any):
    assert getattr(place.load({variable: text}), name) == value


def test_administrators_of_all_sources_are_combined(place: Place):
    place.user("[server]\nadmin_users = ['ann', 'bob']\n")
    assert place.load().admin_users == ("ann", "bob")
    settings = place.load({"TORC_ADMIN_USERS": "cid,bob"}, admin_users=["dan", "ann"])
    assert settings.admin_users == ("dan", "ann", "cid", "bob")


def test_the_environment_takes_precedence_over_a_dotenv_file(place: Place):
    (place.here / ".env").write_text("# ours\nexport TORC_SERVER__PORT='7'\nDATABASE_URL=sqlite:e.db\nOTHER\n")
    assert (place.load().port, place.load().database) == (7, Path("e.db"))
    assert place.load({"TORC_SERVER__PORT": "8"}).port == 8


def test_tables_of_other_programs_are_ignored_and_aliases_are_read(place: Place):
    place.local(
        "[client]\napi_url = 'x'\n[dash]\nport = 1\n"
        "[server]\nurl = 'alias'\nhttps = false\n[server.logging]\nlog_dir = '~/logs'\n"
    )
    settings = place.load()
    assert settings.host == "alias"
    assert settings.log_dir == Path("~/logs").expanduser()


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[server]\nprot = 1\n", r"server\.prot in .*torc\.toml is not a setting .*use one of .*port"),
        ("[server.logging]\nlevel = 1\n", r"server\.logging\.level in .*torc\.toml is not a setting"),
        (
            "[server]\nport = '80'\n",
            r"server\.port in .*torc\.toml is '80', but must be a whole number from 0 to 65535",
        ),
        ("[server]\nport = true\n", "must be a whole number"),
        ("[server]\nport = 70000\n", "must be a whole number from 0 to 65535"),
        ("[server]\nthreads = 0\n", "at least 1"),
        ("[server]\nlog_level = 'loud'\n", "one of trace, debug, info, warn, error"),
        ("[server]\nhost = ''\n", "must be a text"),
        ("[server]\ncredential_cache_ttl_secs = -1\n", "a number of seconds, at least 0"),
        ("[server]\ncompletion_check_interval_secs = nan\n", "a number of seconds"),
        ("[server]\nhttps = true\n", "https needs a certificate; add --tls-cert FILE"),
        ("[server]\nbackup_interval_secs = '6 weeks'\n", "or one with a unit: 90s, 30m, 6h, 1d"),
        ("[server]\nbackup_interval_secs = 0\n", "at least 1, or one with a unit"),
        ("[server]\ndatabase_locking = 'shared'\n", "one of auto, normal, exclusive"),
        ("[server]\nhost = 'a'\nurl = 'b'\n", "keep one of them"),
        ("[server]\nlogging = 1\n", r"must be a table; write \[server.logging\]"),
        ("server = 1\n", r"must be a table; write \[server\]"),
        ("[server\n", r"torc\.toml is not valid TOML: .*line 1"),
        pytest.param("a = " + "[" * 100_000, r"torc\.toml is nested too deeply", id="deep"),
    ],
)
def test_a_bad_file_is_refused_with_its_name_and_key(place: Place, text: str, message: str):
    place.local(text)
    with pytest.raises(SettingsError, match=message):
        place.load()


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("require_auth = 'yes'\n", "must be true or false"),
        ("admin_users = 'ann'\n", "must be a list of names"),
        ("admin_users = ['ann', ' ']\n", "must be a list of names"),
        ("tls_key = 'key'\n", "tls-key needs a certificate"),
    ],
)
def test_a_bad_trust_setting_of_the_user_is_refused(place: Place, text: str, message: str):
    place.user(f"[server]\n{text}")
    with pytest.raises(SettingsError, match=message):
        place.load()


@pytest.mark.parametrize(
    ("variables", "message"),
    [
        ({"TORC_SERVER__PORT": "many"}, "TORC_SERVER__PORT is 'many', but must be a whole number"),
        ({"TORC_SERVER__REQUIRE_AUTH": "perhaps"}, "must be true or false"),
        ({"TORC_SERVER__PROT": "1"}, "TORC_SERVER__PROT is not a setting"),
        ({"DATABASE_URL": "postgres://h/db"}, "DATABASE_URL is 'postgres://h/db', but must be a path"),
    ],
)
def test_a_bad_variable_is_refused_by_name(place: Place, variables: dict[str, str], message: str):
    with pytest.raises(SettingsError, match=message):
        place.load(variables)


def test_an_invalid_database_url_does_not_matter_with_the_flag(place: Place):
    assert place.load({"DATABASE_URL": "postgres://h/db"}, database=Path("t.db")).database == Path("t.db")


def test_require_auth_needs_a_password_file(place: Place):
    with pytest.raises(SettingsError, match="add --auth-file"):
        place.load(require_auth=True)


@pytest.mark.parametrize(
    ("file", "variables", "flags", "tcp"),
    [
        ("", {}, {}, True),
        ("", {}, {"socket": Path("s")}, False),
        ("", {}, {"socket": Path("s"), "port": 0}, True),
        ("", {}, {"socket": Path("s"), "host": "127.0.0.1"}, True),
        ("[server]\nhost = '0.0.0.0'\nport = 80\n", {}, {"socket": Path("s")}, False),
        ("", {"TORC_SERVER__PORT": "80"}, {"socket": Path("s")}, False),
        ("[server]\nsocket = 's'\n", {}, {}, False),
        ("[server]\nsocket = 's'\nport = 80\n", {}, {}, True),
        ("[server]\nsocket = 's'\n", {}, {"port": 80}, True),
    ],
)
def test_a_socket_replaces_tcp_unless_a_source_of_equal_precedence_has_an_address(
    place: Place, file: str, variables: dict[str, str], flags: dict[str, Any], tcp: bool
):
    place.local(file)
    assert place.load(variables, **flags).tcp is tcp


def test_flags_variables_and_keys_are_unique():
    for names in (
        [flag for setting in SETTINGS for flag in setting.flags],
        [variable for setting in SETTINGS for variable in setting.variables],
        [key for setting in SETTINGS for key in setting.keys],
    ):
        assert len(names) == len(set(names))


@pytest.mark.parametrize(
    ("text", "seconds"), [("90", 90), ("90s", 90), ("1.5m", 90), ("6h", 21600), ("1d", 86400), (" 2h ", 7200)]
)
def test_durations_can_have_units(place: Place, text: str, seconds: float):
    assert place.load({"TORC_SERVER__BACKUP_INTERVAL_SECS": text}).backup_interval_secs == seconds


def test_sql_statements_are_disabled_by_keys_flags_and_variables(place: Place, tmp_path: Path):
    (tmp_path / "torc.toml").write_text(
        "[server]\nport = 9\ndisable_admin_sql = true\ndisable_admin_sql_writes = true\n"
    )
    settings = load({}, {}, tmp_path, tmp_path)
    assert (settings.port, settings.disable_admin_sql, settings.disable_admin_sql_writes) == (9, True, True)
    assert place.load({"TORC_SERVER__DISABLE_ADMIN_SQL": "true"}).disable_admin_sql


def test_short_names_of_variables(place: Place):
    variables = {"TORC_TLS_CERT": "cert.pem", "TORC_TLS_KEY": "key.pem", "TORC_API_EVENT_BODY_MAX_BYTES": "10"}
    settings = place.load(variables)
    assert (settings.tls_cert, settings.tls_key) == (Path("cert.pem"), Path("key.pem"))
    assert settings.api_event_body_max_bytes == 10
