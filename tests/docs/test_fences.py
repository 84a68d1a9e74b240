"""No fence of any page escapes the tests."""

import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
OPENING = re.compile(r"^\s*(`{3,}|~{3,})\s*\{?\s*\.?(python3?|py)\b(?P<options>.*)$")


def python_fences(text: str) -> int:
    """Count opening lines of Python fences, without the engine's parser."""
    count, closing = 0, None
    for line in text.splitlines():
        if closing:
            if line.strip() == closing:
                closing = None
        elif match := re.match(r"^\s*(`{3,}|~{3,})", line):
            closing = match[1]
            python = OPENING.match(line)
            count += bool(python) and "notest" not in python["options"]
    return count


def test_every_fence_is_collected_once():
    pages = [*sorted((ROOT / "docs").rglob("*.md")), ROOT / "README.md"]
    expected = {
        page.relative_to(ROOT).as_posix(): count
        for page in pages
        if (count := python_fences(page.read_text(encoding="utf-8")))
    }
    command = [sys.executable, "-m", "pytest", "--collect-only", "-q", "docs", "README.md"]
    listing = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    collected = {}
    for line in listing.splitlines():
        if "CodeFence#" in line:
            page = line.split("::")[0]
            collected[page] = collected.get(page, 0) + 1
    assert sum(expected.values()) > 100
    assert collected == expected
