"""The staged trees need no engine: MkDocs and Zensical build them as they are."""

import subprocess
import sys
from pathlib import Path

import nbformat
import pytest
import yaml

from livedocs.stage import stage


@pytest.fixture(scope="module")
def staged(make_tiny, tmp_path_factory) -> Path:
    tiny = make_tiny(tmp_path_factory.mktemp("staged"))
    folder = tiny.root / "out"
    assert stage(tiny.project, folder) == [folder / "en", folder / "zh"]
    return folder


@pytest.fixture(scope="module", params=["en", "zh"])
def sites(request, staged) -> dict[str, Path]:
    """What two generators make of a staged tree, by their names."""
    folder = staged / request.param
    commands = {
        "mkdocs": ["mkdocs", "build", "--strict", "--site-dir", str(folder / "mkdocs")],
        "zensical": ["zensical", "build", "--strict"],
    }
    for command in commands.values():
        result = subprocess.run(
            [sys.executable, "-m", *command],
            cwd=folder,
            capture_output=True,
            text=True,
            timeout=120,
        )
        assert result.returncode == 0, result.stdout + result.stderr
    return {"mkdocs": folder / "mkdocs", "zensical": folder / "site"}


def pages(site: Path) -> set[str]:
    return {path.relative_to(site).as_posix() for path in site.rglob("*.html")}


def test_both_generators_build_the_same_pages(sites):
    assert pages(sites["mkdocs"]) == pages(sites["zensical"])
    assert pages(sites["mkdocs"]) == {
        "404.html",
        "index.html",
        "basics/index.html",
        "basics/sum/index.html",
        "changes/index.html",
        "glossary/index.html",
        "concordance/index.html",
    }


def test_no_page_holds_an_expression_or_an_include(sites):
    for site in sites.values():
        for name in pages(site):
            text = (site / name).read_text(encoding="utf-8")
            assert "{{ " not in text and "8<-" not in text, name


def test_every_generator_shows_output_value_figure_and_caption(sites, html_tree):
    for site in sites.values():
        text = (site / "basics/sum/index.html").read_text(encoding="utf-8")
        root = html_tree(text)
        blocks = ["".join(x.itertext()) for x in root.iter("div")
                  if "output" in x.get("class", "").split()]  # fmt: skip
        assert [block.strip() for block in blocks] == ["6"]
        [figure] = root.iter("figure")
        assert figure.find(".//svg").get("role") == "img"
        assert "$" not in "".join(figure.find("figcaption").itertext())


def test_staged_notebooks_can_be_downloaded(sites):
    for site in sites.values():
        nbformat.read(site / "basics/notebook.ipynb", as_version=4)


def test_the_settings_name_nothing_of_the_engine(staged):
    for language, chapter in (("en", "2. Basics"), ("zh", "2. 基础")):
        config = yaml.safe_load((staged / language / "mkdocs.yml").read_text(encoding="utf-8"))
        assert not {"hooks", "watch"} & set(config)
        assert set(config["plugins"]) == {"search"}
        assert config["docs_dir"] == "docs"
        assert config["theme"]["language"] == language
        chapters = [entry for entry in config["nav"] if isinstance(entry, dict)]
        assert chapters == [{chapter: ["basics/index.md", "basics/sum.md"]}]


def test_staging_again_gives_the_same_files_and_drops_old_ones(tiny, file_bytes):
    target = tiny.root / "out"
    stage(tiny.project, target)
    first = file_bytes(target)
    (target / "en/docs/old.md").write_text("old", encoding="utf-8")
    stage(tiny.project, target)
    assert file_bytes(target) == first
    assert "en/docs/basics/sum.md" in first


def test_a_page_without_a_description_is_described_by_its_title(tiny):
    tiny.edit("docs/en/basics/sum.md", "description: How to add numbers.\n", "")
    stage(tiny.project, tiny.root / "out")
    text = (tiny.root / "out/en/docs/basics/sum.md").read_text(encoding="utf-8")
    assert text.startswith("---\ndescription: Sums\n---\n")


def test_a_page_that_hides_its_contents_does_so_when_staged(tiny):
    tiny.edit_twins("index", "description:", "hide: [toc]\ndescription:")
    stage(tiny.project, tiny.root / "out")
    front = (tiny.root / "out/zh/docs/index.md").read_text(encoding="utf-8").split("---")[1]
    assert yaml.safe_load(front)["hide"] == ["toc"]
