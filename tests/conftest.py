"""The built site, shared by all tests that look at it."""

import functools
import http.server
import os
import subprocess
import sys
import threading
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


class _Handler(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *_):
        pass


@pytest.fixture(scope="session")
def base(site):
    """The address of the site, served."""
    handler = functools.partial(_Handler, directory=str(site))
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/"
    server.shutdown()
