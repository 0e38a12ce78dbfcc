from pathlib import Path

import pytest

from app.adapters.apply_file.problems import ApplyFileInvalid
from app.adapters.apply_file.read import parse_apply_file, read_apply_file
from app.services.apply.spec import ClientSpec

CLIENT = '[[clients]]\nclient_id = "desk"\nredirect_uris = ["https://desk.example/"]\n'


def client(text: str, folder: Path, **environment: str) -> ClientSpec:
    spec = parse_apply_file(
        (CLIENT + text).encode(), folder=folder, environment=environment, presets={}, development=True
    )
    return spec.clients[0]


def problem(text: str, folder: Path, **environment: str) -> str:
    with pytest.raises(ApplyFileInvalid) as invalid:
        client(text, folder, **environment)
    return str(invalid.value)


def test_a_string_may_stand_in_the_environment(tmp_path: Path) -> None:
    assert client('client_secret = "env:DESK"', tmp_path, DESK="s3cret").client_secret == "s3cret"


def test_a_string_may_stand_in_a_file_beside_this_one(tmp_path: Path) -> None:
    (tmp_path / "secrets").mkdir()
    (tmp_path / "secrets" / "desk").write_text("s3cret\n")
    assert client('client_secret = "file:secrets/desk"', tmp_path).client_secret == "s3cret"


def test_what_is_read_from_elsewhere_is_not_looked_up_again(tmp_path: Path) -> None:
    assert client('name = "env:DESK"', tmp_path, DESK="env:OTHER").name == "env:OTHER"


def test_any_string_of_the_file_may_stand_elsewhere(tmp_path: Path) -> None:
    assert client('scopes = ["openid", "env:DESK"]', tmp_path, DESK="email").scopes == ("openid", "email")


@pytest.mark.parametrize(
    ("value", "said"),
    [
        ("env:NOWHERE", "the environment variable NOWHERE is not set"),
        ("env:", "the environment variable  is not set"),
        ("env:EMPTY", "the environment variable EMPTY is not set (it is empty)"),
        ("file:nowhere", "the file nowhere cannot be read: No such file or directory"),
        ("file:.", "the file . cannot be read: Is a directory"),
        ("file:binary", "the file binary is not UTF-8 text"),
        ("file:empty", "the file empty is empty"),
        ("file:long", "the file long is larger than 256 KB"),
        ("file:a\\u0000b", "a path cannot contain a null character"),
    ],
)
def test_a_missing_value_is_an_error_with_the_path_of_its_key(tmp_path: Path, value: str, said: str) -> None:
    (tmp_path / "binary").write_bytes(b"\xff\xfe")
    (tmp_path / "empty").write_text("\n")
    (tmp_path / "long").write_text("x" * 300_000)
    assert problem(f'client_secret = "{value}"', tmp_path, EMPTY="") == f"clients[0].client_secret: {said}"


def test_paths_go_by_the_folder_of_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "name").write_text("Desk")
    (tmp_path / "a.toml").write_text(CLIENT + 'name = "file:name"')
    monkeypatch.chdir("/")
    spec = read_apply_file(tmp_path / "a.toml", environment={}, presets={}, development=False)
    assert spec.clients[0].name == "Desk"


def test_a_file_that_is_not_there_is_said_so(tmp_path: Path) -> None:
    with pytest.raises(ApplyFileInvalid, match=r"nowhere\.toml: cannot be read: No such file or directory"):
        read_apply_file(tmp_path / "nowhere.toml", environment={}, presets={}, development=False)


def test_a_secret_is_in_no_error(tmp_path: Path) -> None:
    text = (
        'client_secret = "env:DESK"\nname = "env:DESK"\nscopes = "env:DESK"\ntenant = "env:DESK"\nstatus = "env:DESK"'
    )
    assert "hunter2" not in problem(text, tmp_path, DESK="hunter2\nhunter2")
