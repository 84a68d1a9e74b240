"""One zip per language: the site to unzip and open from the disk, search included."""

import os
import time
from pathlib import Path
from tempfile import TemporaryDirectory
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from livedocs.build import build_site
from livedocs.config import Project
from livedocs.pages import LANGUAGES
from livedocs.site import settings

# Without a server there are no directory URLs and no search worker but an iframe; the other
# language is not in the zip.
OVERLAY = {
    "plugins": {"offline": {}},
    "extra": {"alternate": [], "offline": True, "polyfills": ["assets/iframe-worker/shim.js"]},
}
FOR_SERVERS = ("404.html", "feed.xml", "llms.txt", "robots.txt", "sitemap.xml", "sitemap.xml.gz",
               "assets/cards", "search/search_index.json")  # fmt: skip


def download_name(project: Project, language: str) -> str:
    """Name of the files that are taken away, without a suffix."""
    return f"{settings(project, language)['extra']['download']['name']}-{language}"


def offline(project: Project, target: Path) -> list[Path]:
    """Write <target>/<name>-<language>.zip; returns these files.

    Raises MkDocsException if the site cannot be built.
    """
    target.mkdir(parents=True, exist_ok=True)
    archives = []
    with TemporaryDirectory() as temporary:
        for language, folder in build_site(project, Path(temporary), OVERLAY).items():
            name = download_name(project, language)
            files = {
                f"{name}/{path.relative_to(folder).as_posix()}": path for path in _files(folder)
            }
            files |= {f"{name}/{path.name}": path for path in project.root.glob("LICENSE*")}
            archives.append(_zip(files, target / f"{name}.zip"))
    return archives


def _files(folder: Path) -> list[Path]:
    """What a reader of the site in this folder needs, without the languages below it."""
    left_out = [folder / name for name in (*FOR_SERVERS, *LANGUAGES)]
    return [
        path
        for path in folder.rglob("*")
        if path.is_file()
        and path.suffix != ".map"  # for those who debug the theme
        and not any(path.is_relative_to(other) for other in left_out)
    ]


def _zip(files: dict[str, Path], target: Path) -> Path:
    """The same files give the same bytes."""
    epoch = int(os.environ.get("SOURCE_DATE_EPOCH", 0))
    date = max((1980, 1, 1, 0, 0, 0), time.gmtime(epoch)[:6])
    with ZipFile(target, "w", ZIP_DEFLATED, compresslevel=9) as archive:
        for name, path in sorted(files.items()):
            info = ZipInfo(name, date)
            info.compress_type, info.external_attr = ZIP_DEFLATED, 0o644 << 16
            archive.writestr(info, path.read_bytes())
    return target
