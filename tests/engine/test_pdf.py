"""The printed course: all pages, links within it, an outline, fonts, the same bytes twice."""

import os

import pytest
from pypdf import PdfReader

MORE = """\
---
description: {title}.
---
# {title} {{ #more }}

See [the section on sums](sum.md#sums) and [the notebook](notebook.ipynb).

??? tip "{title}"

    Hidden at first.
"""


@pytest.fixture(scope="module")
def printed(chromium, make_tiny, tmp_path_factory):
    """A tiny project with its PDFs in dist/."""
    tiny = make_tiny(tmp_path_factory.mktemp("pdf"))
    tiny.page("basics/more", MORE.format(title="More"), MORE.format(title="更多"))
    tiny.look_real()
    tiny.edit("mkdocs.yml", "  - basics/sum.md\n", "  - basics/sum.md\n  - basics/more.md\n")
    result = tiny.python("livedocs", "pdf")
    assert result.returncode == 0, result.stderr
    assert "dist/tiny-course-zh.pdf" in result.stdout and "MB" in result.stdout
    return tiny


@pytest.fixture(scope="module")
def readers(printed) -> dict[str, PdfReader]:
    return {x: PdfReader(printed.root / f"dist/tiny-course-{x}.pdf") for x in ("en", "zh")}


def text_of(reader: PdfReader) -> str:
    """All text without white space, which a PDF does not know."""
    return "".join("".join(page.extract_text() for page in reader.pages).split())


def titles(entries: list) -> list:
    return [titles(x) if isinstance(x, list) else x.title for x in entries]


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", ["Tiny course", "Three numbers.", "Their sum is 6.", "training loss", "Glossary"]),
        ("zh", ["小课程", "三个数。", "它们的和是 6。", "训练损失", "术语表"]),
    ],
)
def test_a_book_has_the_text_of_all_pages(readers, language, words):
    text = text_of(readers[language])
    assert {word: word.replace(" ", "") in text for word in words} == dict.fromkeys(words, True)


def test_folded_blocks_are_open_and_say_so(readers):
    for language, mark in (("en", "folded on the site"), ("zh", "网页上默认折叠")):
        text = text_of(readers[language])
        assert mark.replace(" ", "") in text and "Hiddenatfirst." in text


def test_the_outline_has_chapters_and_their_sections(readers):
    for language, start in (
        ("en", ["Contents", "Home", "2. Basics", ["Sums", "More"], "Glossary"]),
        ("zh", ["目录", "首页", "2. 基础", ["求和", "更多"], "术语表"]),
    ):
        assert titles(readers[language].outline)[: len(start)] == start


def links(reader: PdfReader) -> list[tuple[int, str]]:
    """(page, name of the destination) of each link within the book; others have an address."""
    annotations = [
        (number, annotation.get_object())
        for number, page in enumerate(reader.pages)
        for annotation in page.get("/Annots", [])
    ]
    return [(number, x["/Dest"]) for number, x in annotations if "/Dest" in x]


def addresses(reader: PdfReader) -> set[str]:
    annotations = [x.get_object() for page in reader.pages for x in page.get("/Annots", [])]
    return {x["/A"]["/URI"] for x in annotations if "/A" in x}


def test_links_between_pages_lead_to_places_in_the_book(readers):
    for reader, title in ((readers["en"], "Sums"), (readers["zh"], "求和")):
        places = reader.named_destinations
        found = links(reader)
        assert len(found) >= 8  # five in the contents, three in the text
        assert {name for _, name in found} <= set(places)
        assert {"/basics-sum", "/basics-sum--sums"} <= {name for _, name in found}
        page = reader.get_destination_page_number(places["/basics-sum--sums"])
        assert title in reader.pages[page].extract_text()


def test_other_links_lead_to_the_published_site(readers):
    site = "https://example.org/course/"
    assert addresses(readers["en"]) >= {site, f"{site}basics/notebook.ipynb"}
    assert addresses(readers["zh"]) >= {f"{site}zh/", f"{site}zh/basics/notebook.ipynb"}


def test_all_fonts_are_embedded(readers):
    for reader in readers.values():
        fonts = [
            font.get_object()
            for page in reader.pages
            for font in page["/Resources"].get("/Font", {}).values()
        ]
        assert fonts
        for font in fonts:
            if font["/Subtype"] == "/Type0":
                descriptor = font["/DescendantFonts"][0]["/FontDescriptor"]
                assert {"/FontFile2", "/FontFile3"} & set(descriptor)
            else:
                assert font["/Subtype"] == "/Type3" and font["/CharProcs"]


def test_a_book_is_tagged_and_names_its_title_and_language(readers):
    for language, title in (("en", "Tiny course"), ("zh", "小课程")):
        root = readers[language].trailer["/Root"]
        assert root["/MarkInfo"]["/Marked"] and root["/Lang"] == language
        assert readers[language].metadata.title == title


def test_the_same_course_gives_the_same_pdfs(printed, file_bytes):
    assert printed.python("livedocs", "pdf", "again").returncode == 0
    assert file_bytes(printed.root / "again") == file_bytes(printed.root / "dist")


def test_without_chromium_the_command_names_what_to_install(tiny, monkeypatch):
    monkeypatch.setenv("PATH", os.devnull)
    result = tiny.python("livedocs", "pdf")
    assert (result.returncode, result.stdout) == (1, "")
    assert "apt install chromium fonts-noto-cjk" in result.stderr
    assert not (tiny.root / "dist").exists()
