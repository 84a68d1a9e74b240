"""The same commit gives the same bytes, wherever, whenever and with however many workers."""

import calendar
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest

from livedocs.config import Project
from livedocs.run import stored

ROOT = Path(__file__).parents[2]
PARTS = ("docs", "snippets", "livedocs", "mkdocs.yml")


@pytest.fixture(scope="module")
def moment() -> str:
    """The day on which the outputs in the store were computed."""
    outcomes = stored(Project(ROOT).lessons(), Project(ROOT).store)
    days = {outcome.result["date"] for outcome in outcomes if "date" in outcome.result}
    if len(days) != 1 and not os.environ.get("CI"):
        pytest.skip("the results in the store are of several days")
    [day] = days
    return str(calendar.timegm(time.strptime(day, "%Y-%m-%d")) + 12345)


@pytest.mark.skipif(not hasattr(os, "sched_setaffinity"), reason="no affinity on this system")
def test_a_cold_build_elsewhere_with_one_worker_gives_the_same_site(
    site, moment, tmp_path, file_bytes
):
    for name in PARTS:
        source = ROOT / name
        (shutil.copytree if source.is_dir() else shutil.copy)(source, tmp_path / name)
    environment = {
        **os.environ,
        "NO_MKDOCS_2_WARNING": "1",
        "SOURCE_DATE_EPOCH": moment,
        "PYTHONHASHSEED": "7",
        "TZ": "Pacific/Auckland",
    }
    result = subprocess.run(
        [sys.executable, "-m", "mkdocs", "build", "--strict"],
        cwd=tmp_path,
        env=environment,
        capture_output=True,
        text=True,
        preexec_fn=lambda: os.sched_setaffinity(0, {min(os.sched_getaffinity(0))}),
    )
    assert result.returncode == 0, result.stderr[-4000:]
    ours, theirs = file_bytes(site), file_bytes(tmp_path / "site")
    assert ours.keys() == theirs.keys()
    different = sorted(name for name, data in ours.items() if theirs[name] != data)
    assert different == []
