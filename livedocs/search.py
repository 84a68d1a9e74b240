"""MkDocs hook: what the search box finds.

Material indexes the title and the text of each section. This adds fields that are searched but
never shown (their weights stand in mkdocs.yml), and weighs sections by what they are for.
"""

import html
import re
from pathlib import Path
from types import SimpleNamespace

import jieba
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.plugins import event_priority

from livedocs.glossary import Glossary

# Material counts the beginning of a page 2.5 times as much as a section. Chapter pages, sections
# that list, repeat or ask, and the glossary stand behind what explains.
PAGE, CHAPTER, LIST, EXERCISE, GLOSSARY = 0.5, 0.2, 0.2, 0.4, 0.1
LISTS = {"goals", "needs", "sections", "summary"}

ARTICLE = re.compile(r"^(an?|the) ")
HEADING = re.compile(r'<h([1-6])[^>]* id="([^"]*)"')
TERM = re.compile(r'<dt[^>]* id="([^"]*)"[^>]*>(.*?)</dt>', re.DOTALL)
PRE = re.compile(r"<pre>.*?</pre>", re.DOTALL)
CODE = re.compile(r"<code>(.*?)</code>", re.DOTALL)
MESSAGE = re.compile(r"^\w*(?:Error|Warning): .*", re.MULTILINE)
TAG = re.compile(r"<[^>]*>")
MATH = re.compile(r"(<pre>.*?</pre>)|\\\[.*?\\\]|\\\((.*?)\\\)", re.DOTALL)
EDGE = re.compile(
    r"(?<=[\s>（《“‘、。，．：？！；）》”’…—])\u200b|\u200b(?=[\s<（《“‘、。，．：？！；）》”’…—])"
)
HAN = re.compile(r"[\u3400-\u9fff]+")
NAME = re.compile(r"[A-Za-z_]\w*", re.ASCII)
PART = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+")
INTRODUCED = {
    "en": re.compile(r"<em>(.*?)</em>", re.DOTALL),
    "zh": re.compile(r"([\u3400-\u9fff]+)(?:</\w+>)?[”]?（[A-Za-z]"),
}


glossary: Glossary | None = None  # of the build in progress


def on_config(config: MkDocsConfig) -> MkDocsConfig:
    global glossary
    glossary = config.hooks["livedocs/hook.py"].course.glossary
    return config


@event_priority(-100)  # the search plugin has read the page
def on_page_context(context, page, config: MkDocsConfig, nav):
    index = config.plugins["material/search"].search_index
    if all("words" in entry for entry in index.entries):  # kept from an earlier build
        return context
    if page.file.src_uri == "glossary.md":
        split_glossary(index, page)
    language = Path(config.docs_dir).name
    introduced = terms_introduced(page.content, glossary, language)
    for entry in index.entries:
        if "words" not in entry:
            anchor = entry["location"].partition("#")[2]
            improve(entry, page, glossary.names(language), introduced.get(anchor, []))
    return context


def split_glossary(index, page) -> None:
    """Each term of the glossary is a result of its own."""
    index.entries = [entry for entry in index.entries if entry["location"] != page.url]
    content = TERM.sub(r'<h2 id="\1">\2</h2>', page.content)
    index.add_entry_from_context(
        SimpleNamespace(content=content, url=page.url, title=page.title, meta=page.meta, toc=[])
    )


def terms_introduced(content: str, glossary: Glossary, language: str) -> dict[str, list[str]]:
    """Terms of the glossary that a section introduces, by the anchor of the section.

    English sets a new term in italics, Chinese puts the English name in parentheses behind it.
    """
    names, found = glossary.names(language), {}
    _, *sections = HEADING.split(content)
    for level, anchor, text in zip(sections[::3], sections[1::3], sections[2::3]):
        for match in INTRODUCED[language].finditer(text):
            word = TAG.sub("", match[1]).lower()
            known = [n for n in names if word == n or language == "zh" and word.endswith(n)]
            found.setdefault("" if level == "1" else anchor, []).extend(
                known + [names[n] for n in known]
            )
    return found


def improve(entry: dict, page, names: dict[str, str], introduced: list[str]) -> None:
    """Adds the fields that are only searched to an entry of the index, and its weight."""
    entry["title"], entry["text"] = readable(entry["title"]), readable(entry["text"])
    title, text = plain(entry["title"]), entry["text"]
    term = ARTICLE.sub("", title.lower())
    same = [other for name, other in names.items() if name in term]
    alone = [term, names[term]] if term in names else []
    entry["topics"] = " ".join([*alone, *same, *introduced, *sorted(parts(entry["title"]))])
    entry["names"] = " ".join(plain(code) for code in CODE.findall(PRE.sub("", text)))
    entry["errors"] = " ".join(MESSAGE.findall(text))
    entry["page"] = HAN.sub(segmented, f"{page.title} {page.meta.get('description', '')}")
    entry["words"] = " ".join(sorted(parts(text)))
    entry["boost"] = entry.get("boost", 1) * weight(entry["location"])


def readable(text: str) -> str:
    """An entry as the results show it: no TeX, and no line that begins with a comma."""
    text = MATH.sub(lambda m: m[1] or (m[2] if m[2] and "\\" not in m[2] else "…"), text)
    return EDGE.sub("", text)


def segmented(run: re.Match) -> str:
    """The words of a run of Chinese characters, as the search plugin separates them."""
    return "\u200b".join(["", *jieba.cut(run[0]), ""])


def plain(text: str) -> str:
    """The text of an entry as it reads."""
    return html.unescape(TAG.sub("", text)).replace("\u200b", "")


def parts(text: str) -> set[str]:
    """Words inside the words of an entry: `entropy` of CrossEntropyLoss, 下降 of 梯度下降."""
    text = html.unescape(TAG.sub(" ", text))
    inside = {
        piece.lower()
        for name in set(NAME.findall(text))
        for piece in PART.findall(name)
        if len(piece) > 1
    }
    for run in set(HAN.findall(text.replace("\u200b", ""))):
        inside |= {word for word in jieba.cut(run, cut_all=True) if len(word) > 1}
    return inside - set(re.split(r"\W+", text.lower()))


def weight(location: str) -> float:
    """How much a section counts, by its place."""
    page, _, anchor = location.partition("#")
    if page.startswith("glossary/"):
        return GLOSSARY
    if anchor in LISTS:
        return LIST
    if anchor:
        return EXERCISE if anchor.startswith("exercise") else 1
    return CHAPTER if page.count("/") < 2 else PAGE
