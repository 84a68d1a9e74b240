"""MkDocs hook: what lets the site be found and followed, and its mistakes reported.

Descriptions, previews and structured data of the pages, one sitemap of both languages, a feed
and a page of changes, llms.txt. Whatever needs the address of the site stays away without it.
"""

import json
from pathlib import Path
from urllib.parse import urlencode, urlsplit

from markupsafe import Markup, escape
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.exceptions import PluginError
from mkdocs.plugins import get_plugin_logger
from mkdocs.structure.files import File
from mkdocs.utils import DuplicateFilter

from livedocs.cards import Card, NoFont
from livedocs.changes import Change, changes_page, page_titles, read_changes
from livedocs.errors import PageError
from livedocs.pages import LANGUAGES
from livedocs.site import Course, chapters, settings

TEMPLATES = {"feed.xml", "llms.txt", "robots.txt", "sitemap.xml"}
FOLDERS = {language: f"{language}/" if i else "" for i, language in enumerate(LANGUAGES)}
LOCALES = {"en": "en_US", "zh": "zh_CN"}
LICENSE = "https://creativecommons.org/licenses/by/4.0/"
WORDS = {
    "en": {
        "chapter": "Chapter {}",
        "glossary": "The terms of the PyTorch course with their Chinese names: "
        "what each of them means, in one or two sentences.",
        "changes": "What is new in the PyTorch course: chapters and sections that were added "
        "or changed, with dates.",
        "notebook": (
            "{}: notebook",
            "{} as one Jupyter notebook: the code of every section with its outputs and figures, "
            "to read or to download and run.",
        ),
        "llms": "Each section runs its own code when the site is built; outputs, figures and the "
        "numbers in its sentences come from that run. The same pages exist in Chinese.",
        "more": "More",
        "edit": "Edit this page",
        "report": "Report a mistake",
        "issue": ("Mistake on {}", "Page: {}\n\nWhat is wrong:\n\nWhat it should say:\n"),
    },
    "zh": {
        "chapter": "第 {} 章",
        "glossary": "PyTorch 教程的术语及其英文名称，每个术语用一两句话说明含义。",
        "changes": "PyTorch 教程更新了什么：新增和改动的章节，按日期列出。",
        "notebook": (
            "{}：笔记本",
            "“{}”一章的 Jupyter 笔记本：各节的代码、输出和图都在其中，可在线阅读，也可下载运行。",
        ),
        "llms": "每一节的代码都在构建网站时实际运行，输出、图和句子里的数字都来自那次运行。"
        "同样的页面另有英文版。",
        "more": "其他",
        "edit": "编辑本页",
        "report": "报告错误",
        "issue": ("页面有误：{}", "页面：{}\n\n哪里不对：\n\n应该怎样写：\n"),
    },
}

log = get_plugin_logger("discovery")
log.logger.addFilter(DuplicateFilter())  # what holds for all cards is said once
changes: list[Change] = []  # of the build in progress; English reads them, Chinese uses them
cards: dict[str, Card] = {}  # of the language in progress, by chapter; "index" is for the rest


def _language(config: MkDocsConfig) -> str:
    return Path(config.docs_dir).name


def _course(config: MkDocsConfig) -> Course:
    return config.hooks["livedocs/hook.py"].course


def on_config(config: MkDocsConfig) -> MkDocsConfig:
    course, language = _course(config), _language(config)
    if language == LANGUAGES[0]:
        try:
            changes[:] = read_changes(course.project.docs / "changes.yml", course.outcomes)
        except PageError as error:
            raise PluginError(f"\n{error}") from None
    config.theme.dirs.insert(0, str(Path(__file__).with_name("templates")))
    config.theme.static_templates |= TEMPLATES
    config.edit_uri = f"edit/main/docs/{language}/" if config.repo_url else ""
    return config


def on_files(files, config: MkDocsConfig):
    course, language = _course(config), _language(config)
    feed = f"{config.site_url}feed.xml" if config.site_url else ""
    page = changes_page(changes, page_titles(course, language), language, feed)
    files.append(File.generated(config, "changes.md", content=page))
    cards.clear()
    if config.site_url:  # a preview is asked for by its full address
        cards.update(_cards(course, language))
        fallback = _cards(course, LANGUAGES[0])
        for name, card in cards.items():
            path = _drawn(card, fallback[name], course.project.cache / "cards")
            files.append(File.generated(config, f"assets/cards/{name}.png", abs_src_path=str(path)))
    return files


def _cards(course: Course, language: str) -> dict[str, Card]:
    site = settings(course.project, language)["site_name"]
    found = {"index": Card("", "", site)}
    for chapter in chapters(course.project):
        number, title = course.title(chapter, language).split(". ", 1)
        found[chapter] = Card(site, WORDS[language]["chapter"].format(number), title)
    return found


def _drawn(card: Card, fallback: Card, folder: Path) -> Path:
    try:
        return card.file(folder)
    except NoFont:
        log.info(
            "no font with Chinese characters: the social cards of that language are in English"
        )
        return fallback.file(folder)


def on_env(env, config: MkDocsConfig, files):
    """Each page has a description, and the date of its run in place of today's."""
    course, language = _course(config), _language(config)
    for file in files.documentation_pages():
        page, name = file.page, file.src_uri.removesuffix(".md")
        page.update_date = _run_date(course, file.src_uri)
        if name == "changes":
            page.update_date = str(changes[0].date)
        if name in ("changes", "glossary"):
            page.meta["description"] = WORDS[language][name]
        elif file.src_uri.endswith(".ipynb"):
            _, title = course.title(file.src_uri.split("/")[0], language).split(". ", 1)
            page.meta["title"], page.meta["description"] = (
                words.format(title) for words in WORDS[language]["notebook"]
            )
            page.edit_url = None  # it is made of the chapter's pages
        page.meta.setdefault("description", page.title)
    return env


def _run_date(course: Course, path: str) -> str:
    """The day of the latest run of a page or of a chapter's notebook; "" if nothing ran."""
    name = path.removesuffix(".md")
    names = [name] if path != name else chapters(course.project)[path.split("/")[0]]
    results = [course.outcomes[name].result for name in names if name in course.outcomes]
    return max((result["date"] for result in results if "environment" in result), default="")


def on_template_context(context, template_name: str, config: MkDocsConfig):
    language = _language(config)
    return context | {
        "language": language,
        "root": language == LANGUAGES[0],  # what a site has once
        "folders": FOLDERS,
        "words": WORDS[language],
        "changes": changes,
        "titles": page_titles(_course(config), language),
        "by_path": {file.src_uri: file.page for file in context["pages"]},
    }


def on_page_context(context, page, config: MkDocsConfig, nav):
    language = _language(config)
    base, description = config.site_url or "", page.meta["description"]
    chapter = page.file.src_uri.split("/")[0]
    card = chapter if chapter in cards else "index"
    data = _structured(page, description, config)
    page.meta["description"] = escape(description)  # the theme prints it as it is
    context["about"] = {
        "words": WORDS[language],
        "description": description,
        "origin": "://".join(urlsplit(base)[:2]) if base else "",
        "default": base.removesuffix(FOLDERS[language]) + page.url if base else "",
        "locale": LOCALES[language],
        "image": f"{base}assets/cards/{card}.png" if cards else "",
        "image_text": cards[card].text if cards else "",
        "feed": f"{base}feed.xml" if base else "",
        "data": json.dumps(data, ensure_ascii=False).replace("<", "\\u003c"),
        "report": _report(page, language, config.repo_url),
    }
    return context


def _structured(page, description: str, config: MkDocsConfig) -> dict:
    """The page in the words of schema.org."""
    language, course = _language(config), _course(config)
    whole = {
        "@type": "Course",
        "name": config.site_name,
        "description": config.site_description,
        "inLanguage": language,
        "license": LICENSE,
        "isAccessibleForFree": True,
        **({"url": config.site_url} if config.site_url else {}),
    }
    if page.is_homepage:
        return {"@context": "https://schema.org", **whole}
    data = {
        "@context": "https://schema.org",
        "@type": ["LearningResource", "TechArticle"],
        "headline": Markup(page.meta.get("title", page.title)).striptags(),
        "description": description,
        "inLanguage": language,
        "license": LICENSE,
        "isPartOf": whole,
    }
    if page.canonical_url:
        data["url"] = page.canonical_url
    if page.update_date:
        data["dateModified"] = page.update_date
    outcome = course.outcomes.get(page.file.src_uri.removesuffix(".md"))
    if outcome and (facts := outcome.result.get("environment")):
        data["dependencies"] = f"Python {facts['python']}, torch {facts['torch']}"
    return data


def _report(page, language: str, repository: str | None) -> str:
    """Where a new issue about the page is written; "" without a repository."""
    if not repository:
        return ""
    title, body = WORDS[language]["issue"]
    name = f"{FOLDERS[language]}{page.url}" or "/"
    query = {"title": title.format(name), "body": body.format(page.canonical_url or name)}
    return f"{repository.rstrip('/')}/issues/new?{urlencode(query)}"
