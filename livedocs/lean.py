"""MkDocs hook: a page carries what its reader needs, and fetches nothing before it is wanted."""

import re
from pathlib import Path

from mkdocs.exceptions import PluginError

from livedocs.formulas import FormulaError, with_formulas

KATEX = "assets/katex/katex.min.js"
# Material fetches the search index with every page: for a search to come, save from file:, where
# it waits for one; and to highlight the words of a search, had there been one.
EAGER = {
    r'location\.protocol!=="file:"(?=\),\w+\("search"\)\))': "false",
    r'\w+\("search\.highlight"\)(?=\?\w+\(e,\{index\$:)': "/[?&]h=/.test(location.search)",
}
# Names and spaces in code have the colour of the text around them.
PLAIN = re.compile(r'<span class="[nw]">([^<]*)</span>')


def on_config(config):
    config.extra["formulas_rendered"] = True  # so pages need no script for them
    return config


def on_files(files, config):
    """Let the theme's script wait for a search: the index is larger than any page."""
    [bundle] = (f for f in files if re.fullmatch(r"assets/javascripts/bundle\..*\.js", f.src_uri))
    for eager, patient in EAGER.items():
        bundle.content_string, found = re.subn(eager, patient, bundle.content_string)
        if found != 1:
            raise PluginError(f"{bundle.src_uri} asks for the search index in a way unknown here")
    return files


def on_post_page(output: str, page, config) -> str:
    katex = Path(config.config_file_path).parent / "docs" / KATEX
    try:
        # In a notebook, what lies between two dollars may be no formula but a value of the run.
        strict = not page.file.src_uri.endswith(".ipynb")
        memo = config.hooks["livedocs/conversion.py"].conversions.memo
        return with_formulas(PLAIN.sub(r"\1", output), katex, strict, memo)
    except FormulaError as error:
        raise PluginError(f"{page.file.src_uri}: {error}") from None
