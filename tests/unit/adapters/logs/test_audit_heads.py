import json

import pytest

from app.adapters.logs import log_head
from app.domain.audit.audit import Chain, ChainHead

HEAD = ChainHead(Chain("tenant-acme"), seq=7, mac="a-mac")


def test_a_head_is_one_line_of_json_on_standard_error(capsys: pytest.CaptureFixture[str]) -> None:
    log_head(HEAD, development=False)
    said = capsys.readouterr()
    (line,) = said.err.splitlines()
    assert said.out == ""
    assert {"event": "audit_head", "chain": "tenant-acme", "seq": 7, "mac": "a-mac"}.items() <= json.loads(line).items()


def test_in_development_a_person_can_read_it(capsys: pytest.CaptureFixture[str]) -> None:
    log_head(HEAD, development=True)
    (line,) = capsys.readouterr().err.splitlines()
    assert "audit_head" in line
    assert "mac=a-mac" in line


def test_on_a_terminal_it_does_not_stand_before_what_a_command_says(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stderr.isatty", lambda: True)
    log_head(HEAD, development=True)
    assert capsys.readouterr().err == ""
