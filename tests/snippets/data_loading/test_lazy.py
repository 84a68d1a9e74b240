import multiprocessing
import pickle

import numpy as np
import pytest
import torch
from torch.utils.data import DataLoader

from snippets.data_loading.lazy import (
    InMemory,
    LazyCSV,
    OnDemand,
    SharedStream,
    Stream,
    WholeFileEachTime,
    count_reads,
    index_files,
    read_image,
    write_folder,
)


@pytest.fixture
def folder(tmp_path):
    write_folder(tmp_path)
    return tmp_path


@pytest.fixture
def table(tmp_path):
    values = np.random.default_rng(0).normal(size=(60, 9)).round(3)
    header = ",".join("abcdefghi")
    path = tmp_path / "table.csv"
    np.savetxt(path, values, "%.3f", delimiter=",", header=header, comments="")
    return path, torch.tensor(values, dtype=torch.float32)


def test_index_is_sorted_and_knows_the_classes(folder):
    index = index_files(folder)
    paths = [path for path, _ in index]
    assert len(index) == 60 and paths == sorted(paths)
    assert {label for _, label in index} == set(range(10))
    assert all(path.parent.name == str(label) for path, label in index)


def test_both_datasets_deliver_the_same(folder):
    eager, lazy = InMemory(folder), OnDemand(folder)
    assert len(eager) == len(lazy) == 60
    for (a, label_a), (b, label_b) in zip(eager, lazy):
        assert torch.equal(a, b) and label_a == label_b
        assert a.shape == (1, 8, 8) and a.dtype == torch.uint8
        if label_a == 9:
            break


def test_reads_are_paid_at_once_or_per_item_and_epoch(folder):
    assert count_reads(InMemory, folder) == [60] * 13
    assert count_reads(OnDemand, folder) == list(range(0, 121, 10))


def test_reads_in_workers_are_not_counted_in_the_main_process(folder):
    dataset = OnDemand(folder)
    read_image.calls = 0
    assert len(list(DataLoader(dataset, batch_size=10, num_workers=2))) == 6
    assert read_image.calls == 0


def test_lazy_csv_equals_the_table_in_any_order(table):
    path, values = table
    rows = LazyCSV(path)
    assert len(rows) == 60
    for i in (59, 0, 17):
        X, y = rows[i]
        assert X.shape == (8,) and y.shape == (1,)
        assert torch.equal(torch.cat([X, y]), values[i])


def test_lazy_csv_parses_one_row_per_item(table, monkeypatch):
    path, values = table
    rows = LazyCSV(path)
    lines = path.read_bytes().splitlines(keepends=True)
    starts = [sum(map(len, lines[: k + 1])) for k in range(60)]
    assert rows.starts.tolist() == starts


def test_whole_file_dataset_parses_the_square(table):
    path, values = table
    dataset = WholeFileEachTime(path)
    X, y = next(iter(DataLoader(dataset, batch_size=60)))
    assert torch.equal(torch.cat([X, y], dim=1), values)
    assert dataset.rows_read == 60**2


def test_stream_has_neither_shuffling_nor_length(table):
    with pytest.raises(ValueError, match="expected unspecified shuffle option"):
        DataLoader(Stream(table[0]), shuffle=True)
    with pytest.raises(TypeError):
        len(Stream(table[0]))


@pytest.mark.parametrize("cls, copies", [(Stream, 2), (SharedStream, 1)])
def test_two_workers_read_a_stream_twice_unless_they_share_it(table, cls, copies):
    path, values = table
    alone = torch.cat(list(DataLoader(cls(path), batch_size=5)))
    assert torch.equal(alone, values)
    rows = torch.cat(list(DataLoader(cls(path), batch_size=5, num_workers=2)))
    assert len(rows) == 60 * copies
    assert torch.equal(rows.unique(dim=0), values.unique(dim=0))


def test_missing_file_is_noticed_when_its_item_is_due(folder):
    lazy = OnDemand(folder)
    lazy.index[37][0].unlink()
    batches = iter(DataLoader(lazy, batch_size=10))
    for _ in range(3):
        next(batches)
    with pytest.raises(FileNotFoundError):
        next(batches)
    assert len(InMemory(folder)) == 59


def test_open_file_cannot_travel_to_a_spawned_worker(table):
    rows = LazyCSV(table[0])
    assert pickle.loads(pickle.dumps(rows))[0][0].shape == (8,)
    with open(table[0], "rb") as rows.file, pytest.raises(TypeError, match="cannot pickle"):
        pickle.dumps(rows)


@pytest.mark.skipif("fork" not in multiprocessing.get_all_start_methods(), reason="needs fork")
def test_forked_processes_share_the_position_of_an_open_file(table):
    with open(table[0], "rb", buffering=0) as file:
        child = multiprocessing.get_context("fork").Process(target=file.seek, args=(100,))
        child.start()
        child.join()
        assert file.tell() == 100
