"""A page's code as one script: runs to its end, and editors see the cells of the page."""

import ast
import builtins
import re
import sys

from livedocs.language import localize
from livedocs.pages import Page, Text

PYPLOT = "import matplotlib.pyplot as plt"
INSTALLED_AS = {"sklearn": "scikit-learn"}
MAGIC = re.compile(r"^(?=\s*[%!])", re.MULTILINE)
WORDS = {
    "en": {"needs": "Needs: pip install", "shown": "Only shown on the page, not run:",
           "invalid": "No valid Python, as the page explains:"},
    "zh": {"needs": "需要：pip install", "shown": "页面上只展示、不运行：",
           "invalid": "这段代码有语法错误，原因见页面："},
}  # fmt: skip


def page_script(page: Page, result: dict) -> str:
    """The cells of a page, each below a `# %%` line; empty if it has none.

    Comments are in the language of the page. Errors that the page shows are caught and printed.
    """
    words, outputs = WORDS[page.language], iter(result["steps"][1::2])
    title, parts, needs, known = page.title, [], set(), False
    for block in page.blocks:
        if isinstance(block, Text):
            title = _last_heading(block) or title
            continue
        code = _python(localize(block.code, page.language).strip("\n"), words)
        if not block.runs:
            code = _commented(f"{words['shown']}\n{code}")
        elif "raises" in block.options:
            next(outputs)
            code = _caught(code, block.options["raises"])
        else:
            needs |= _packages(code)
            if _draws(next(outputs)["outputs"]):
                code = _shown(code, known)
            known = known or PYPLOT in code
        parts.append(f"# %% {title}\n{code}\n")
    return "\n".join([_head(page, needs, words), *parts]) if parts else ""


def _last_heading(text: Text) -> str:
    headings = Page(text.lines[0].path, "", "", {}, (text,)).headings
    return headings[-1][1] if headings else ""


def _head(page: Page, needs: set[str], words: dict[str, str]) -> str:
    lines = [page.title, page.meta.get("description", "")]
    lines += [f"{words['needs']} {' '.join(sorted(needs))}"] if needs else []
    return _commented("\n".join(line for line in lines if line)) + "\n"


def _packages(code: str) -> set[str]:
    """What has to be installed for the imports of the code."""
    names = set()
    for node in ast.walk(ast.parse(code)):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names.add(node.module)
    roots = {name.partition(".")[0] for name in names} - sys.stdlib_module_names
    return {INSTALLED_AS.get(root, root) for root in roots}


def _python(code: str, words: dict[str, str]) -> str:
    """The code without commands to the notebook; as a comment if it is no Python even then."""
    for text in (code, MAGIC.sub("# ", code)):
        try:
            ast.parse(text)
            return text
        except SyntaxError:
            pass
    return _commented(f"{words['invalid']}\n{code}")


def _commented(text: str) -> str:
    return "\n".join(f"# {line}".rstrip() for line in text.split("\n"))


def _caught(code: str, error: str) -> str:
    """The code in a `try` block; where the page shows a warning, it is raised as it was there."""
    expected = getattr(builtins, error, Exception)
    first = ""
    if issubclass(expected, Warning):
        first = "import warnings\n\n"
        strict = f'warnings.simplefilter("error")\n{code}'
        code = f"with warnings.catch_warnings():\n{_indented(strict)}"
    caught = f"except {expected.__name__} as error:\n"
    printed = '    print(f"{type(error).__name__}: {error}")'
    return f"{first}try:\n{_indented(code)}\n{caught}{printed}"


def _indented(code: str) -> str:
    """The code as the body of a block; lines inside a string keep their beginning."""
    tree, inside = ast.parse(code), set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant | ast.JoinedStr):
            inside |= set(range(node.lineno + 1, node.end_lineno + 1))
    lines = [
        line if number in inside or not line else f"    {line}"
        for number, line in enumerate(code.split("\n"), 1)
    ]
    return "\n".join(lines if tree.body else [*lines, "    pass"])


def _draws(outputs: list[dict]) -> bool:
    return any("image/svg+xml" in output.get("data", {}) for output in outputs)


def _shown(code: str, known: bool) -> str:
    """The code, and then its figure in a window; known: whether pyplot has its name."""
    first = "" if known or PYPLOT in code else f"{PYPLOT}\n\n"
    return f"{first}{code}\n\nplt.show()"
