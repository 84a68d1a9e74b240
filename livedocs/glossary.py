"""docs/glossary.yml: one source for the glossary page, figure labels and search words."""

import html
from functools import lru_cache
from pathlib import Path

import yaml

from livedocs.errors import PageError

HEADINGS = {
    "en": ("Glossary", "The terms of the course with their Chinese names; figures use them too."),
    "zh": ("术语表", "本课程的术语及其英文名称。图中的用词与此一致。"),
}  # fmt: skip
BRACKETS = {
    "en": ' (<span lang="{lang}">{name}</span>)',
    "zh": '（<span lang="{lang}">{name}</span>）',
}


@lru_cache
def read_glossary(stamp: tuple) -> "Glossary":
    """The glossary of a file, the same object as long as it is not edited."""
    return Glossary(stamp[0])


class Glossary:
    """Terms and figure labels in both languages.

    Raises PageError if the file is not YAML or a term lacks a name or a definition.
    """

    def __init__(self, path: Path):
        self._by_language: dict[str, dict[str, str]] = {}
        try:
            data = yaml.safe_load(path.read_text(encoding="utf-8"))
        except yaml.MarkedYAMLError as error:
            raise PageError(path, error.problem_mark.line + 1, str(error.problem)) from None
        if not isinstance(data, dict):
            raise PageError(path, 1, "the glossary holds `terms` and `labels`")
        self.terms: dict[str, dict] = data.get("terms") or {}
        self._labels: dict[str, str] = data.get("labels") or {}
        for key, term in self.terms.items():
            if not (term.get("en") and term.get("zh") and len(term.get("definition") or {}) == 2):
                line = path.read_text(encoding="utf-8").split(f"\n  {key}:")[0].count("\n") + 2
                raise PageError(path, line, f"term '{key}' needs en, zh and both definitions")

    def labels(self, language: str) -> dict[str, str]:
        """Lower-case English to Chinese for figures; empty for English, which needs none."""
        if language not in self._by_language:
            terms = {term["en"].lower(): term["zh"] for term in self.terms.values()}
            labels = terms | {en.lower(): zh for en, zh in self._labels.items()}
            self._by_language[language] = {} if language == "en" else labels
        return self._by_language[language]

    def words(self) -> list[str]:
        """Chinese terms, which search must not cut apart."""
        return sorted({term["zh"] for term in self.terms.values()})

    def names(self, language: str) -> dict[str, str]:
        """Lower-case terms of a language with their names in the other."""
        other = "zh" if language == "en" else "en"
        return {term[language].lower(): term[other] for term in self.terms.values()}

    def page(self, language: str) -> str:
        """The glossary page as Markdown."""
        title, lead = HEADINGS[language]
        other = "zh" if language == "en" else "en"
        lines = [f"# {title} {{ #glossary }}", "", lead, ""]
        for key, term in sorted(self.terms.items(), key=lambda item: item[1]["en"].lower()):
            name = html.escape(term[language])
            if term[other] != term[language]:
                lang = "zh-Hans" if other == "zh" else "en"
                name += BRACKETS[language].format(lang=lang, name=html.escape(term[other]))
            lines += [
                f"{name} {{ #{key} }}",
                f":   {term['definition'][language]}",
                "",
            ]
        return "\n".join(lines)
