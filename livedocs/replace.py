"""MkDocs hook: `mkdocs build` writes beside the site, which is replaced when all of it is there.

So the last good site stays until the next one is whole, whatever ends a build.
"""

import contextlib
import os
import shutil
import sys
import time
from pathlib import Path

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.plugins import event_priority

sys.path.insert(0, str(Path(__file__).parents[1]))  # MkDocs loads a hook by its path alone

from livedocs.pages import LANGUAGES  # noqa: E402

AN_HOUR = 3600  # after which what a killed build has left is taken away


class _Build:
    """The one build of `mkdocs build`. Nested builds write into its folder."""

    target: Path | None = None
    staged: Path | None = None
    complete = False


def on_startup(command: str, dirty: bool) -> None:
    _Build.staged, _Build.complete = None, False
    _Build.target = Path() if command == "build" and not dirty else None


def on_config(config: MkDocsConfig) -> MkDocsConfig:
    if _Build.target is not None and _Build.staged is None:
        _Build.target = Path(config.site_dir)
        _Build.staged = _Build.target.with_name(f".{_Build.target.name}-{os.getpid()}")
        _clean(_Build.target)
        config.site_dir = str(_Build.staged)
    return config


@event_priority(-100)  # after the other languages are built
def on_post_build(config: MkDocsConfig) -> None:
    if Path(config.docs_dir).name == LANGUAGES[0]:
        _Build.complete = True


def on_build_error(error: Exception) -> None:
    _Build.complete = False


def on_shutdown() -> None:
    if _Build.staged is None:
        return
    if _Build.complete:
        replace_folder(_Build.staged, _Build.target)
    shutil.rmtree(_Build.staged, ignore_errors=True)


def replace_folder(new: Path, target: Path) -> None:
    """Put a folder in the place of another, whose hidden files (.git) stay, as MkDocs has it."""
    old = target.with_name(f"{new.name}-old")
    while new.exists():
        with contextlib.suppress(FileNotFoundError):
            os.rename(target, old)
            for hidden in old.glob(".*"):
                os.rename(hidden, new / hidden.name)
        with contextlib.suppress(OSError):  # another build has put its own there: again
            os.rename(new, target)
        shutil.rmtree(old, ignore_errors=True)


def _clean(target: Path) -> None:
    for left in target.parent.glob(f".{target.name}-*"):
        if time.time() - left.stat().st_mtime > AN_HOUR:
            shutil.rmtree(left, ignore_errors=True)
