"""config/systemd: what systemd itself says about the units."""

import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
UNITS = [ROOT / "config" / "systemd" / f"{name}.service" for name in ("sso-bridge", "sso-bridge-worker")]
INSTALLED = "/opt/sso-bridge/"


@pytest.mark.parametrize("unit", UNITS, ids=[unit.stem for unit in UNITS])
def test_systemd_accepts_the_unit(unit: Path, tmp_path: Path) -> None:
    here = tmp_path / unit.name
    here.write_text(unit.read_text().replace(f"={INSTALLED}", f"={ROOT}/"))
    verified = subprocess.run(
        ["systemd-analyze", "verify", here],  # noqa: S607 - wherever it is installed
        check=False,
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert (verified.returncode, verified.stderr) == (0, "")


def test_both_run_the_installed_command_and_may_write_their_own_folder_only() -> None:
    assert sorted(UNITS) == sorted((ROOT / "config" / "systemd").iterdir())
    for unit in UNITS:
        lines = unit.read_text().splitlines()
        assert any(line.startswith(f"ExecStart={INSTALLED}.venv/bin/sso-bridge ") for line in lines)
        assert {"ProtectSystem=strict", "StateDirectory=sso-bridge", "NoNewPrivileges=yes"} <= set(lines)
