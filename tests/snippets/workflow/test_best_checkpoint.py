import copy
import runpy

import matplotlib.pyplot as plt
import numpy as np
import pytest
import torch
from torch import nn, optim

from snippets.workflow import best_checkpoint
from snippets.workflow.best_checkpoint import evaluate, guess, make_data, run_epoch


@pytest.fixture(scope="module")
def page():
    names = runpy.run_path(best_checkpoint.__file__, run_name="__main__")
    plt.close("all")
    return names


def test_each_sample_is_in_exactly_one_part(page):
    parts = torch.cat([page["train"], page["val"], page["test"]])
    assert sorted(parts.tolist()) == list(range(150))


def test_only_five_features_matter():
    x, y = make_data(n=20_000)
    w = np.linalg.lstsq(x.numpy(), y.numpy(), rcond=None)[0].ravel()
    np.testing.assert_allclose(w[:5], [2, -1.5, 1, 1, -0.5], atol=0.07)
    np.testing.assert_allclose(w[5:], 0, atol=0.07)
    noise = y.numpy().ravel() - x.numpy() @ w
    assert np.isclose(noise.var(), 4, rtol=0.05)


def test_the_best_epoch_is_the_lowest_point_of_a_curve_that_rises_again(page):
    best, val_losses, train_losses = page["best"], page["val_losses"], page["train_losses"]
    assert best["loss"] == min(val_losses) == val_losses[best["epoch"] - 1]
    assert best["epoch"] < 30 and val_losses[-1] > 1.3 * best["loss"]
    assert train_losses[-1] < 2 and train_losses[-1] == min(train_losses)  # variance 4
    assert max(val_losses) < page["baseline"]


def test_the_kept_state_reproduces_its_loss_and_beats_the_last_one_on_the_test(page):
    x, y, test, val = (page[name] for name in ("x", "y", "test", "val"))
    best, last = nn.Linear(60, 1), nn.Linear(60, 1)
    best.load_state_dict(page["best"]["state"])
    last.load_state_dict(page["last"])
    assert evaluate(best, x[val], y[val]) == page["best"]["loss"]
    assert evaluate(best, x[test], y[test]) == page["test_loss"]
    assert page["test_loss"] > page["best"]["loss"]
    assert evaluate(last, x[test], y[test]) > 1.1 * page["test_loss"]


def test_a_state_dict_is_a_reference_and_so_is_a_shallow_copy():
    x, y = make_data()
    model = nn.Linear(60, 1)
    before = model.weight.detach().clone()
    kept = model.state_dict()
    shallow = model.state_dict().copy()
    cloned = {name: t.clone() for name, t in model.state_dict().items()}
    deep = copy.deepcopy(model.state_dict())
    run_epoch(model, optim.SGD(model.parameters(), lr=0.01), x, y)
    for state in (kept, shallow):
        assert torch.equal(state["weight"], model.weight)
    for state in (cloned, deep):
        assert torch.equal(state["weight"], before)
    assert not torch.equal(before, model.weight)


def test_a_file_is_a_copy(tmp_path):
    x, y = make_data()
    model = nn.Linear(60, 1)
    before = model.weight.detach().clone()
    torch.save(model.state_dict(), tmp_path / "best.pt")
    run_epoch(model, optim.SGD(model.parameters(), lr=0.01), x, y)
    assert torch.equal(torch.load(tmp_path / "best.pt")["weight"], before)


def test_references_on_the_page_end_as_the_overfitted_model(page):
    x, y, val = page["x"], page["y"], page["val"]
    losses = {}
    for name, state in page["kept"].items():
        model = nn.Linear(60, 1)
        model.load_state_dict(state)
        losses[name] = evaluate(model, x[val], y[val])
    assert losses["clone"] == losses["deepcopy"] == page["best"]["loss"]
    assert losses["state_dict()"] == losses["state_dict().copy()"] > 1.2 * losses["clone"]


def test_comparing_with_the_previous_epoch_keeps_a_late_one(page):
    losses = page["val_losses"]
    falls = [e for e in range(1, len(losses)) if losses[e] < losses[e - 1]]
    assert falls[-1] + 1 > 90 and losses[falls[-1]] > 1.3 * min(losses)


def test_a_best_loss_that_starts_at_zero_is_never_beaten(page):
    assert not any(loss < 0.0 for loss in page["val_losses"])


def test_the_best_of_many_guessers_looks_skilled_and_is_not():
    torch.manual_seed(1)
    tries = torch.stack([guess(200, 200) for _ in range(50)])
    assert 0.58 < tries.max(1).values.mean() < 0.62
    assert abs(tries.mean() - 0.5) < 0.01
    assert abs(guess(1, 200 * 50).item() - 0.5) < 0.02


def test_the_excess_on_the_page(page):
    assert page["on_test"].mean() > 0.57 and abs(page["on_new"].mean() - 0.5) < 0.02
    assert page["on_new"][0] < page["chosen"]
