"""Formulas as HTML before the browser sees them, by the KaTeX that the site carries."""

import html
import json
import re
from functools import cache
from pathlib import Path

import quickjs

# What arithmatex leaves: \(...\) in a span, \[...\] in a div.
FORMULA = re.compile(r'<(?P<tag>span|div) class="arithmatex">(?P<tex>[^<]*)</(?P=tag)>')


class FormulaError(Exception):
    """A formula that KaTeX cannot read."""


def with_formulas(page: str, katex: Path, strict: bool = True) -> str:
    """The HTML of a page with its formulas rendered. katex: path of katex.min.js.

    Raises FormulaError with the formula and what is wrong with it; if not `strict`, such a formula
    stays the text between two dollars that it was.
    """

    def rendered(match: re.Match) -> str:
        tex = html.unescape(match["tex"]).strip()
        try:
            formula = _render(katex, tex[2:-2], tex.startswith("\\["))
        except FormulaError:
            if strict:
                raise
            return f"${match['tex'].strip()[2:-2]}$"
        return f'<{match["tag"]} class="arithmatex">{formula}</{match["tag"]}>'

    return FORMULA.sub(rendered, page)


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
