import multiprocessing
import os
import pickle
import subprocess
import sys

import numpy as np
import pytest
import torch
from torch.utils.data import DataLoader, Dataset, get_worker_info

from snippets.data_loading.workers import (
    GUARDED,
    UNGUARDED,
    Noisy,
    Origin,
    fit,
    run_script,
    seed_worker,
    show_epochs,
    started,
)

TRAINING = """
import torch
from torch.utils.data import DataLoader, TensorDataset

torch.multiprocessing.set_start_method("spawn", force=True)
dataset = TensorDataset(torch.arange(8))
{guard}
    loader = DataLoader(dataset, batch_size=4, num_workers=1)
    print(sum(batch.sum().item() for [batch] in loader))
"""


def test_no_workers_means_the_main_process():
    dataset = Origin(8)
    for _, ids, pids in DataLoader(dataset, batch_size=2):
        assert set(ids.tolist()) == {-1} and set(pids.tolist()) == {os.getpid()}
    assert dataset.calls == 8 and get_worker_info() is None


def test_workers_are_other_processes_that_take_batches_in_turn_and_count_for_themselves():
    dataset = Origin(8)
    batches = list(DataLoader(dataset, batch_size=2, num_workers=2))
    assert [indices.tolist() for indices, _, _ in batches] == [[0, 1], [2, 3], [4, 5], [6, 7]]
    assert [ids.tolist() for _, ids, _ in batches] == [[0, 0], [1, 1], [0, 0], [1, 1]]
    pids = {pid for _, _, pids in batches for pid in pids.tolist()}
    assert len(pids) == 2 and os.getpid() not in pids
    assert dataset.calls == 0


def test_each_worker_holds_its_own_dataset_and_works_two_batches_ahead():
    class Known(Dataset):
        def __len__(self):
            return 4

        def __getitem__(self, i):
            info = get_worker_info()
            return info.num_workers, info.dataset is self

    loader = DataLoader(Known(), num_workers=2)
    assert [(int(n), bool(own)) for n, own in loader] == [(2, True)] * 4
    assert loader.prefetch_factor == 2


def test_number_of_workers_does_not_change_the_training():
    losses = fit(0)
    assert fit(2) == losses
    assert losses[-1] < 0.7 * np.log(2)


def test_workers_are_started_in_every_epoch_unless_they_persist():
    assert started(2) == 4
    assert started(2, persistent_workers=True) == 2


def test_persistent_workers_change_the_order_from_the_second_epoch_on():
    def orders(**options):
        torch.manual_seed(0)
        loader = DataLoader(range(50), batch_size=50, shuffle=True, **options)
        return [next(iter(loader)).tolist() for _ in range(2)]

    alone = orders()
    assert orders(num_workers=1) == alone
    first, second = orders(num_workers=1, persistent_workers=True)
    assert first == alone[0] and second != alone[1]


def test_program_without_guard_runs_its_file_twice_and_fails(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    run_script(UNGUARDED)
    out = capsys.readouterr().out
    assert "as __main__\ntop of the file, as __mp_main__\nexit code 1" in out
    assert "bootstrapping phase" in out and "if __name__ == '__main__':" in out
    assert "work done" not in out


def test_guard_lets_the_worker_do_its_work(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    run_script(GUARDED)
    out = capsys.readouterr().out
    assert "top of the file, as __mp_main__\nwork done\nexit code 0" in out
    assert "Error" not in out


def test_spawned_data_loader_needs_the_guard(tmp_path):
    running = {}
    for name, guard in {"open": "if True:", "guarded": "if __name__ == '__main__':"}.items():
        file = tmp_path / f"{name}.py"
        file.write_text(TRAINING.format(guard=guard))
        command = [sys.executable, str(file)]
        running[name] = subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )
    out, error = running["open"].communicate(timeout=120)
    assert running["open"].returncode != 0 and "bootstrapping phase" in error
    assert "RuntimeError: DataLoader worker (pid(s)" in error
    assert "exited unexpectedly" in error
    out, error = running["guarded"].communicate(timeout=120)
    assert out.strip() == "28", error


def test_spawned_worker_cannot_see_a_class_without_a_file():
    code = (
        "import multiprocessing as mp\n"
        "class Data:\n    def work(self): print('never')\n"
        "worker = mp.get_context('spawn').Process(target=Data().work)\n"
        "worker.start(); worker.join(); print(worker.exitcode)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert "Can't get attribute 'Data'" in done.stderr and done.stdout.strip() == "1"


@pytest.mark.skipif(sys.platform != "linux", reason="about the defaults of Linux")
def test_default_start_method_is_the_one_of_the_table():
    code = "import multiprocessing; print(multiprocessing.get_start_method())"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.stdout.strip() == ("fork" if sys.version_info < (3, 14) else "forkserver")
    assert {"fork", "spawn", "forkserver"} == set(multiprocessing.get_all_start_methods())


def epochs(num_epochs=2, **options):
    loader = DataLoader(Noisy(), batch_size=2, num_workers=2, **options)
    return [[tuple(batch.tolist()) for batch in loader] for _ in range(num_epochs)]


def test_generator_of_the_dataset_gives_every_worker_and_every_epoch_the_same_numbers(capsys):
    first, second = epochs()
    assert first == second
    assert first[0] == first[1] and first[2] == first[3] and first[0] != first[2]
    show_epochs()
    assert "epoch 1: 0.64 0.27 | 0.64 0.27 |" in capsys.readouterr().out


def test_seeding_each_worker_makes_all_batches_differ_and_can_be_repeated():
    torch.manual_seed(0)
    runs = epochs(worker_init_fn=seed_worker)
    assert len({batch for epoch in runs for batch in epoch}) == 8
    torch.manual_seed(0)
    assert epochs(worker_init_fn=seed_worker) == runs


def test_global_functions_are_seeded_by_the_loader_and_own_generators_are_not():
    class Global(Dataset):
        def __init__(self):
            self.generator = torch.Generator().manual_seed(0)

        def __len__(self):
            return 2

        def __getitem__(self, i):
            own = torch.rand(1, generator=self.generator).item()
            return np.random.rand(), torch.rand(1).item(), own

    first, second = DataLoader(Global(), num_workers=2)
    assert first[0] != second[0] and first[1] != second[1] and first[2] == second[2]


@pytest.mark.parametrize("option", [{"persistent_workers": True}, {"prefetch_factor": 2}])
def test_options_of_workers_are_refused_without_workers(option):
    with pytest.raises(ValueError, match="num_workers"):
        DataLoader(Origin(8), **option)


def test_error_in_a_worker_is_raised_in_the_loop():
    def parse(indices):
        return int(["12", "7", "seven"][indices[0]])

    with pytest.raises(ValueError) as error:
        list(DataLoader(range(3), num_workers=1, collate_fn=parse))
    lines = str(error.value).splitlines()
    assert lines[0] == "Caught ValueError in DataLoader worker process 0."
    assert lines[-1].endswith("'seven'")


def test_datasets_travel_as_pickles():
    assert len(pickle.loads(pickle.dumps(Origin(3)))) == 3
