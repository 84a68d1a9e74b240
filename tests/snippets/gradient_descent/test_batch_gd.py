import pytest
import torch
from torch.nn import functional as F

from snippets.gradient_descent.batch_gd import (
    cost,
    gradient,
    gradients,
    make_table,
    train,
    train_mixed,
)
from snippets.gradient_descent.search import load_data

x, y = load_data()


@pytest.mark.parametrize("value", [-1.0, 1.0, 2.0, 3.5])
def test_cost_and_gradient_agree_with_pytorch(value):
    w = torch.tensor(value, requires_grad=True)
    oracle = F.mse_loss(w * x, y)
    oracle.backward()
    torch.testing.assert_close(cost(value, x, y), oracle.detach())
    torch.testing.assert_close(gradient(value, x, y), w.grad)


def test_the_slope_changes_sign_at_the_minimum_and_shrinks_towards_it():
    slopes = [gradient(w, x, y).item() for w in (1.0, 1.5, 1.9, 2.0, 2.5, 3.0)]
    assert slopes[0] < slopes[1] < slopes[2] < slopes[3] == 0 < slopes[4] < slopes[5]


def test_training_finds_the_weight_and_the_cost_falls_in_every_epoch():
    ws, costs = train(1.0, x, y, 0.01, 100)
    assert len(ws) == len(costs) == 101
    assert all(later < earlier for earlier, later in zip(costs, costs[1:]))
    assert ws[-1] == pytest.approx(2, abs=1e-3)
    assert ws[-1] * 4 == pytest.approx(8, abs=5e-3)


def test_training_agrees_with_the_sgd_optimizer_on_all_samples():
    w = torch.tensor(1.0, requires_grad=True)
    optimizer = torch.optim.SGD([w], lr=0.01)
    for _ in range(20):
        optimizer.zero_grad()
        F.mse_loss(w * x, y).backward()
        optimizer.step()
    assert train(1.0, x, y, 0.01, 20)[0][-1] == pytest.approx(w.item(), rel=1e-5)


def test_every_step_multiplies_the_cost_by_the_same_factor():
    costs = torch.tensor(train(1.0, x, y, 0.01, 40)[1])
    ratios = costs[1:] / costs[:-1]
    torch.testing.assert_close(ratios, torch.full_like(ratios, ratios[0]), rtol=1e-3, atol=0)
    assert costs[30] < costs[0] / 100  # looks flat on a linear scale


def test_steps_shrink_although_the_learning_rate_does_not():
    ws, _ = train(0.0, x, y, 0.04, 5)
    steps = [after - before for before, after in zip(ws, ws[1:])]
    assert steps == sorted(steps, reverse=True) and steps[-1] < steps[0] / 2


def test_mixed_log_pairs_the_new_weight_with_the_old_cost():
    ws, costs = train(1.0, x, y, 0.01, 3)
    assert train_mixed(1.0, x, y, 0.01, 3) == list(zip(ws[1:], costs[:-1]))
    w, logged = train_mixed(1.0, x, y, 0.01, 1)[0]
    assert logged == pytest.approx(4.6667, abs=1e-4)
    assert cost(w, x, y).item() == pytest.approx(3.8362, abs=1e-4)
    for w, logged in zip(ws, costs):
        assert cost(w, x, y).item() == logged


def test_a_list_of_one_tensor_forgets_and_items_do_not():
    w, history, copies = torch.tensor(1.0), [], []
    for _ in range(3):
        w -= 0.01 * gradient(w, x, y)
        history.append(w)
        copies.append(w.item())
    assert len({h.item() for h in history}) == 1
    assert copies == pytest.approx(train(1.0, x, y, 0.01, 3)[0][1:])


def test_adding_the_gradient_climbs_at_any_rate():
    for lr in (0.01, 0.0001):
        assert cost(1.0 + lr * gradient(1.0, x, y), x, y) > cost(1.0, x, y)


def test_many_gradients_agree_with_autograd_and_find_the_weights():
    X, scores = make_table()
    w = torch.tensor([0.3, -0.2], requires_grad=True)
    b = torch.tensor(0.5, requires_grad=True)
    F.mse_loss(X @ w + b, scores).backward()
    grad_w, grad_b = gradients(w.detach(), b.detach(), X, scores)
    assert grad_w.shape == w.shape and grad_b.shape == b.shape
    torch.testing.assert_close(grad_w, w.grad)
    torch.testing.assert_close(grad_b, b.grad)
    w, b = torch.zeros(2), torch.tensor(0.0)
    for _ in range(2000):
        grad_w, grad_b = gradients(w, b, X, scores)
        w, b = w - 0.02 * grad_w, b - 0.02 * grad_b
    torch.testing.assert_close(w, torch.tensor([2.0, 1.0]), atol=1e-2, rtol=0)
    assert b.item() == pytest.approx(3, abs=1e-2)
