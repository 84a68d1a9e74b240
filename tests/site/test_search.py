"""Material's own search worker, in Node, over the built index."""

import gzip
import json
import re
import string
import subprocess
from pathlib import Path

import pytest
import yaml

PROGRAM = Path(__file__).with_name("search.mjs")
QUERIES = yaml.safe_load(Path(__file__).with_name("search_queries.yml").read_text("utf-8"))
BEGINNINGS = [f"{sign}*" for sign in string.ascii_lowercase + string.digits]
NOWHERE = ["xylophone", "木琴"]
FOLDERS = {"en": "", "zh": "zh"}
BUDGET = {"en": 337_000, "zh": 466_000}  # bytes of the index, gzipped: 1.25 times 269 and 372 kB


def search(node: str, site: Path, queries: list[str]) -> dict[str, list[list[str]]]:
    """For each query the pages found, the best first, each with its matching sections."""
    command, text = [node, str(PROGRAM), str(site)], json.dumps(queries)
    result = subprocess.run(command, input=text, capture_output=True, text=True)
    assert result.returncode == 0, result.stderr
    return json.loads(result.stdout)


def rank(found: list[list[str]], places) -> int | None:
    """The place in the list at which the box shows one of the sections, from 1."""
    places = [places] if isinstance(places, str) else places
    shown = [sections[0] for sections in found if sections]
    for number, location in enumerate(shown, 1):
        for place in places:
            if location == place or "#" not in place and location.startswith(place):
                return number
    return None


@pytest.fixture(scope="module", params=FOLDERS)
def language(request) -> str:
    return request.param


@pytest.fixture(scope="module")
def folder(site, language) -> Path:
    return site / FOLDERS[language]


@pytest.fixture(scope="module")
def index(folder) -> list[dict]:
    return json.loads((folder / "search/search_index.json").read_text("utf-8"))["docs"]


@pytest.fixture(scope="module")
def found(node, folder, language) -> dict[str, list[list[str]]]:
    return search(node, folder, [*QUERIES[language], *BEGINNINGS, *NOWHERE])


@pytest.fixture
def ranks(found, language) -> dict[str, int | None]:
    return {query: rank(found[query], places) for query, places in QUERIES[language].items()}


def test_every_expected_section_exists(index, language):
    locations = [doc["location"] for doc in index]
    for query, places in QUERIES[language].items():
        for place in [places] if isinstance(places, str) else places:
            known = (
                place in locations if "#" in place else any(x.startswith(place) for x in locations)
            )
            assert known, f"{query}: {place}"


def test_the_section_that_explains_it_is_among_the_first_three(ranks):
    assert {query: rank for query, rank in ranks.items() if rank is None or rank > 3} == {}


def test_the_section_that_explains_it_is_first_for_nine_queries_in_ten(ranks):
    later = [query for query, rank in ranks.items() if rank != 1]
    assert len(later) <= len(ranks) / 10, later


def test_words_may_begin_with_any_letter_or_digit(found):
    assert [beginning for beginning in BEGINNINGS if not found[beginning]] == []


def test_a_word_that_stands_nowhere_is_not_found(found):
    assert {word: found[word] for word in NOWHERE} == dict.fromkeys(NOWHERE, [])


def test_notebooks_do_not_repeat_the_pages_in_the_index(index):
    assert [doc["location"] for doc in index if "notebook/" in doc["location"]] == []


def test_labels_of_figures_are_not_in_the_index(folder, index):
    checked = 0
    for page in sorted({doc["location"].partition("#")[0] for doc in index}):
        html = (folder / page / "index.html").read_text("utf-8")
        labels = set(re.findall(r"<text[^>]*>([^<]{6,})</text>", html))
        said = re.sub(r"<svg.*?</svg>|<[^>]*>|\\[()]", "", html, flags=re.DOTALL)
        texts = [doc["text"] for doc in index if doc["location"].partition("#")[0] == page]
        indexed = re.sub(r"<[^>]*>|\u200b", "", " ".join(texts))
        only_in_figures = [label for label in labels if label not in " ".join(said.split())]
        assert [label for label in only_in_figures if label in indexed] == [], page
        checked += len(only_in_figures)
    assert checked > 100


def test_results_show_neither_tex_nor_permalinks(index):
    for doc in index:
        prose = re.sub(r"<pre>.*?</pre>", "", doc["text"], flags=re.DOTALL)
        assert "\\(" not in prose and "\\[" not in prose and "¶" not in prose + doc["title"], doc
        assert not re.search(r"\u200b[，。；：！？、）]", prose + doc["title"]), doc


def test_the_index_keeps_its_budget(folder, language):
    size = len(gzip.compress((folder / "search/search_index.json").read_bytes()))
    assert size <= BUDGET[language]
