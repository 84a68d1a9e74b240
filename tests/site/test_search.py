"""Material's own search worker, in Node, over the built index."""

import json
import subprocess
from pathlib import Path

import pytest

PROGRAM = Path(__file__).with_name("search.mjs")
QUERIES = {
    "": ["learning rate", "stochastic", "cross-correlation", "reshape", "mini-batch", "randperm"],
    "zh": ["反向传播", "链式法则", "学习率", "梯度", "张量", "小批量"],
}


def search(node: str, site: Path, *queries: str) -> dict[str, list[str]]:
    """Locations found for each query, the best first."""
    command = [node, str(PROGRAM), str(site), *queries]
    output = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    return json.loads(output)


@pytest.mark.parametrize("language", QUERIES, ids=["en", "zh"])
def test_words_are_found_in_their_language(node, site, language):
    queries = QUERIES[language]
    results = search(node, site / language, *queries)
    assert {query: bool(results[query]) for query in queries} == dict.fromkeys(queries, True)


@pytest.mark.parametrize(
    ("language", "query", "expected"),
    [
        ("", "saddle point", "gradient_descent/saddle/"),
        ("", "feature map", "cnn/"),
        ("zh", "随机梯度下降", "gradient_descent/sgd/"),
        ("zh", "鞍点", "gradient_descent/saddle/"),
    ],
)
def test_the_section_that_explains_a_term_is_among_the_first_three(
    node, site, language, query, expected
):
    found = search(node, site / language, query)[query]
    pages = list(dict.fromkeys(location.split("#")[0] for location in found))
    assert any(page.startswith(expected) for page in pages[:3])


def test_notebooks_do_not_repeat_the_pages_in_the_index(site):
    index = json.loads((site / "search" / "search_index.json").read_text(encoding="utf-8"))
    assert not [doc for doc in index["docs"] if "notebook/" in doc["location"]]


def test_a_word_that_stands_nowhere_is_not_found(node, site):
    assert search(node, site, "xylophone") == {"xylophone": []}
