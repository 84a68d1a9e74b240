"""How soon a first visitor on a slow phone connection can read, and whether the text then moves.

    python tests/bench/first_visit.py SITE [PATH ...]

serves the built SITE with gzip and visits each page five times, with an empty cache, at what
Lighthouse calls slow 4G: 1.6 Mbit/s, 150 ms to an answer, a processor four times slower. The
figures are the browser's own performance entries; the table shows their medians.
"""

import argparse
import contextlib
import gzip
import http.server
import statistics
import threading
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright
from rich.console import Console
from rich.table import Column, Table

CHROMIUM = "/usr/bin/chromium"
NETWORK = {
    "offline": False,
    "latency": 150,
    "downloadThroughput": 1.6e6 / 8,
    "uploadThroughput": 0.75e6 / 8,
}
SLOWDOWN = 4
RUNS = 5
LIMITS = {"first paint": 1500, "largest text": 1500, "shift": 0.02}
PHONE = {"width": 412, "height": 823}
PAGES = [
    "",
    "gradient_descent/sgd/",
    "linear_regression/scratch/",
    "cnn/train/",
    "gradient_descent/notebook/",
    "glossary/",
]
COMPRESSED = (".html", ".css", ".js", ".json", ".svg")

# Half a second after the page is loaded, fonts and what scripts draw are there.
ENTRIES = """
async () => {
  const read = type => new Promise(resolve => {
    new PerformanceObserver((list, observer) => {
      observer.disconnect()
      resolve(list.getEntries())
    }).observe({ type, buffered: true })
    setTimeout(resolve, 1000, [])
  })
  await new Promise(resolve => setTimeout(resolve, 500))
  const [paints, largest, shifts] =
    await Promise.all(["paint", "largest-contentful-paint", "layout-shift"].map(read))
  return {
    "first paint": paints.find(entry => entry.name == "first-contentful-paint").startTime,
    "largest text": largest.at(-1).startTime,
    element: largest.at(-1).element?.tagName ?? "",
    shift: shifts.reduce((sum, entry) => sum + (entry.hadRecentInput ? 0 : entry.value), 0),
    KB: performance.getEntries().reduce((sum, entry) => sum + (entry.transferSize ?? 0), 0) / 1000,
    moved: shifts.flatMap(entry => entry.sources.map(source =>
      `${Math.round(entry.startTime)} ms ${entry.value.toFixed(3)} `
      + `${source.node?.nodeName} ${source.node?.className ?? ""}`)),
  }
}
"""


class Handler(http.server.SimpleHTTPRequestHandler):
    """Files of a folder, compressed as a web server would."""

    protocol_version = "HTTP/1.1"
    folder: Path

    def do_GET(self):
        path = self.folder / self.path.split("?")[0].lstrip("/")
        path = path / "index.html" if path.is_dir() else path
        if not path.is_file():
            self.send_error(404)
            return
        content = path.read_bytes()
        self.send_response(200)
        self.send_header("Content-Type", self.guess_type(str(path)))
        if path.suffix in COMPRESSED:
            content = gzip.compress(content, 6)
            self.send_header("Content-Encoding", "gzip")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_):
        pass


@contextlib.contextmanager
def served(folder: Path):
    """The address at which a folder can be visited."""
    handler = type("FolderHandler", (Handler,), {"folder": folder})
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/"
    finally:
        server.shutdown()


def visit(browser: Browser, url: str) -> dict:
    """The entries of one visit with an empty cache."""
    context = browser.new_context(viewport=PHONE, device_scale_factor=2)
    page = context.new_page()
    devtools = context.new_cdp_session(page)
    devtools.send("Network.enable")
    devtools.send("Network.emulateNetworkConditions", NETWORK)
    devtools.send("Emulation.setCPUThrottlingRate", {"rate": SLOWDOWN})
    page.goto(url, wait_until="load", timeout=60_000)
    entries = page.evaluate(ENTRIES)
    context.close()
    return entries


def _cell(key: str, value: float) -> str:
    text = f"{value:.3f}" if key == "shift" else f"{value:.0f}"
    return f"[red]{text}[/]" if value > LIMITS.get(key, value) else text


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("site", type=Path)
    parser.add_argument("paths", nargs="*", default=[p + q for p in ("", "zh/") for q in PAGES])
    parser.add_argument("--moved", action="store_true", help="list what moved in the last run")
    arguments = parser.parse_args()
    table = Table(
        Column("page", no_wrap=True), "first paint ms", "largest text ms", "shift", "KB", "largest"
    )
    with served(arguments.site) as base, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        for path in arguments.paths:
            runs = [visit(browser, base + path) for _ in range(RUNS)]
            median = {key: statistics.median(run[key] for run in runs) for key in (*LIMITS, "KB")}
            cells = [_cell(key, value) for key, value in median.items()]
            table.add_row(path or "home", *cells, runs[-1]["element"])
            if arguments.moved:
                print(path, *runs[-1]["moved"], sep="\n  ")
        browser.close()
    Console().print(table)


if __name__ == "__main__":
    main()
