"""One plain tree and mkdocs.yml per language, outputs in place: builds without the engine."""

import shutil
from pathlib import Path

import yaml

from livedocs.changes import changes_page, page_titles, read_changes
from livedocs.config import Project
from livedocs.pages import LANGUAGES
from livedocs.site import Course, chapters, settings


def stage(project: Project, target: Path) -> list[Path]:
    """Write <target>/<language>/{mkdocs.yml,docs/,theme/}; returns these folders.

    `mkdocs build` or `zensical build` in such a folder gives the site in that language.
    Notebooks are staged as files to download: not every generator can render them.
    """
    course = Course(project)
    folders = []
    for language in LANGUAGES:
        folder = target / language
        shutil.rmtree(folder, ignore_errors=True)
        docs = folder / "docs"
        shutil.copytree(project.docs / "assets", docs / "assets")
        shutil.copytree(project.root / "livedocs" / "theme", folder / "theme")
        for name, outcome in course.outcomes.items():
            page = outcome.lesson.pages[language]
            front = {"description": page.meta.get("description", page.title)}
            front |= {key: value for key, value in page.meta.items() if key == "hide"}
            _write(docs / f"{name}.md", _front_matter(front) + course.markdown[name, language])
        for name, text in course.generated(language).items():
            _write(docs / name, text)
        changes = read_changes(project.docs / "changes.yml", course.outcomes)
        _write(docs / "changes.md", changes_page(changes, page_titles(course, language), language))
        for chapter in chapters(project):
            _write(docs / chapter / "notebook.ipynb", course.notebook(chapter, language))
        config = _settings(course, project, language)
        _write(folder / "mkdocs.yml", yaml.safe_dump(config, allow_unicode=True, sort_keys=False))
        folders.append(folder)
    return folders


def _settings(course: Course, project: Project, language: str) -> dict:
    """The configuration of one language without the engine's hook and the notebook plugin."""
    config = settings(project, language)
    config = {key: value for key, value in config.items() if key not in ("hooks", "watch")}
    config |= {"docs_dir": "docs", "site_dir": "site"}
    config["theme"]["custom_dir"] = "theme"
    config["plugins"] = {"search": config["plugins"]["search"]}
    config["nav"] = [
        {course.title(chapter, language): [path for path in paths if path.endswith(".md")]}
        if isinstance(entry, dict)
        else entry
        for entry in config["nav"]
        for chapter, paths in (entry.items() if isinstance(entry, dict) else [("", [])])
    ]
    return config


def _front_matter(values: dict) -> str:
    return f"---\n{yaml.safe_dump(values, allow_unicode=True)}---\n"


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
