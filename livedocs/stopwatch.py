"""Seconds that a build spends in the engine: `python -m livedocs.stopwatch` prints them.

The rest is MkDocs, its theme and its plugins. In a process of its own, which it leaves patched.
"""

import functools
import json
import time
from pathlib import Path

from mkdocs.commands import build as mkdocs_build
from mkdocs.config import load_config
from mkdocs.plugins import PluginCollection

from livedocs import memo

ENGINE = Path(__file__).parent


class Stopwatch:
    """Runs in functions of the engine, and pauses in what they call of MkDocs."""

    def __init__(self):
        self.seconds, self.inside, self.last = 0.0, [False], time.perf_counter()

    def around(self, function, inside: bool):
        @functools.wraps(function)
        def timed(*arguments, **keywords):
            self._look()
            self.inside.append(inside)
            try:
                return function(*arguments, **keywords)
            finally:
                self._look()
                self.inside.pop()

        return timed

    def _look(self) -> None:
        now = time.perf_counter()
        self.seconds += (now - self.last) * self.inside[-1]
        self.last = now


def main() -> None:
    watch = Stopwatch()
    register = PluginCollection._register_event

    def watched(self, event, method, plugin_name=None):
        code = getattr(method, "__code__", None)
        if code and Path(code.co_filename).parent == ENGINE:
            method = watch.around(method, inside=True)
        register(self, event, method, plugin_name)

    PluginCollection._register_event = watched
    mkdocs_build.build = watch.around(mkdocs_build.build, inside=False)  # of the other languages
    for name in ("key", "load", "save"):
        setattr(memo.Memo, name, watch.around(getattr(memo.Memo, name), inside=True))
    start = time.perf_counter()
    config = load_config()
    config.plugins.on_startup(command="build", dirty=False)
    try:
        mkdocs_build.build(config)
    finally:
        config.plugins.on_shutdown()
    print(json.dumps({"engine": watch.seconds, "build": time.perf_counter() - start}))


if __name__ == "__main__":
    main()
