"""One PDF per language: the course as a book, printed by Chromium."""

import asyncio
import re
import shutil
import unicodedata
from pathlib import Path
from tempfile import TemporaryDirectory

import pikepdf
from mkdocs.exceptions import BuildError
from playwright.async_api import async_playwright

from livedocs.book import Book
from livedocs.build import build_site
from livedocs.config import Project
from livedocs.offline import download_name
from livedocs.pages import LANGUAGES
from livedocs.site import merge, settings

CHROMIUM = ("chromium", "google-chrome", "chromium-browser")
NOT_IN_THE_BOOK = ("changes.md", "concordance.md", "download.md")

RADICAL = re.compile(rb"^(<\w+> <)(2[EF][0-9A-F]{2})>$", re.MULTILINE)  # U+2E80 to U+2FD5
# Those for which Unicode has no compatibility mapping.
RADICALS = str.maketrans(
    "⺒⺓⺠⻁⻄⻅⻆⻉⻋⻌⻑⻓⻔⻘⻙⻚⻛⻜⻝⻢⻣⻤⻥⻦⻧⻨⻩⻪⻬⻮⻰⻲",
    "巳幺民虎西见角贝车辶長长门青韦页风飞食马骨鬼鱼鸟卤麦黄黾齐齿龙亀",
)


def pdf(project: Project, target: Path) -> list[Path]:
    """Write <target>/<name>-<language>.pdf; returns these files.

    Raises MkDocsException if the site cannot be built or printed.
    """
    chromium = next(filter(None, map(shutil.which, CHROMIUM)), None)
    if not chromium:
        raise BuildError(
            "a PDF is printed by Chromium, which is not installed:"
            " apt install chromium fonts-noto-cjk"
        )
    target.mkdir(parents=True, exist_ok=True)
    overlay = _overlay(project)
    with TemporaryDirectory() as temporary:
        folders = build_site(project, Path(temporary), overlay)
        documents = {}
        for language, folder in folders.items():
            book = Book(folder, merge(settings(project, language), overlay))
            document = folder / "book.html"
            document.write_text(book.html(), encoding="utf-8")
            documents[document] = target / f"{download_name(project, language)}.pdf"
        asyncio.run(_print_all(chromium, documents))
    for path in documents.values():
        _finish(path)
    return list(documents.values())


def _overlay(project: Project) -> dict:
    """The site without what no book has: notebooks, pages about the site itself."""
    nav = [
        {
            chapter: [path for path in paths if path.endswith(".md")]
            for chapter, paths in entry.items()
        }
        if isinstance(entry, dict)
        else entry
        for entry in settings(project, LANGUAGES[0])["nav"]
        if entry not in NOT_IN_THE_BOOK
    ]
    return {
        "use_directory_urls": False,
        "nav": nav,
        "plugins": {"mkdocs-jupyter": {"include": []}},
        "validation": {"omitted_files": "ignore"},
    }


async def _print_all(chromium: str, documents: dict[Path, Path]) -> None:
    """Print HTML files as PDF files. Raises BuildError if one cannot load what it needs."""
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=chromium)
        await asyncio.gather(*(_print(browser, *pair) for pair in documents.items()))
        await browser.close()


async def _print(browser, document: Path, target: Path) -> None:
    faults = []
    page = await browser.new_page()
    page.set_default_timeout(0)  # a whole course takes its time
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.on("requestfailed", lambda request: faults.append(f"cannot load {request.url}"))
    await page.goto(document.as_uri())
    await page.evaluate("document.fonts.ready.then(() => true)")
    if faults:
        raise BuildError("\n".join(faults))
    await page.pdf(path=target, prefer_css_page_size=True, outline=True, tagged=True)


def _finish(path: Path) -> None:
    """Make a PDF a third as large, searchable in Chinese, and the same whenever it is printed."""
    with pikepdf.open(path, allow_overwriting_input=True) as document:
        for key in ("/CreationDate", "/ModDate"):
            del document.docinfo[key]
        for value in document.objects:
            if isinstance(value, pikepdf.Dictionary) and "/ToUnicode" in value:
                value.ToUnicode.write(_without_radicals(value.ToUnicode.read_bytes()))
            if isinstance(value, pikepdf.Dictionary) and value.get("/Type") == "/StructElem":
                _drop_numbers(value)
        _drop(document.Root.StructTreeRoot, "/IDTree")
        document.save(
            path, object_stream_mode=pikepdf.ObjectStreamMode.generate, deterministic_id=True
        )


def _drop_numbers(element: pikepdf.Dictionary) -> None:
    """Forget what Chromium counts anew in each run, to tie the cells of a table to its headers.

    Each header says by itself whether it stands over a column or before a row.
    """
    _drop(element, "/ID")
    for attributes in element.get("/A", []):
        _drop(attributes, "/Headers")


def _drop(dictionary: pikepdf.Dictionary, key: str) -> None:
    if key in dictionary:
        del dictionary[key]


def _without_radicals(characters: bytes) -> bytes:
    """A ToUnicode map with 汉字 in place of radicals.

    Chromium names a glyph by the first character that has it: 小 would be the radical U+2F29,
    which looks the same, and which nobody would find.
    """

    def named(match) -> bytes:
        character = unicodedata.normalize("NFKC", chr(int(match[2], 16))).translate(RADICALS)
        return match[1] + character.encode("utf-16-be").hex().upper().encode() + b">"

    return RADICAL.sub(named, characters)
