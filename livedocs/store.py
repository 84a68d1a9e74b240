"""Results on disk, by the hash of what produced them. JSON with a checksum; written atomically."""

import contextlib
import hashlib
import json
import os
import tempfile
import time
from pathlib import Path
from urllib.parse import quote, unquote

VERSION = "livedocs-store 1"


class DamagedError(Exception):
    """An entry is there but is not what was written."""


class Store:
    """A folder of results, <key[:2]>/<key>.json, and of durations, seconds/<page>.

    Stores merge by copying one over the other.
    """

    def __init__(self, folder: Path):
        self.folder = folder

    def _path(self, key: str) -> Path:
        return self.folder / key[:2] / f"{key}.json"

    def load(self, key: str) -> dict | None:
        """The result, or None if there is none.

        Raises DamagedError if it is truncated, altered, another key's, or of another version.
        """
        path = self._path(key)
        try:
            version, checksum, text = path.read_text(encoding="utf-8").split("\n", 2)
        except FileNotFoundError:
            return None
        except (OSError, ValueError) as error:
            raise DamagedError(f"{path} cannot be read: {error}") from None
        if version != VERSION:
            raise DamagedError(f"{path} is of another version")
        if checksum != _checksum(key, text):
            raise DamagedError(f"{path} is damaged: its checksum is wrong")
        with contextlib.suppress(OSError):
            os.utime(path)  # for trim: used now
        return json.loads(text)

    def save(self, key: str, result: dict) -> None:
        text = json.dumps(result)  # as ASCII: a page may print half a character
        write_atomically(self._path(key), f"{VERSION}\n{_checksum(key, text)}\n{text}")

    def seconds(self) -> dict[str, float]:
        """Seconds of the last run of each page, by its name."""
        found = {}
        for path in (self.folder / "seconds").glob("[!.]*"):
            with contextlib.suppress(OSError, ValueError):
                found[unquote(path.name)] = float(path.read_text(encoding="utf-8"))
        return found

    def save_seconds(self, name: str, seconds: float) -> None:
        write_atomically(self.folder / "seconds" / quote(name, safe=""), str(seconds))

    def remove(self, keep: set[str], spare: int = 0) -> list[Path]:
        """Remove the entries that are not to be kept, but for the last used `spare` of them.

        What builds that were killed left half written goes too. Returns what was removed.
        """
        others = [p for p in self.folder.glob("*/*.json") if p.stem not in keep]
        others.sort(key=_last_used, reverse=True)
        an_hour_ago = time.time() - 3600  # another build may be writing
        leftovers = [p for p in self.folder.glob("*/.*") if _last_used(p) < an_hour_ago]
        removed = others[spare:] + leftovers
        for path in removed:
            path.unlink(missing_ok=True)
        return removed


def _last_used(path: Path) -> float:
    try:
        return path.stat().st_mtime
    except OSError:
        return 0.0


def write_atomically(path: Path, text: str) -> None:
    """Readers see the old file or the new one, never a part."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=".")
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(text)
        os.replace(temporary, path)
    except BaseException:
        os.unlink(temporary)
        raise


def _checksum(key: str, text: str) -> str:
    return hashlib.sha256(f"{key}\n{text}".encode("utf-8", "surrogatepass")).hexdigest()
