"""MkDocs hook: a page carries what its reader needs, and fetches nothing before it is wanted."""

import re
from pathlib import Path

from mkdocs.exceptions import PluginError

from livedocs.formulas import FormulaError, with_formulas

KATEX = "assets/katex/katex.min.js"
# Material fetches the search index with every page; only from file: it waits for a search.
EAGER = re.compile(r'location\.protocol!=="file:"(?=\),\w+\("search"\)\))')
# Names and spaces in code have the colour of the text around them.
PLAIN = re.compile(r'<span class="[nw]">([^<]*)</span>')


def on_config(config):
    config.extra["formulas_rendered"] = True  # so pages need no script for them
    return config


def on_files(files, config):
    """Let the theme's script wait for a search: the index is larger than any page."""
    for file in files:
        if re.fullmatch(r"assets/javascripts/bundle\.\w+\.min\.js", file.src_uri):
            file.content_string, found = EAGER.subn("false", file.content_string)
            if found != 1:
                raise PluginError(f"{file.src_uri} asks for the search index in a way unknown here")
    return files


def on_post_page(output: str, page, config) -> str:
    katex = Path(config.config_file_path).parent / "docs" / KATEX
    try:
        return with_formulas(PLAIN.sub(r"\1", output), katex)
    except FormulaError as error:
        raise PluginError(f"{page.file.src_uri}: {error}") from None
