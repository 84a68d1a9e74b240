import time

import numpy as np
import pytest
import torch

from snippets.gradient_descent.compare import (
    best_rate,
    count,
    descend,
    excess,
    first_below,
    gradient_noise,
    least_squares,
    make_students,
    race,
)

x, y = make_students()
n = len(x)
best = least_squares(x, y)
rates = [0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.15, 0.2]


@pytest.fixture(scope="module")
def runs():
    return {
        "full": race(x, y, n, rates, num_epochs=200, repeats=1),
        "mini": race(x, y, 32, rates, num_epochs=10, repeats=100),
        "one": race(x, y, 1, rates, num_epochs=8, repeats=100),
    }


def winner(run, target):
    updates, rate = best_rate(run[0], rates, target)
    return updates, rate, run[1][updates].item()


def mse(w, b):
    return ((w * x + b - y) ** 2).mean()


def test_least_squares_agrees_with_numpy():
    w, b = np.polyfit(x.numpy(), y.numpy(), 1)
    np.testing.assert_allclose(best, [w, b], rtol=1e-4)


def test_an_epoch_costs_the_same_sample_gradients_for_every_batch_size():
    assert count(n, n) == (500, 1, 500)
    assert count(n, 32) == (32, 16, 500)
    assert count(n, 1) == (1, 500, 500)


def test_spent_is_what_count_says():
    path, spent = descend(x, y, 32, torch.tensor([0.01]), num_epochs=2)
    assert len(path) - 1 == 2 * count(n, 32)[1]
    assert spent[-1] == 2 * count(n, 32)[2]


def test_full_batch_step_agrees_with_autograd_and_other_runs_do_not_interfere():
    lr = torch.tensor([0.1, 0.01])
    path, _ = descend(x, y, n, lr, num_epochs=2)
    for k, rate in enumerate(lr):
        w, b = (torch.tensor(0.0, requires_grad=True) for _ in range(2))
        for step in (1, 2):
            grads = torch.autograd.grad(mse(w, b), (w, b))
            w, b = (p - rate * g for p, g in zip((w, b), grads))
            torch.testing.assert_close(path[step, k], torch.stack([w, b]).detach())


def test_one_sample_per_step_visits_each_sample_once():
    step = 1e-5  # so small that the steps of one epoch add up to the full gradient
    path, _ = descend(x, y, 1, torch.tensor([step]), num_epochs=1)
    full, _ = descend(x, y, n, torch.tensor([step * n]), num_epochs=1)
    torch.testing.assert_close(path[-1], full[-1], rtol=0.05, atol=1e-3)


def test_seeds_change_mini_batches_and_not_the_full_batch():
    lr = torch.tensor([0.02])
    ends = {
        size: [descend(x, y, size, lr, 1, seed=seed)[0][-1] for seed in (1, 2)] for size in (n, 32)
    }
    torch.testing.assert_close(*ends[n])
    assert not torch.allclose(*ends[32], atol=1e-3)


def test_excess_is_the_mse_above_that_of_least_squares():
    for w, b in ((0.0, 0.0), (2.0, 5.0), (-1.0, 3.0)):
        expected = mse(w, b) - mse(*best)
        torch.testing.assert_close(
            excess(torch.tensor([w, b]), x, y), expected, rtol=1e-3, atol=1e-5
        )


def test_first_below():
    assert first_below(torch.tensor([3.0, 1.0, 2.0]), 2) == 1
    assert first_below(torch.tensor([3.0, torch.nan]), 2) is None


def test_noise_falls_with_the_root_of_the_batch_size():
    noise = {size: gradient_noise(*best, x, y, size) for size in (1, 4, 16, 64, n)}
    for size in (4, 16, 64):
        finite = ((n - size) / (n - 1)) ** 0.5  # drawn without replacement
        assert noise[size] == pytest.approx(noise[1] / size**0.5 * finite, rel=0.1)
    assert noise[n] < 1e-4


def test_full_batch_wins_in_updates_and_single_samples_in_sample_gradients(runs):
    for target in (0.1, 0.02):
        updates, _, spent = zip(*(winner(runs[name], target) for name in runs))
        assert updates[0] < updates[1] < updates[2]
        assert spent[0] > spent[1] > spent[2]
        assert updates[1] < 4 * updates[0] and spent[1] < 4 * spent[2]
        assert updates[2] > 8 * updates[0] and spent[0] > 8 * spent[2]


def test_saving_of_single_samples_shrinks_for_the_closer_target(runs):
    full = [winner(runs["full"], target)[2] for target in (0.1, 0.02)]
    one = [winner(runs["one"], target)[2] for target in (0.1, 0.02)]
    assert full[0] / one[0] > 2 * full[1] / one[1]


def test_no_winning_rate_lies_at_the_edge_of_the_grid(runs):
    for run in runs.values():
        for target in (0.1, 0.02):
            assert winner(run, target)[1] not in (rates[0], rates[-1])


def test_noisier_gradients_want_smaller_rates(runs):
    for target in (0.1, 0.02):
        full, mini, one = (winner(run, target)[1] for run in runs.values())
        assert full > mini > one


def test_a_constant_rate_stalls_single_samples_where_the_full_batch_goes_on(runs):
    full, one = (runs[name][0][-1] for name in ("full", "one"))
    assert full[rates.index(0.1)] < 1e-4 < 0.01 < one[rates.index(0.02)]


def test_the_best_rate_of_the_full_batch_is_too_much_for_the_others(runs):
    rate = winner(runs["full"], 0.1)[1]
    for name in ("mini", "one"):
        assert first_below(runs[name][0][:, rates.index(rate)], 0.1) is None


def test_the_best_rate_of_single_samples_handicaps_the_full_batch(runs):
    rate = winner(runs["one"], 0.1)[1]
    curve, spent = runs["full"][0][:, rates.index(rate)], runs["full"][1]
    assert spent[first_below(curve, 0.1)] > 5 * winner(runs["full"], 0.1)[2]


def test_bill_of_the_full_batch_grows_with_the_data_and_that_of_sgd_does_not():
    bills = []
    for size in (250, 2000):
        data = make_students(size)
        full, full_spent = race(*data, size, [0.15], num_epochs=60, repeats=1)
        one, one_spent = race(*data, 1, [0.02], max(1, 1000 // size), repeats=100)
        bills.append(
            (
                full_spent[first_below(full[:, 0], 0.1)].item(),
                one_spent[first_below(one[:, 0], 0.1)].item(),
            )
        )
    assert bills[1][0] > 6 * bills[0][0]
    assert bills[1][1] < 2 * bills[0][1]


def test_least_squares_itself_misses_the_truth_by_two_over_n():
    misses = []
    for seed in range(200):
        x, y = make_students(n, seed)
        w, b = least_squares(x, y)
        misses.append((((w - 2) * x + b - 5) ** 2).mean().item())
    assert np.mean(misses) == pytest.approx(2 / n, rel=0.3)


def test_an_epoch_of_single_samples_takes_much_longer_on_the_clock():
    def seconds(size):
        start = time.perf_counter()
        descend(x, y, size, torch.tensor([0.01]), num_epochs=1)
        return time.perf_counter() - start

    assert min(seconds(1) for _ in range(3)) > 10 * min(seconds(n) for _ in range(3))
