"""A course small enough to be built in a second, and what the tests ask of it."""

import shutil
import subprocess
import sys
import xml.etree.ElementTree as ET
from html.parser import HTMLParser
from pathlib import Path

import markdown
import pytest
import yaml
from mkdocs.utils.yaml import yaml_load

from livedocs.config import Project
from livedocs.glossary import Glossary
from livedocs.lessons import environment
from livedocs.pages import parse_page
from livedocs.render import render
from livedocs.run import run_lessons
from livedocs.session import run_steps

ROOT = Path(__file__).parents[2]
with (ROOT / "mkdocs.yml").open("rb") as file:  # what decides how a page looks is the real one
    SETTINGS = yaml_load(file)
EXTENSIONS = {name: options or {} for name, options in SETTINGS["markdown_extensions"].items()}

HOME = """\
---
description: A tiny course.
---
# Home { #home }

Start with [sums](basics/sum.md).
"""
HOME_ZH = """\
---
description: 一门很小的课程。
---
# 首页 { #home }

从[求和](basics/sum.md)开始。
"""
CHAPTER = """\
---
description: The basics.
needs: [start]
---
# Basics { #basics }

One section: [sums](sum.md#sums).
"""
CHAPTER_ZH = """\
---
description: 基础。
needs: [start]
---
# 基础 { #basics }

只有一节：[求和](sum.md#sums)。
"""
SUM = """\
---
description: How to add numbers.
notes: [A-1]
---
# Sums { #sums }

Three numbers.

```python
--8<-- "basics/sum.py:total"
```

Their sum is {{ sum(numbers) }}.

```{.python hide}
--8<-- "basics/sum.py:plot"
```

![A line that rises from one over two to three.](figure)

/// caption
The numbers, with $y = x$.
///
"""
SUM_ZH = """\
---
description: 怎样求和。
notes: [A-1]
---
# 求和 { #sums }

三个数。

```python
--8<-- "basics/sum.py:total"
```

它们的和是 {{ sum(numbers) }}。

```{.python hide}
--8<-- "basics/sum.py:plot"
```

![一条直线，从一经过二升到三，每一步都同样高，没有弯折。](figure)

/// caption
这些数，满足 $y = x$。
///
"""
SNIPPET = '''\
"""Sums."""

# --8<-- [start:total]
numbers = [1, 2, 3]  # three of them | 三个数
sum(numbers)
# --8<-- [end:total]

# --8<-- [start:plot]
import matplotlib.pyplot as plt

plt.figure(figsize=(2, 1))
plt.plot(numbers)
plt.xlabel("training loss");
# --8<-- [end:plot]
'''
GLOSSARY = """\
terms:
  training-loss:
    en: training loss
    zh: 训练损失
    definition:
      en: The loss on the data that the model learns from.
      zh: 模型在训练数据上的损失。
labels:
  step: 步
"""
CHANGES = """\
- date: 2026-02-03
  page: basics/sum
  en: Sums & figures <new>.
  zh: 求和与图 <新>。
- date: 2026-01-02
  page: basics/index
  en: The first chapter.
  zh: 第一章。
"""
NOTES = "id\tchapters\ttitle\nA-1\tbasics\tSums\nA-2\tlater\tProducts\n"
CONFIG = {
    "site_name": "Tiny course",
    "site_url": "https://example.org/course/",
    "docs_dir": "docs/en",
    "site_dir": "site",
    "watch": ["docs", "snippets"],
    "theme": {"name": "material", "custom_dir": "livedocs/theme", "language": "en", "font": False},
    "plugins": SETTINGS["plugins"],
    "hooks": SETTINGS["hooks"],
    "markdown_extensions": EXTENSIONS,
    "extra": {
        "chapters": ["start", "basics", "later"],
        "planned": {
            "start": {"en": "Before", "zh": "之前"},
            "later": {"needs": ["start", "basics"], "en": "Later & on", "zh": "以后"},
        },
        "notes": {"A": {"en": "Old notes", "zh": "旧笔记"}},
        "alternate": [
            {"name": "English", "link": "/", "lang": "en"},
            {"name": "中文", "link": "/zh/", "lang": "zh"},
        ],
        "notebook": {"download": "Download", "colab": "Open in Colab", "folder": "",
                     "offline": "On your disk: "},
        "download": {"name": "tiny-course", "zip": "Offline site", "pdf": "PDF"},
        "languages": {
            "en": {},
            "zh": {
                "site_name": "小课程",
                "theme": {"language": "zh"},
                "plugins": {"search": {"lang": "zh"}},
                "extra": {"notebook": {"download": "下载", "folder": "zh/"}},
            },
        },
    },
    "nav": [
        "index.md",
        {"basics": ["basics/index.md", "basics/sum.md", "basics/notebook.ipynb"]},
        "glossary.md",
        "concordance.md",
        "changes.md",
    ],
}  # fmt: skip


class Tiny:
    """A project of three pages in two languages, with helpers to change it."""

    def __init__(self, root: Path):
        self.root, self.project = root, Project(root)
        self.write("mkdocs.yml", yaml.safe_dump(CONFIG, allow_unicode=True, sort_keys=False))
        self.write("docs/glossary.yml", GLOSSARY)
        self.write("docs/notes.tsv", NOTES)
        self.write("docs/changes.yml", CHANGES)
        self.write("docs/assets/extra.css", "p { margin: 0 }\n")
        self.write("tests/snippets/basics/test_sum.py", "")
        self.snippet("basics/sum.py", SNIPPET)
        self.page("index", HOME, HOME_ZH)
        self.page("basics/index", CHAPTER, CHAPTER_ZH)
        self.page("basics/sum", SUM, SUM_ZH)
        (root / "livedocs").symlink_to(ROOT / "livedocs", target_is_directory=True)
        shutil.copytree(ROOT / "docs/assets/katex", root / "docs/assets/katex")

    def look_real(self) -> None:
        """Theme, style sheets and scripts of the real site."""
        shutil.rmtree(self.root / "docs/assets")
        shutil.copytree(ROOT / "docs/assets", self.root / "docs/assets")
        names = ("theme", "extra_css", "extra_javascript")
        real = {name: SETTINGS[name] for name in names}
        self.write("mkdocs.yml", yaml.safe_dump(CONFIG | real, allow_unicode=True, sort_keys=False))

    def write(self, path: str, text: str) -> Path:
        target = self.root / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, encoding="utf-8")
        return target

    def page(self, name: str, text: str, zh: str | None = None) -> str:
        """Write the twins of a page; the Chinese one is the same text if not given."""
        self.write(f"docs/en/{name}.md", text)
        self.write(f"docs/zh/{name}.md", text if zh is None else zh)
        return name

    def snippet(self, name: str, text: str) -> Path:
        return self.write(f"snippets/{name}", text)

    def edit(self, path: str, old: str, new: str) -> Path:
        """Replace text that must be there."""
        text = (self.root / path).read_text(encoding="utf-8")
        assert old in text
        return self.write(path, text.replace(old, new))

    def edit_twins(self, name: str, old: str, new: str) -> None:
        for language in ("en", "zh"):
            self.edit(f"docs/{language}/{name}.md", old, new)

    def only(self, **pages: str) -> None:
        """Leave no page but these, all in a folder `p`."""
        for path in self.project.docs.glob("*/**/*.md"):
            path.unlink()
        for name, text in pages.items():
            self.page(f"p/{name}", text)

    def run(self, rerun: bool = False) -> dict:
        """Outcomes by name, from real worker processes."""
        outcomes = run_lessons(self.project.lessons(), self.project.store, rerun)
        return {outcome.lesson.name: outcome for outcome in outcomes}

    def result(self, name: str) -> tuple:
        """A lesson and its result, run in this process."""
        main, lesson = sys.modules["__main__"], self.project.lesson(name)
        try:
            result = run_steps(lesson.steps)
        finally:
            sys.modules["__main__"] = main  # IPython puts its own there
        assert "failed" not in result, result
        return lesson, result

    def rendered(self, text: str, zh: str | None = None, language: str = "en") -> str:
        """The Markdown of a page with outputs, run in this process."""
        lesson, result = self.result(self.page("basics/page", text, zh))
        labels = Glossary(self.project.docs / "glossary.yml").labels(language)
        return render(lesson.pages[language], result, labels)

    def python(self, *arguments: str, cwd: Path | None = None) -> subprocess.CompletedProcess:
        """Run `python -m ...` in the project."""
        return subprocess.run(
            [sys.executable, "-m", *arguments],
            cwd=cwd or self.root,
            capture_output=True,
            text=True,
            timeout=120,
        )


class _TreeParser(HTMLParser):
    VOID = ("area", "br", "col", "hr", "img", "input", "link", "meta", "source", "wbr")

    def __init__(self):
        super().__init__()
        self.builder = ET.TreeBuilder()
        self.builder.start("root", {})

    def handle_starttag(self, tag, attrs):
        self.builder.start(tag, {name: value or "" for name, value in attrs})
        if tag in self.VOID:
            self.builder.end(tag)

    def handle_startendtag(self, tag, attrs):
        self.builder.start(tag, {name: value or "" for name, value in attrs})
        self.builder.end(tag)

    def handle_endtag(self, tag):
        if tag not in self.VOID:
            self.builder.end(tag)

    def handle_data(self, data):
        self.builder.data(data)


def tree(html: str) -> ET.Element:
    """HTML as an element tree."""
    parser = _TreeParser()
    parser.feed(html)
    parser.builder.end("root")
    return parser.builder.close()


@pytest.fixture(scope="session", autouse=True)
def _environment(tmp_path_factory):
    """What the engine reads from outside is the same on every machine, and nothing leaks."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("NOTES_DATA", str(tmp_path_factory.mktemp("data")))
        patch.setenv("OMP_NUM_THREADS", "1")
        patch.setenv("IPYTHONDIR", str(tmp_path_factory.mktemp("ipython")))
        patch.delenv("NOTES_DATASET", raising=False)
        patch.delenv("SOURCE_DATE_EPOCH", raising=False)
        environment.cache_clear()
        yield
    environment.cache_clear()


@pytest.fixture
def tiny(tmp_path, monkeypatch) -> Tiny:
    """A tiny project of this test; the working directory is its root."""
    monkeypatch.chdir(tmp_path)
    return Tiny(tmp_path)


@pytest.fixture(scope="session")
def make_tiny():
    """Makes tiny projects for fixtures that several tests share."""
    return Tiny


@pytest.fixture
def parse(tiny):
    """Parse the text of a page called page.md."""
    return lambda text, **names: parse_page(
        text, tiny.root / "page.md", tiny.project.snippets, **names
    )


@pytest.fixture(scope="session")
def to_html():
    """HTML tree of Markdown, converted with the extensions of the real site."""

    def convert(text: str) -> ET.Element:
        return tree(
            markdown.markdown(text, extensions=list(EXTENSIONS), extension_configs=EXTENSIONS)
        )

    return convert


@pytest.fixture(scope="session")
def html_tree():
    return tree
