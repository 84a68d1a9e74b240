"""Terms of the glossary explain themselves where a page first uses them."""

import re
from html.parser import HTMLParser
from itertools import accumulate

from markdown import markdown

MOST = 12  # terms of a page; more would be noise
VOID = {"br", "col", "hr", "img", "input", "wbr"}
TITLES = {"h1", "h2", "h3", "h4", "h5", "h6", "em"}  # what stands there is a subject of the page
OTHERS = {"a", "button", "code", "dt", "figure", "label", "pre", "strong", "summary", "svg", "th"}
CLASSES = {"admonition-title", "arithmatex", "output", "output-table", "run-info"}
BORDERS = r"(?<![\w-])(?:{})(?![\w-])"
INTRODUCED = re.compile(r"\s*（[A-Za-z]")  # 轮次（epoch）


class Terms:
    """The terms of a language, found in the HTML of a page.

    terms: those of the glossary, by their anchor. One with `tooltip: false` is not explained,
    nor are the shorter terms within it.
    """

    def __init__(self, terms: dict[str, dict], language: str):
        longest_first = sorted(terms, key=lambda key: (-len(terms[key][language]), key))
        pattern, around = (_english, BORDERS) if language == "en" else (re.escape, "{}")
        patterns = {key: pattern(terms[key][language]) for key in longest_first}
        self.patterns = {key: re.compile(text) for key, text in patterns.items()}
        anything = "|".join(patterns.values()) or "(?!)"  # which matches nothing
        self.pattern = re.compile(around.format(anything))
        self.silent = {key for key, term in terms.items() if not term.get("tooltip", True)}
        self.definitions = {key: term["definition"][language] for key, term in terms.items()}

    def explain(self, content: str, glossary: str) -> str:
        """The HTML with links to the glossary, whose URL is given, and the definitions below.

        What the page has as a heading, in italics or with its English name is its own subject.
        """
        prose, titles = _texts(content)
        found = [(start, match) for start, text in prose for match in self._find(text)]
        own = self.silent | {self._key(match) for _, text in titles for match in self._find(text)}
        own |= {self._key(m) for _, m in found if INTRODUCED.match(m.string, m.end())}
        first = {}
        for start, match in found:
            if self._key(match) not in own and len(first) < MOST:
                first.setdefault(self._key(match), (start + match.start(), match[0]))
        for key, (place, text) in reversed(first.items()):
            link = f'<a class="term" href="{glossary}#{key}" aria-describedby="term-{key}">'
            content = f"{content[:place]}{link}{text}</a>{content[place + len(text) :]}"
        notes = [f'<p id="term-{key}">{self._definition(key)}</p>' for key in first]
        return f'{content}\n<div class="terms" hidden>{"".join(notes)}</div>' if notes else content

    def _find(self, text: str):
        return self.pattern.finditer(text)

    def _key(self, match: re.Match) -> str:
        return next(key for key, one in self.patterns.items() if one.fullmatch(match[0]))

    def _definition(self, key: str) -> str:
        return markdown(self.definitions[key]).removeprefix("<p>").removesuffix("</p>")


def _english(name: str) -> str:
    """A pattern for a term and its plural; capitals count only where the term has some."""
    stem, ending = re.escape(name), "(?:e?s)?"
    for singular, plural in (("y", "ies"), ("um", "a")):
        if name.endswith(singular):
            stem, ending = stem.removesuffix(singular), f"(?:{singular}|{plural})"
    words = stem.replace(r"\ ", r"\s+")
    if name != name.lower():
        return words + ending
    # The first letter apart from the others, so that most places are dismissed by one look.
    return f"[{name[0]}{name[0].upper()}](?i:{words[1:]}{ending})"


def _texts(content: str) -> tuple[list, list]:
    """(place, text) of the pieces of prose, and of headings and emphasized words."""
    reader = _Reader(content)
    return reader.prose, reader.titles


class _Reader(HTMLParser):
    def __init__(self, content: str):
        super().__init__(convert_charrefs=False)
        self.lines = [0, *accumulate(len(line) + 1 for line in content.split("\n"))]
        self.open, self.prose, self.titles = [], [], []
        self.feed(content)
        self.close()

    def handle_starttag(self, tag, attrs):
        if tag not in VOID:
            classes = set((dict(attrs).get("class") or "").split())
            self.open.append((tag, tag in OTHERS or bool(classes & CLASSES)))

    def handle_endtag(self, tag):
        while self.open and self.open.pop()[0] != tag:
            pass

    def handle_data(self, data):
        if any(other for _, other in self.open):
            return
        line, column = self.getpos()
        titled = any(tag in TITLES for tag, _ in self.open)
        (self.titles if titled else self.prose).append((self.lines[line - 1] + column, data))
