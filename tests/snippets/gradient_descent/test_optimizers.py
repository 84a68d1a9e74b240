import copy
import math

import pytest
import torch
from torch import nn, optim

from snippets.gradient_descent.manual_update import descend as accumulate
from snippets.gradient_descent.manual_update import sgd as sgd_by_hand
from snippets.gradient_descent.optimizers import (
    check,
    descend,
    makers,
    three_steps,
    train,
    valley,
)

x = torch.randn(64, 5, generator=torch.Generator().manual_seed(0))
y = x.sum(dim=1, keepdim=True)


def make_model(seed=0):
    torch.manual_seed(seed)
    return nn.Sequential(nn.Linear(5, 8), nn.Sigmoid(), nn.Linear(8, 1))


def weight(value=1.0):
    return torch.tensor(value, requires_grad=True)


def fused_step(params, lr):
    with torch.no_grad():
        for param in params:
            param.sub_(param.grad, alpha=lr)
            param.grad.zero_()


@pytest.mark.parametrize("step, exact", [(fused_step, True), (sgd_by_hand, False)])
def test_sgd_is_the_update_by_hand(step, exact):
    model = make_model()
    twin = copy.deepcopy(model)
    train(model, optim.SGD(model.parameters(), lr=0.1), x, y, 50)
    for _ in range(50):
        nn.MSELoss()(twin(x), y).backward()
        step(twin.parameters(), 0.1)
    tolerance = {"rtol": 0, "atol": 0} if exact else {"rtol": 1e-5, "atol": 1e-5}
    for ours, theirs in zip(twin.parameters(), model.parameters()):
        torch.testing.assert_close(ours, theirs, **tolerance)


def test_step_computes_no_gradient_and_backward_moves_no_weight():
    w = weight()
    optimizer = optim.SGD([w], lr=0.1)
    optimizer.step()
    assert w.item() == 1 and w.grad is None
    (w**2).backward()
    assert w.item() == 1 and w.grad == 2
    optimizer.step()
    assert w.item() == pytest.approx(0.8) and w.grad == 2
    optimizer.zero_grad()
    assert w.item() == pytest.approx(0.8) and w.grad is None


def test_momentum_moves_on_a_zero_gradient_and_skips_none():
    moved = []
    for to_none in (True, False):
        w = weight()
        optimizer = makers["momentum"]([w], 0.1)
        (w**2).backward()
        optimizer.step()
        optimizer.zero_grad(set_to_none=to_none)
        before = w.item()
        optimizer.step()
        moved.append(before - w.item())
    assert moved == pytest.approx([0, 0.1 * 0.9 * 2])


def test_zero_grad_between_backward_and_step_loses_the_step():
    w = weight()
    optimizer = optim.SGD([w], lr=0.1)
    (w**2).backward()
    optimizer.zero_grad()
    optimizer.step()
    assert w.item() == 1


def test_a_graph_serves_one_backward_pass():
    loss = weight() ** 2
    loss.backward()
    with pytest.raises(RuntimeError, match="backward through the graph a second time"):
        loss.backward()


def test_momentum_follows_its_formula():
    w, by_hand, v = weight(), 1.0, 0.0
    optimizer = makers["momentum"]([w], 0.03)
    for _ in range(30):
        optimizer.zero_grad()
        (w**2).backward()
        optimizer.step()
        v = 0.9 * v + 2 * by_hand
        by_hand -= 0.03 * v
    assert w.item() == pytest.approx(by_hand, abs=1e-5)


def test_steady_gradients_make_momentum_ten_times_as_fast_and_changing_ones_slow():
    for signs, low, high in (((1, 1), 9.9, 10.1), ((1, -1), 0, 0.6)):
        w = weight()
        optimizer = makers["momentum"]([w], 1.0)
        for step in range(100):
            before = w.item()
            w.grad = torch.tensor(float(signs[step % 2]))
            optimizer.step()
        assert low < abs(w.item() - before) < high


def test_adam_follows_its_formula():
    w, by_hand, m, s = weight(), 1.0, 0.0, 0.0
    optimizer = makers["Adam"]([w], 0.1)
    for t in range(1, 31):
        optimizer.zero_grad()
        (w**4).backward()
        optimizer.step()
        g = 4 * by_hand**3
        m, s = 0.9 * m + 0.1 * g, 0.999 * s + 0.001 * g * g
        by_hand -= 0.1 * (m / (1 - 0.9**t)) / (math.sqrt(s / (1 - 0.999**t)) + 1e-8)
    assert w.item() == pytest.approx(by_hand, abs=1e-5)


@pytest.mark.parametrize("name, moved", [("SGD", 0.2), ("momentum", 0.2), ("Adam", 0)])
def test_the_scale_of_the_loss_changes_the_step_except_with_adam(name, moved):
    for scale in (1, 1000):
        w = weight()
        optimizer = makers[name]([w], 0.1)
        (scale * w**2).backward()
        optimizer.step()
        expected = moved * scale or 0.1
        assert 1 - w.item() == pytest.approx(expected, rel=1e-4)


def test_default_learning_rates_are_equal():
    defaults = [make([weight()]).defaults["lr"] for make in (optim.SGD, optim.Adam)]
    assert defaults == [0.001, 0.001]


def test_race_through_the_valley():
    rates = (0.003, 0.01, 0.03, 0.1, 0.3, 1.0)
    runs = {(name, lr): descend(makers[name], lr) for name in makers for lr in rates}
    steps = {key: number for key, (_, number) in runs.items()}
    best = {name: min(steps[name, lr] for lr in rates) for name in makers}
    assert best["Adam"] < best["momentum"] < best["SGD"] < 300
    assert steps["momentum", 0.003] < steps["SGD", 0.03] < math.inf
    for name in ("SGD", "momentum"):  # explode at the best rate of Adam
        assert steps["Adam", 0.3] == best["Adam"] and steps[name, 0.3] == math.inf
        assert valley(torch.tensor(runs[name, 0.3][0][-1])) > 1e6
    usable = {name: sum(steps[name, lr] < math.inf for lr in rates) for name in makers}
    assert usable["SGD"] == 1 < usable["momentum"] == usable["Adam"] == 3
    for name in ("momentum", "Adam"):  # both overshoot the minimum at their best rate
        path = min((runs[name, lr] for lr in rates), key=lambda run: run[1])[0]
        assert max(w1 for w1, _ in path) > 0.3


def test_sgd_diverges_above_two_over_the_steepness():
    start = valley(torch.tensor([-9.0, 1.0]))
    paths = [descend(makers["SGD"], lr)[0] for lr in (0.033, 0.034)]
    ends = [valley(torch.tensor(path[-1])) for path in paths]
    assert ends[0] < start < ends[1]


def test_first_logged_loss_is_the_loss_before_training_whatever_the_optimizer():
    for make in makers.values():
        model = make_model()
        before = nn.MSELoss()(model(x), y).item()
        log = train(model, make(model.parameters(), 0.03), x, y, 80)
        assert log[0] == before and log[-1] < log[0]
    other = make_model(seed=1)
    assert nn.MSELoss()(other(x), y).item() != before


def test_optimizer_of_another_model_trains_nothing():
    model = make_model()
    optimizer = optim.Adam(model.parameters(), lr=0.03)
    model = make_model(seed=1)
    assert len(set(train(model, optimizer, x, y, 20))) == 1


def test_three_steps_equal_the_update_by_hand_and_accumulate_without_zero_grad():
    check(three_steps)
    for clear in (True, False):
        gradients, w = three_steps(clear)
        expected, path = accumulate(0.1, 3, clear=clear)
        assert gradients == pytest.approx(expected)
        assert w == pytest.approx(path[-1], abs=1e-6)
    with pytest.raises(AssertionError):
        check(lambda clear: three_steps(True))
    with pytest.raises(AssertionError):
        check(lambda clear: three_steps(False))


def test_two_half_batches_add_up_to_the_whole_one():
    whole, halves = make_model(), make_model()
    nn.MSELoss()(whole(x), y).backward()
    for half in (slice(None, 32), slice(32, None)):
        (nn.MSELoss()(halves(x[half]), y[half]) / 2).backward()
    for ours, theirs in zip(halves.parameters(), whole.parameters()):
        torch.testing.assert_close(ours.grad, theirs.grad)
