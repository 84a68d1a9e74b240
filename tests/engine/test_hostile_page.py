"""A page and a notebook full of hostile outputs, in Chromium: nothing of them is executed."""

import functools
import http.server
import shutil
import threading
from pathlib import Path

import pytest

ASSETS = Path(__file__).parents[2] / "docs" / "assets"

PAGE = """\
---
description: Hostile outputs.
---
# Hostile {{ '<script>window.hostile = 1</script>' }} { #t }

Cell one.

```python
attack = "window.hostile = 1"
x = f"<script>{attack}</script><img src=x onerror='{attack}'></pre></div></title></script>"
x += " [a](javascript:hostile) \\x1b[31mred\\x1b[0m\\x1b]0;title\\x07 \\u202etxt.exe"
print("printed", x, "\\n```\\n/// html | script\\n///")
```

Value {{ x }}, `{{ x }}`, ${{ x }}$.

```python
import pandas as pd
pd.DataFrame([[x, "`$a$"]], columns=[x, "b"], index=[x])
```

```python
pd.DataFrame([["styled " + x]]).style
```

```python
class Loud:
    def __repr__(self):
        return "plain " + x

    def _repr_html_(self):
        cell = f"<td onmouseover='{attack}'>marked {x}</td>"
        return f"<table><tr>{cell}</tr></table>{x}<iframe src=x>"

Loud()
```

```{.python raises=ValueError}
raise ValueError("raised " + x)
```

```python
from IPython.display import SVG
SVG(f'''<svg xmlns="http://www.w3.org/2000/svg" width="90" height="40" onload="{attack}">
<script>{attack}</script><style>@import url(https://a.example);</style>
<foreignObject width="90" height="40"><img xmlns="http://www.w3.org/1999/xhtml" src="x"
onerror="{attack}"/></foreignObject>
<a href="javascript:hostile"><text y="20">drawn</text></a></svg>''')
```

![Drawing of {{ x }} with words.](figure)

/// caption
Caption {{ x }}
///

```{.python hide}
import matplotlib.pyplot as plt
plt.figure(figsize=(4, 1))
plt.title("label " + x.split(" [")[0]);  # no font has control characters
```

![Plot of {{ x }} with words.](figure)

/// caption
Caption {{ x }}
///

```python
print("\\n".join(["long <b>line</b>"] * 100_000))
```
"""
WORDS = ["printed", "Value", "styled", "marked", "raised", "drawn", "label", "Caption"]


@pytest.fixture(scope="module")
def built(make_tiny, tmp_path_factory):
    """Address of a site of hostile outputs."""
    tiny = make_tiny(tmp_path_factory.mktemp("hostile"))
    tiny.page("basics/sum", PAGE)
    tiny.edit("mkdocs.yml", "site_url: https://example.org/course/", "site_url: ''")
    shutil.copytree(ASSETS, tiny.project.docs / "assets", dirs_exist_ok=True)  # KaTeX runs as well
    result = tiny.python("mkdocs", "build", "--strict", "-q")
    assert result.returncode == 0, result.stderr[-3000:]
    handler = functools.partial(_Handler, directory=str(tiny.root / "site"))
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/"
    server.shutdown()


class _Handler(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *_):
        pass


@pytest.mark.parametrize(
    "language, note", [("", "99,710 lines not shown"), ("zh/", "此处省略 99,710 行")]
)
@pytest.mark.parametrize("path", ["basics/sum/", "basics/notebook/"])
def test_hostile_outputs_are_text_in_the_browser(built, browser, path, language, note):
    page, events, requests = browser.new_page(), [], []
    page.on("dialog", lambda dialog: (events.append(dialog.message), dialog.dismiss()))
    page.on("pageerror", lambda error: events.append(str(error)))
    page.on(
        "request", lambda request: events.append(request.url) if built not in request.url else None
    )
    page.on("requestfailed", lambda request: events.append(request.url))
    page.goto(built + language + path)
    page.wait_for_load_state("networkidle")
    content = page.locator(".md-content")
    content.get_by_text("marked").last.hover()
    assert page.evaluate("window.hostile") is None
    assert events == []
    assert [url for url in requests if not url.startswith((built, "data:"))] == []
    text = content.text_content()
    for word in WORDS:
        assert word in text
    assert text.count("<script>window.hostile = 1</script>") >= 8
    assert note in text
    assert (
        content.locator(
            "iframe, foreignObject, img:not([src^=figure-]), [onload], [onerror], [onmouseover]"
        ).count()
        == 0
    )
    assert page.title().startswith("Hostile <script>") or "notebook" in path
    page.close()
