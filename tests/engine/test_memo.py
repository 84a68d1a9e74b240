"""What was made once is not made again, and is never the wrong thing."""

import logging

import pytest

from livedocs.memo import Memo


@pytest.fixture
def glossary(tmp_path):
    path = tmp_path / "glossary.yml"
    path.write_text("terms: {}\n", encoding="utf-8")
    return path


@pytest.fixture
def memo(tmp_path, glossary):
    return Memo(tmp_path / "memo", glossary)


class Maker:
    """Counts how often it makes its value."""

    def __init__(self, value):
        self.value, self.times = value, 0

    def __call__(self):
        self.times += 1
        return self.value


@pytest.mark.parametrize("value", ["text", "", [], {"a": ["中文", 1]}, 0])
def test_a_value_is_made_once_for_the_same_inputs(memo, value):
    make = Maker(value)
    assert [memo(make, "page", {"x": 1}) for _ in range(3)] == [value] * 3
    assert make.times == 1


def test_other_inputs_make_another_value(memo):
    assert memo(Maker("a"), "page", "1") == "a"
    assert memo(Maker("b"), "page", "2") == "b"
    assert memo(Maker("c"), "notebook", "1") == "c"
    assert memo(Maker("d"), "page", "1") == "a"


def test_a_new_build_finds_what_was_made_and_a_new_glossary_or_setting_does_not(
    memo, tmp_path, glossary
):
    memo(Maker("old"), "page")
    assert Memo(tmp_path / "memo", glossary)(Maker("new"), "page") == "old"
    assert Memo(tmp_path / "memo", glossary, "setting")(Maker("new"), "page") == "new"
    glossary.write_text("terms: {x: {}}\n", encoding="utf-8")
    assert Memo(tmp_path / "memo", glossary)(Maker("newer"), "page") == "newer"


def test_a_damaged_value_is_told_and_made_again(memo, tmp_path, caplog):
    memo(Maker("good"), "page")
    [entry] = (tmp_path / "memo").glob("*/*.json")
    entry.write_text(entry.read_text("utf-8").replace("good", "evil"), encoding="utf-8")
    with caplog.at_level(logging.INFO, "mkdocs.livedocs"):
        assert memo(Maker("good again"), "page") == "good again"
    assert f"{entry} is damaged" in caplog.text and "it is made again" in caplog.text
    assert memo(Maker("never"), "page") == "good again"


def test_without_room_on_the_disk_the_value_is_there_all_the_same(memo, monkeypatch):
    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("livedocs.store.write_atomically", full)
    make = Maker("value")
    assert [memo(make, "page") for _ in range(2)] == ["value"] * 2
    assert make.times == 2


def test_an_error_is_no_value(memo):
    def fail():
        raise ValueError("broken page")

    for _ in range(2):
        with pytest.raises(ValueError, match="broken page"):
            memo(fail, "page")
    assert memo(Maker("mended"), "page") == "mended"


def test_what_was_not_used_is_forgotten_but_for_the_last_few(memo, tmp_path):
    for number in range(10):
        memo(Maker(number), "page", number)
    left = tmp_path / "memo"
    (tmp_path / "memo").rename(tmp_path / "other")
    later = Memo(tmp_path / "other", tmp_path / "glossary.yml")
    for number in range(3):
        assert later(Maker(None), "page", number) == number
    later.trim()
    assert not left.exists() and len(list((tmp_path / "other").glob("*/*.json"))) == 6
    assert later(Maker("made again"), "page", 2) == 2
