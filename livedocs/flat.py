"""MkDocs hook: links for a site that is read without a server, where a page is a file.

MkDocs minds that in Markdown (`use_directory_urls: false`). HTML that the engine writes takes each
page for a directory; here such links get the names of files.
"""

import re
from posixpath import dirname, join, normpath

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import Files
from mkdocs.utils import get_relative_url

LINK = re.compile(r'\b(href|src)="([^":#?]+)((?:#[^"]*)?")')

site: Files | None = None  # of the language that is being built


def on_env(env, config: MkDocsConfig, files: Files):
    global site
    site = files
    return env


def on_post_page(output: str, page, config: MkDocsConfig) -> str:
    if config.use_directory_urls:
        return output
    known = {file.url for file in site}
    directory = re.sub(r"(index)?\.\w+$", "", page.file.src_uri)

    def with_file(match: re.Match) -> str:
        if normpath(join(dirname(page.url), match[2])) in known:
            return match[0]
        path = normpath(join(directory, match[2]))
        for name in (path, f"{path}.md", f"{path}.ipynb", normpath(f"{path}/index.md")):
            if file := site.get_file_from_path(name):
                return f'{match[1]}="{get_relative_url(file.url, page.url)}{match[3]}'
        return match[0]

    return LINK.sub(with_file, output)
