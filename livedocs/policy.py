"""MkDocs hook: every page forbids itself what it does not need (Content-Security-Policy)."""

import base64
import hashlib
import re

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.plugins import event_priority

DIRECTIVES = {
    "default-src": "'none'",
    "script-src": "'self'",
    # The theme, figures and formulas set style="..." attributes, which no hash can allow.
    "style-src": "'self' 'unsafe-inline'",
    "img-src": "'self' data:",
    "font-src": "'self'",
    "connect-src": "'self'",
    "worker-src": "'self'",
    "manifest-src": "'self'",
    "base-uri": "'self'",
    "form-action": "'self'",
    "object-src": "'none'",
}
INLINE_SCRIPT = re.compile(r"<script>(.*?)</script>", re.DOTALL)
FIRST = '<meta charset="utf-8">'  # the policy holds for what comes after it

serving = False


def on_startup(command: str, dirty: bool) -> None:
    global serving
    serving = command == "serve"


@event_priority(-100)  # the last to see a page
def on_post_page(output: str, page, config: MkDocsConfig) -> str:
    return with_policy(output, loose=_loose(config))


@event_priority(-100)
def on_post_template(output_content: str, template_name: str, config: MkDocsConfig) -> str:
    if not template_name.endswith(".html"):
        return output_content
    return with_policy(output_content, loose=_loose(config))


def _loose(config: MkDocsConfig) -> bool:
    """Whether scripts run that no build knows: `mkdocs serve` reloads pages by one, and without
    a server search is one that the theme's worker writes into a frame."""
    return serving or "material/offline" in config.plugins


def with_policy(html: str, loose: bool = False) -> str:
    """The page with its policy as the first thing after its encoding.

    Inline scripts are allowed by hash, or all of them if `loose`.
    """
    hashes = dict.fromkeys(map(source_hash, INLINE_SCRIPT.findall(html)))  # each once, in order
    scripts = ["'unsafe-inline'"] if loose else hashes
    sources = DIRECTIVES | {"script-src": " ".join([DIRECTIVES["script-src"], *scripts])}
    policy = "; ".join(f"{name} {value}" for name, value in sources.items())
    tag = f'<meta http-equiv="Content-Security-Policy" content="{policy}">'
    return html.replace(FIRST, f"{FIRST}\n      {tag}", 1)


def source_hash(script: str) -> str:
    """An inline script as a policy names it."""
    digest = hashlib.sha256(script.encode()).digest()
    return f"'sha256-{base64.b64encode(digest).decode()}'"
