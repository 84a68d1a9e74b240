"""Results are kept whole or not at all."""

import pytest

from livedocs.store import Store, write_atomically

KEY = "ab" + "0" * 62
RESULT = {"steps": [{"values": {"x": "损失 \u2028 🙂"}}, {"outputs": []}], "seconds": 0.25}


@pytest.fixture
def store(tmp_path):
    store = Store(tmp_path / "store")
    store.save(KEY, RESULT)
    return store


@pytest.fixture
def entry(store):
    return store.folder / "ab" / f"{KEY}.json"


def test_a_result_comes_back_as_it_was_saved(store):
    assert store.load(KEY) == RESULT


def test_a_result_is_found_by_another_store_of_the_same_folder(store):
    assert Store(store.folder).load(KEY) == RESULT


def test_an_unknown_key_gives_nothing(store):
    assert store.load("cd" + "0" * 62) is None


def test_a_result_can_be_replaced(store):
    store.save(KEY, {"steps": []})
    assert store.load(KEY) == {"steps": []}


@pytest.mark.parametrize(
    "damage",
    [
        lambda data: b"",
        lambda data: data[:-1],
        lambda data: data[:40],
        lambda data: data.replace(b"0.25", b"0.26"),
        lambda data: data + b"x",
        lambda data: b"\xff\xfe" + data,
        lambda data: data.split(b"\n", 1)[1],
    ],
    ids=["empty", "truncated", "only a checksum", "changed", "longer", "not UTF-8", "no checksum"],
)
def test_a_damaged_entry_gives_nothing(store, entry, damage):
    entry.write_bytes(damage(entry.read_bytes()))
    assert store.load(KEY) is None


def test_seconds_are_kept_by_page_and_merged(store):
    assert store.seconds() == {}
    store.save_seconds({"a": 1.0, "b": 2.0})
    store.save_seconds({"b": 3.0})
    assert store.seconds() == {"a": 1.0, "b": 3.0}


def test_damaged_seconds_count_as_none(store):
    (store.folder / "seconds.json").write_text("{", encoding="utf-8")
    assert store.seconds() == {}


def test_a_write_leaves_only_the_file(store, entry):
    assert list(entry.parent.iterdir()) == [entry]


def test_a_write_that_fails_leaves_the_old_file_and_no_temporary_one(tmp_path):
    path = tmp_path / "file"
    write_atomically(path, "old")
    with pytest.raises(UnicodeEncodeError):
        write_atomically(path, "new \ud800")
    assert path.read_text(encoding="utf-8") == "old"
    assert list(tmp_path.iterdir()) == [path]
