"""The built site, shared by all tests that look at it."""

import os
import subprocess
import sys
from pathlib import Path
from unicodedata import east_asian_width

import pytest

ROOT = Path(__file__).parents[1]


@pytest.fixture(scope="session")
def columns():
    """The width of a text in columns, of which a 汉字 takes two."""
    return lambda text: sum(1 + (east_asian_width(char) in "WF") for char in text)


@pytest.fixture(scope="session")
def site(tmp_path_factory) -> Path:
    """The folder of a strict build of the whole site."""
    folder = tmp_path_factory.mktemp("site")
    command = [sys.executable, "-m", "mkdocs", "build", "--strict", "-d", str(folder)]
    environment = {**os.environ, "NO_MKDOCS_2_WARNING": "1"}
    result = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True)
    assert result.returncode == 0, result.stderr[-4000:]
    return folder
