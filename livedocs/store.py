"""Results on disk, by the hash of what produced them. JSON with a checksum; written atomically."""

import hashlib
import json
import os
import tempfile
from pathlib import Path


class Store:
    """A folder of results: <key[:2]>/<key>.json."""

    def __init__(self, folder: Path):
        self.folder = folder

    def _path(self, key: str) -> Path:
        return self.folder / key[:2] / f"{key}.json"

    def load(self, key: str) -> dict | None:
        """The result, or None if there is none or it is damaged."""
        try:
            checksum, text = self._path(key).read_text(encoding="utf-8").split("\n", 1)
        except (OSError, ValueError):
            return None
        return json.loads(text) if checksum == _checksum(text) else None

    def save(self, key: str, result: dict) -> None:
        text = json.dumps(result, ensure_ascii=False)
        write_atomically(self._path(key), f"{_checksum(text)}\n{text}")

    def seconds(self) -> dict[str, float]:
        """Seconds of the last run of each page, by its name."""
        try:
            return json.loads((self.folder / "seconds.json").read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return {}

    def save_seconds(self, seconds: dict[str, float]) -> None:
        write_atomically(self.folder / "seconds.json", json.dumps(self.seconds() | seconds))


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


def _checksum(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
