import stat
from pathlib import Path

import pytest

from torc_server.auth import htpasswd
from torc_server.auth.htpasswd import PasswordFile, PasswordFileError

CHEAP = 4


def entry(user: str) -> str:
    return f"{user}:{htpasswd.hash_password('secret', CHEAP)}"


def in_file(path: Path, text: str) -> Path:
    path.write_text(text, encoding="utf-8")
    return path


def test_users_are_read_and_comments_skipped(tmp_path: Path):
    path = in_file(tmp_path / "htpasswd", f"# people\n\n{entry('ann')}\n  # more\n{entry('bob')}\n")
    assert list(htpasswd.load_users(path)) == ["ann", "bob"]


@pytest.mark.parametrize("variant", ["2a", "2b", "2y"])
def test_every_bcrypt_variant_verifies(variant: str):
    password_hash = f"${variant}{htpasswd.hash_password('secret', CHEAP)[3:]}".encode()
    assert htpasswd.matches("secret", password_hash)
    assert not htpasswd.matches("Secret", password_hash)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("ann\n", "line 1 .* has no colon"),
        ("# x\n:$2b$04$abc\n", "line 2 .* has no user name"),
        ("ann:{SHA}W6ph5Mm5Pz8GgiULbPgzG37mj9g=\n", "line 1 .* has no valid bcrypt hash"),
        ("ann:$2b$12$short\n", "has no valid bcrypt hash"),
        (f"ann:$2b$04${'!' * 53}\n", "has no valid bcrypt hash"),
        (f"ann:$2b$99${'a' * 53}\n", "has no valid bcrypt hash"),
        ("", "has no users"),
        ("# no users yet\n\n", "has no users"),
    ],
)
def test_a_bad_file_is_refused_with_the_place_of_the_fault(tmp_path: Path, text: str, said: str):
    with pytest.raises(PasswordFileError, match=said):
        htpasswd.load_users(in_file(tmp_path / "htpasswd", text))


def test_a_missing_file_says_how_to_make_one(tmp_path: Path):
    with pytest.raises(PasswordFileError, match="torc-htpasswd add -f"):
        htpasswd.load_users(tmp_path / "absent")


def test_a_binary_file_is_refused(tmp_path: Path):
    path = tmp_path / "htpasswd"
    path.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(PasswordFileError, match="is not a text file"):
        htpasswd.load_users(path)


def test_replacing_a_user_keeps_comments_and_places(tmp_path: Path):
    file = PasswordFile(tmp_path / "htpasswd", ("# ours", "ann:$2old", "# theirs", "bob:$2old"))
    changed = file.without_user("nobody")
    assert changed == file
    lines = (entry("ann"), entry("bob"))
    file = PasswordFile(file.path, ("# ours", lines[0], "# theirs", lines[1]))
    changed = file.with_user("ann", "$2new")
    assert changed.lines == ("# ours", "ann:$2new", "# theirs", lines[1])
    assert file.with_user("cid", "$2new").lines == (*file.lines, "cid:$2new")
    assert changed.without_user("ann").lines == ("# ours", "# theirs", lines[1])


def test_a_written_file_is_private_and_has_two_comment_lines_once(tmp_path: Path):
    path = tmp_path / "htpasswd"
    PasswordFile(path, (entry("ann"),)).write()
    htpasswd.read(path).with_user("bob", htpasswd.hash_password("x", CHEAP)).write()
    lines = path.read_text().splitlines()
    assert [line.startswith("#") for line in lines] == [True, True, False, False]
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [each.name for each in tmp_path.iterdir()] == ["htpasswd"]


def test_a_symbolic_link_stays_and_its_target_is_written(tmp_path: Path):
    target = tmp_path / "real"
    target.touch()
    link = tmp_path / "htpasswd"
    link.symlink_to(target)
    PasswordFile(link, (entry("ann"),)).write()
    assert link.is_symlink()
    assert list(htpasswd.load_users(target)) == ["ann"]


def test_an_unwritable_place_is_said_and_nothing_is_left(tmp_path: Path):
    (tmp_path / "file").touch()
    with pytest.raises(PasswordFileError, match="cannot write the password file"):
        PasswordFile(tmp_path / "file" / "htpasswd", (entry("ann"),)).write()
    assert [path.name for path in tmp_path.iterdir()] == ["file"]


@pytest.mark.parametrize("user", ["", "a:b", "#ann", "ann\n", " ann", "an\x00n"])
def test_a_name_that_could_not_stand_in_the_file_is_refused(user: str):
    with pytest.raises(PasswordFileError, match="is not a valid user name"):
        htpasswd.check_user_name(user)


@pytest.mark.parametrize("cost", [3, 32, -1])
def test_an_impossible_cost_is_refused(cost: int):
    with pytest.raises(PasswordFileError, match="not between 4 and 31"):
        htpasswd.hash_password("secret", cost)


@pytest.mark.parametrize("password", ["", "pass:word", "pässwörd ☂", "x" * 72])
def test_passwords_of_every_kind_verify(password: str):
    password_hash = htpasswd.hash_password(password, CHEAP).encode()
    assert htpasswd.matches(password, password_hash)
    assert not htpasswd.matches(password + "x", password_hash)


def test_a_password_longer_than_bcrypt_reads_is_refused_when_set_and_wrong_when_sent():
    with pytest.raises(PasswordFileError, match="74 bytes"):
        htpasswd.hash_password("ü" * 37, CHEAP)
    truncated = htpasswd.hash_password("x" * 72, CHEAP).encode()
    assert not htpasswd.matches("x" * 73, truncated)


def test_a_password_that_bcrypt_would_read_only_in_part_is_refused():
    with pytest.raises(htpasswd.PasswordFileError, match="has a NUL character"):
        htpasswd.hash_password("a\x00a", 4)
    # To bcrypt a NUL ends a key that it then repeats: all of these would be one and the same password.
    password_hash = htpasswd.hash_password("a", 4).encode()
    assert htpasswd.matches("a", password_hash)
    assert not htpasswd.matches("a\x00a", password_hash)
