from pathlib import Path
from typing import Any

from prometheus_client import mmap_dict

from app.web.site.metrics import Metrics


def test_a_worker_that_has_just_begun_to_count_hides_nobody_elses_numbers(tmp_path: Path) -> None:
    """Its file is empty for a moment: the library gives it a size after it has created it."""
    library: Any = mmap_dict  # without types
    counted = library.MmapedDict(str(tmp_path / "counter_1.db"))
    counted.write_value(
        library.mmap_key("sso_bridge_logins", "sso_bridge_logins_total", ["method"], ["sso"], "Logins."), 3.0, 0.0
    )
    counted.close()
    (tmp_path / "counter_2.db").touch()
    assert b'sso_bridge_logins_total{method="sso"} 3.0' in Metrics(multiprocess=str(tmp_path)).render({})
