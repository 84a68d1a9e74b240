"""Formulas as HTML before the browser sees them, by the KaTeX that the site carries."""

import html
import json
import re
from functools import cache
from pathlib import Path

import quickjs

from livedocs.includes import stamp

# What arithmatex leaves: \(...\) in a span, \[...\] in a div.
FORMULA = re.compile(r'<(?P<tag>span|div) class="arithmatex">(?P<tex>[^<]*)</(?P=tag)>')


class FormulaError(Exception):
    """A formula that KaTeX cannot read."""


def with_formulas(page: str, katex: Path, strict: bool = True, memo=None) -> str:
    """The HTML of a page with its formulas rendered. katex: path of katex.min.js.

    memo: keeps what was rendered. Raises FormulaError with the formula and what is wrong with it;
    if not `strict`, such a formula stays the text between two dollars that it was.
    """
    found = [(match["tag"], match["tex"]) for match in FORMULA.finditer(page)]
    if not found:
        return page

    def render() -> list[str]:
        return [_rendered(tag, html.unescape(tex).strip(), katex, strict) for tag, tex in found]

    rendered = iter(memo(render, "formulas", found, stamp(katex), strict) if memo else render())
    return FORMULA.sub(lambda match: next(rendered), page)


def _rendered(tag: str, tex: str, katex: Path, strict: bool) -> str:
    try:
        formula = _render(katex, tex[2:-2], tex.startswith("\\["))
    except FormulaError:
        if strict:
            raise
        return f"${html.escape(tex[2:-2], quote=False)}$"
    return f'<{tag} class="arithmatex">{formula}</{tag}>'


@cache
def _render(katex: Path, tex: str, display: bool) -> str:
    try:
        return json.loads(_renderer(katex)(tex, display))
    except quickjs.JSException as error:
        raise FormulaError(f"{tex}: {str(error).splitlines()[0]}") from None


@cache
def _renderer(katex: Path):
    context = quickjs.Context()
    context.eval(katex.read_text(encoding="utf-8"))
    # As JSON, since quickjs cannot hand over a string that it holds in pieces.
    return context.eval(
        "(tex, displayMode) => JSON.stringify(katex.renderToString(tex, { displayMode }))"
    )
