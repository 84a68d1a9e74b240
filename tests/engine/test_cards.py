"""Social cards: drawn once, the same bytes each time, in Chinese only where a font can."""

import logging
import os
import re
from pathlib import Path

import pytest
from PIL import Image

from livedocs import cards, discovery
from livedocs.cards import Card, NoFont

ROOT = Path(__file__).parents[2]
ENGLISH = Card("Tiny course", "Chapter 3", "Data preparation and linear algebra")
CHINESE = Card("小课程", "第 3 章", "数据预处理与线性代数")


def drawn(card: Card, folder: Path) -> Path:
    try:
        return card.file(folder)
    except NoFont:
        message = "no font with Chinese characters (apt install fonts-noto-cjk)"
        pytest.fail(message) if os.environ.get("CI") else pytest.skip(message)


@pytest.mark.parametrize("card", [ENGLISH, CHINESE], ids=["en", "zh"])
def test_a_card_has_the_size_that_previews_ask_for_and_few_bytes(card, tmp_path):
    path = drawn(card, tmp_path)
    with Image.open(path) as image:
        assert (image.format, image.size) == ("PNG", (1200, 630))
    assert path.stat().st_size < 60_000


@pytest.mark.parametrize("card", [ENGLISH, CHINESE], ids=["en", "zh"])
def test_a_card_has_the_same_bytes_wherever_it_is_drawn(card, tmp_path):
    one, two = drawn(card, tmp_path / "one"), drawn(card, tmp_path / "two")
    assert one != two and one.name == two.name
    assert one.read_bytes() == two.read_bytes()


def test_a_card_is_drawn_once(tmp_path, monkeypatch):
    path = ENGLISH.file(tmp_path)
    monkeypatch.setattr(Card, "_image", lambda self: pytest.fail("drawn again"))
    assert ENGLISH.file(tmp_path) == path


def test_cards_with_other_words_are_other_files(tmp_path):
    other = Card(ENGLISH.site, "Chapter 4", ENGLISH.title)
    assert ENGLISH.file(tmp_path).read_bytes() != other.file(tmp_path).read_bytes()


@pytest.mark.parametrize(
    "title",
    ["Tensors", "Logistic regression and binary classification", "Initialization"],
)
def test_a_title_leaves_room_for_the_drawing(title):
    lines, font = cards._fitted(title, cards._fonts(chinese=False))
    assert " ".join(lines) == title
    assert len(lines) <= 2
    assert max(map(font.getlength, lines)) <= 2 * cards.TITLE_WIDTH


def test_a_long_title_is_cut_in_the_middle():
    assert cards._halved("Data preparation and linear algebra") == [
        "Data preparation",
        "and linear algebra",
    ]
    assert cards._halved("数据预处理与线性代数") == ["数据预处理", "与线性代数"]
    assert cards._halved("Tensors") == ["Tensors"]


def test_without_a_font_the_chinese_card_is_the_english_one_and_the_build_says_so(
    tmp_path, monkeypatch, caplog
):
    monkeypatch.setattr(cards, "CHINESE_FONTS", ("No such font",))
    with pytest.raises(NoFont):
        CHINESE.file(tmp_path)
    with caplog.at_level(logging.INFO):
        for card in (CHINESE, Card("小课程", "第 4 章", "自动微分")):
            assert discovery._drawn(card, ENGLISH, tmp_path) == ENGLISH.file(tmp_path)
    said = [x.levelname for x in caplog.records if "no font with Chinese" in x.getMessage()]
    assert said == ["INFO"]


def test_the_colours_are_those_of_the_site():
    known = "".join(
        (ROOT / "docs/assets" / name).read_text(encoding="utf-8")
        for name in ("stylesheets/extra.css", "logo.svg")
    )
    for color in (cards.BLUE, cards.PALE, cards.AMBER):
        assert re.search(color, known, re.IGNORECASE), color
