import math

import pytest
import torch

from snippets.gradient_descent.batch_gd import make_table
from snippets.gradient_descent.learning_rate import cost, train, train_checked, train_minibatch
from snippets.gradient_descent.search import load_data
from snippets.gradient_descent.sgd import make_students

x, y = load_data()
a = (x * x).mean().item()


def test_training_agrees_with_autograd():
    w = torch.tensor(1.0, requires_grad=True)
    for _ in range(5):
        (slope,) = torch.autograd.grad(cost(w, x, y), w)
        w = (w - 0.05 * slope).detach().requires_grad_()
    assert train(x, y, 0.05, 5)[0][-1] == pytest.approx(w.item(), rel=1e-5)


def test_the_small_rate_is_slow_the_good_one_arrives_the_large_one_climbs():
    small, good, large = (train(x, y, lr, 20)[1] for lr in (0.003, 0.05, 0.22))
    assert small[0] / 10 < small[-1] < small[0] / 2
    assert good[-1] < 1e-9
    assert all(after > before for before, after in zip(large, large[1:]))


@pytest.mark.parametrize("lr", [0.003, 0.05, 0.15, 0.2, 0.22, 0.3])
def test_every_step_multiplies_the_distance_by_the_derived_factor(lr):
    ws, costs = train(x.double(), y.double(), lr, 6)
    for t, (w, c) in enumerate(zip(ws, costs)):
        e = -((1 - 2 * a * lr) ** t)
        assert w - 2 == pytest.approx(e, rel=1e-4)
        assert c == pytest.approx(a * e**2, rel=1e-4)


@pytest.mark.parametrize("ratio", [0.25, 0.5, 0.9, 0.99])
def test_below_the_border_the_cost_falls_in_every_step(ratio):
    _, costs = train(x, y, ratio / a, 100)
    assert all(after < before for before, after in zip(costs, costs[1:]) if before > 1e-10)
    assert costs[-1] < costs[0] / 20


@pytest.mark.parametrize("ratio", [1.01, 1.1, 2.0])
def test_above_the_border_the_cost_grows_in_every_step(ratio):
    _, costs = train(x, y, ratio / a, 30)
    assert all(after > before for before, after in zip(costs, costs[1:]))


def test_half_the_border_arrives_in_one_step_and_the_border_itself_hops():
    assert train(x, y, 1 / (2 * a), 1)[0][-1] == pytest.approx(2, abs=1e-5)
    ws, costs = train(x, y, 1 / a, 20)
    assert ws[::2] == pytest.approx([1.0] * 11, abs=1e-3)
    assert ws[1::2] == pytest.approx([3.0] * 10, abs=1e-3)
    assert costs == pytest.approx([a] * 21, rel=1e-2)


def test_above_half_the_border_the_weight_jumps_across():
    for ratio, sides in ((0.4, {False}), (0.9, {True, False}), (1.1, {True, False})):
        assert {w > 2 for w in train(x, y, ratio / a, 4)[0]} == sides


def test_the_border_holds_for_noisy_data_that_no_line_fits():
    x, y = make_students()
    border = 1 / (x * x).mean().item()
    least = cost(x @ y / (x @ x), x, y).item()
    assert train(x, y, 0.98 * border, 400)[1][-1] == pytest.approx(least, rel=1e-3)
    assert train(x, y, 1.02 * border, 400)[1][-1] > 100 * least


def test_with_many_weights_the_largest_curvature_sets_the_border():
    X, scores = make_table()
    X = torch.cat([X, torch.ones(6, 1)], dim=1).double()
    largest = torch.linalg.eigvalsh(2 * X.T @ X / len(X))[-1].item()

    def last_cost(lr):
        w = torch.zeros(3).double()
        for _ in range(2000):
            w = w - lr * 2 * X.T @ (X @ w - scores) / len(X)
        return (X @ w - scores).square().mean()

    assert last_cost(0.99 * 2 / largest) < 1e-3
    assert last_cost(1.01 * 2 / largest) > 1e6


def test_a_diverging_run_reaches_inf_then_nan_without_an_error():
    ws, costs = train(x, y, 0.3, 200)
    first_inf = next(t for t, c in enumerate(costs) if math.isinf(c))
    first_nan = next(t for t, w in enumerate(ws) if math.isnan(w))
    assert 0 < first_inf < first_nan and math.isfinite(ws[first_inf])
    assert all(math.isnan(w) for w in ws[first_nan:])


def test_the_check_stops_a_diverging_run_and_lets_a_good_one_pass():
    with pytest.raises(FloatingPointError, match=r"cost is inf at step \d+, lr 0.3"):
        train_checked(x, y, 0.3, 200)
    assert train_checked(x, y, 0.05, 50) == train(x, y, 0.05, 50)[0][-1]


def test_minutes_instead_of_hours_divide_the_border_by_3600():
    assert train(x, y, 0.05, 5)[1][-1] < 0.1 < 1e6 < train(60 * x, y, 0.05, 5)[1][-1]
    border = 1 / (a * 3600)
    assert train(60 * x, y, 0.9 * border, 100)[1][-1] < 1e-6
    assert train(60 * x, y, 1.1 * border, 100)[1][-1] > 1e6


def test_summing_the_losses_divides_the_border_by_the_number_of_samples():
    def last_cost(lr):
        w = torch.tensor(1.0)
        for _ in range(50):
            w = w - lr * (2 * x * (w * x - y)).sum()
        return cost(w, x, y)

    assert last_cost(0.9 / (3 * a)) < 1e-6 and last_cost(1.1 / (3 * a)) > 1e6


def test_a_lower_rate_calms_the_model_and_not_the_measurement():
    x, y = make_students()
    spread = {}
    for lr, batch_size in ((0.1, 4), (0.01, 4), (0.0, 4), (0.1, 64)):
        losses, costs = train_minibatch(x, y, lr, batch_size)
        spread[lr, batch_size] = losses.std().item(), costs.std().item()
    assert spread[0.01, 4][1] < spread[0.1, 4][1] / 10
    assert spread[0.01, 4][0] > 0.7 * spread[0.1, 4][0]
    assert spread[0.0, 4][0] > 0.9 * spread[0.01, 4][0]
    assert spread[0.0, 4][1] == pytest.approx(0, abs=1e-6)
    assert spread[0.1, 64][0] < spread[0.1, 4][0] / 4
    assert spread[0.1, 64][1] < spread[0.1, 4][1] / 4


def test_a_full_batch_does_not_jitter_below_the_border():
    x, y = make_students()
    losses, costs = train_minibatch(x, y, 0.1, len(x))
    assert losses.std() < 1e-5 and costs.std() < 1e-5


def test_small_batches_may_cross_a_border_that_the_full_batch_keeps():
    x, y = make_students()
    assert 1 / (x * x).mean() > 0.2
    assert train_minibatch(x, y, 0.2, 4)[1].max() > 100
    assert train_minibatch(x, y, 0.2, len(x))[1].max() < 2
