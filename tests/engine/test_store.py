"""Results are kept whole or not at all."""

import os
import re
import shutil
import time

import pytest

from livedocs.store import DamagedError, Store, write_atomically

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
        lambda data: data.replace(b"\n", b"\n\n", 1),
    ],
    ids=[
        "empty",
        "truncated",
        "only a checksum",
        "changed",
        "longer",
        "not UTF-8",
        "no version",
        "a line more",
    ],
)
def test_a_damaged_entry_is_told_and_never_read(store, entry, damage):
    entry.write_bytes(damage(entry.read_bytes()))
    with pytest.raises(DamagedError, match=re.escape(str(entry))):
        store.load(KEY)


def test_an_entry_of_another_version_is_told(store, entry):
    entry.write_text(entry.read_text(encoding="utf-8").replace("store 1", "store 2"))
    with pytest.raises(DamagedError, match="of another version"):
        store.load(KEY)


def test_the_entry_of_another_key_is_damaged(store, entry):
    other = "ab" + "1" * 62
    entry.rename(entry.with_stem(other))
    with pytest.raises(DamagedError, match="checksum"):
        store.load(other)


def test_seconds_are_kept_by_page_and_merged(store):
    assert store.seconds() == {}
    for name, seconds in (("a/x.y", 1.0), ("b", 2.0), ("b", 3.0)):
        store.save_seconds(name, seconds)
    assert store.seconds() == {"a/x.y": 1.0, "b": 3.0}


def test_damaged_seconds_count_as_none(store):
    store.save_seconds("a", 1.0)
    (store.folder / "seconds" / "a").write_text("{", encoding="utf-8")
    assert store.seconds() == {}


def test_stores_merge_by_copying(store, tmp_path):
    other = Store(tmp_path / "other")
    other.save("cd" + "0" * 62, {"steps": [1]})
    other.save_seconds("b", 2.0)
    store.save_seconds("a", 1.0)
    shutil.copytree(other.folder, store.folder, dirs_exist_ok=True)
    assert store.load("cd" + "0" * 62) == {"steps": [1]}
    assert store.load(KEY) == RESULT
    assert store.seconds() == {"a": 1.0, "b": 2.0}


def test_what_is_not_kept_is_removed_but_for_the_last_used(store):
    keys = [f"{i:02}" + "0" * 62 for i in range(6)]
    for age, key in enumerate(keys):
        store.save(key, {"steps": []})
        os.utime(store.folder / key[:2] / f"{key}.json", (1e9 - age, 1e9 - age))
    store.load(keys[5])  # used now
    removed = store.remove({KEY, keys[4]}, spare=2)
    assert sorted(path.stem for path in removed) == keys[1:4]
    assert [key for key in [KEY, *keys] if store.load(key)] == [KEY, keys[0], keys[4], keys[5]]


def test_what_a_killed_build_left_half_written_is_removed_after_an_hour(store, entry):
    for name, age in ((".old", 4000), (".new", 0)):
        (entry.parent / name).write_text("{")
        then = time.time() - age
        os.utime(entry.parent / name, (then, then))
    store.remove({KEY})
    assert sorted(path.name for path in entry.parent.iterdir()) == [".new", entry.name]


def test_a_write_leaves_only_the_file(store, entry):
    assert list(entry.parent.iterdir()) == [entry]


def test_a_write_that_fails_leaves_the_old_file_and_no_temporary_one(tmp_path):
    path = tmp_path / "file"
    write_atomically(path, "old")
    with pytest.raises(UnicodeEncodeError):
        write_atomically(path, "new \ud800")
    assert path.read_text(encoding="utf-8") == "old"
    assert list(tmp_path.iterdir()) == [path]
