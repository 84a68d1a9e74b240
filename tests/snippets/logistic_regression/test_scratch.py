import math

import pytest
import torch
import torch.nn.functional as F
from torch import nn

from snippets.logistic_regression.scratch import (
    bce,
    fit_line,
    gradient,
    make_exam,
    sigmoid,
    three_students,
    train,
)

hours, passed = make_exam()


@pytest.fixture(scope="module")
def fitted():
    return train(hours, passed, lr=0.3, num_epochs=2000)


def test_students_are_repeatable_floats_with_both_results():
    again, results = make_exam()
    assert torch.equal(again, hours) and torch.equal(results, passed)
    assert hours.shape == passed.shape == (60,)
    assert passed.dtype == torch.float32 and set(passed.tolist()) == {0.0, 1.0}
    assert not torch.equal(make_exam(seed=1)[0], hours)


def test_chance_of_passing_is_the_stated_curve():
    many, results = make_exam(n=200_000)
    for low in range(6):
        group = (many >= low) & (many < low + 1)
        chance = torch.sigmoid(1.5 * (many[group] - 3)).mean()
        assert abs(results[group].mean() - chance) < 0.01


def test_line_is_the_least_squares_line_and_leaves_the_range_of_probabilities():
    slope, intercept = fit_line(hours, passed)
    residual = slope * hours + intercept - passed
    assert abs(residual.mean()) < 1e-5 and abs((residual * hours).mean()) < 1e-5
    assert intercept < 0 and slope * 6 + intercept > 1


def test_sigmoid_agrees_with_torch_and_keeps_the_shape():
    z = torch.linspace(-20, 20, 60).reshape(3, 4, 5)
    torch.testing.assert_close(sigmoid(z), torch.sigmoid(z))
    torch.testing.assert_close(sigmoid(z), nn.Sigmoid()(z))
    assert sigmoid(z).shape == z.shape


def test_sigmoid_identities_of_the_page():
    z = torch.linspace(-5, 5, 41, dtype=torch.float64)
    p = sigmoid(z)
    torch.testing.assert_close((p / (1 - p)).log(), z)
    torch.testing.assert_close(sigmoid(-z), 1 - p)
    torch.testing.assert_close(2 * sigmoid(2 * z) - 1, torch.tanh(z))
    z.requires_grad_()
    sigmoid(z).sum().backward()
    assert z.grad.argmax() == 20 and z.grad[20] == pytest.approx(0.25)


def test_relatives_have_the_limits_and_the_slope_of_the_figure():
    curves = {
        "erf": lambda x: torch.erf(math.sqrt(math.pi) / 2 * x),
        "tanh": torch.tanh,
        "root": lambda x: x / torch.sqrt(1 + x**2),
        "arctan": lambda x: 2 / math.pi * torch.atan(math.pi / 2 * x),
    }
    gaps = []
    for curve in curves.values():
        x = torch.tensor(0.0, dtype=torch.float64, requires_grad=True)
        curve(x).backward()
        assert x.grad.item() == pytest.approx(1)
        far = torch.tensor(1e6, dtype=torch.float64)
        assert curve(far).item() == pytest.approx(1, abs=1e-5)
        gaps.append(1 - curve(torch.tensor(3.0, dtype=torch.float64)).item())
    assert gaps == sorted(gaps)  # the first approaches its limit fastest


def test_bce_agrees_with_torch_and_with_the_likelihood():
    p = torch.sigmoid(1.5 * (hours - 3))
    torch.testing.assert_close(bce(p, passed), F.binary_cross_entropy(p, passed))
    likelihood = torch.where(passed == 1, p, 1 - p).double().prod()
    assert bce(p, passed).item() == pytest.approx(-likelihood.log().item() / len(p))


def test_product_of_probabilities_underflows_and_the_mean_log_does_not():
    p = torch.sigmoid(1.5 * (hours - 3)).repeat(5)
    y = passed.repeat(5)
    assert torch.where(y == 1, p, 1 - p).prod() == 0
    torch.testing.assert_close(bce(p, y), bce(p[:60], passed))


def test_bce_of_one_half_is_log_two_and_confident_mistakes_have_no_limit():
    half = torch.full_like(passed, 0.5)
    assert bce(half, passed).item() == pytest.approx(math.log(2))
    one = torch.ones(1)
    losses = [bce(torch.tensor([p]), one).item() for p in (0.9, 0.1, 1e-10, 1e-30)]
    assert losses == sorted(losses) and losses[-1] > 60


@pytest.mark.parametrize(("w", "b"), [(0.0, 0.0), (0.4, -1.0), (-1.3, 2.0)])
def test_gradient_agrees_with_autograd(w, b):
    w = torch.tensor(w, requires_grad=True)
    b = torch.tensor(b, requires_grad=True)
    bce(torch.sigmoid(w * hours + b), passed).backward()
    dw, db = gradient(w.detach(), b.detach(), hours, passed)
    torch.testing.assert_close(dw, w.grad)
    torch.testing.assert_close(db, b.grad)


def test_gradient_has_the_form_of_half_the_squared_error_of_a_line():
    w = torch.tensor(0.4, requires_grad=True)
    b = torch.tensor(-1.0, requires_grad=True)
    (0.5 * (w * hours + b - passed) ** 2).mean().backward()
    error = (w * hours + b - passed).detach()
    torch.testing.assert_close(w.grad, (error * hours).mean())
    torch.testing.assert_close(b.grad, error.mean())


def test_training_takes_the_steps_of_sgd():
    w, b, losses = train(hours, passed, lr=0.3, num_epochs=20)
    params = [torch.tensor(0.0, requires_grad=True) for _ in range(2)]
    optimizer = torch.optim.SGD(params, lr=0.3)
    for expected in losses:
        logits = params[0] * hours + params[1]
        loss = F.binary_cross_entropy_with_logits(logits, passed)
        assert loss.item() == pytest.approx(expected, abs=1e-5)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    torch.testing.assert_close(torch.stack([w, b]), torch.stack(params).detach())


def test_loss_starts_at_log_two_falls_and_ends_below_the_baseline(fitted):
    w, b, losses = fitted
    share = passed.mean()
    assert len(losses) == 2000 and losses[0] == pytest.approx(math.log(2))
    assert losses[-1] < losses[100] < losses[0]
    assert losses[-1] < 0.8 * bce(share.expand(60), passed).item()


def test_fit_is_the_minimum_and_ranks_the_students_right(fitted):
    w, b, _ = fitted
    dw, db = gradient(w, b, hours, passed)
    assert abs(dw) < 1e-3 and abs(db) < 1e-3
    assert w > 0 and 2.5 < -b / w < 3.5
    assert 0.5 < sigmoid(w * 4 + b) < 0.95
    share = passed.mean().item()
    accuracy = ((w * hours + b > 0) == (passed == 1)).float().mean()
    assert max(share, 1 - share) + 0.1 < accuracy < 1


def test_no_other_constant_prediction_beats_the_share():
    share = passed.mean()
    best = bce(share.expand(60), passed)
    for shift in (-0.1, -0.02, 0.02, 0.1):
        assert bce((share + shift).expand(60), passed) > best


def test_five_industrious_students_move_the_line_and_not_the_curve(fitted):
    w, b, _ = fitted
    more_hours = torch.cat([hours, torch.full((5,), 15.0)])
    more_passed = torch.cat([passed, torch.ones(5)])
    slope, intercept = fit_line(hours, passed)
    slope_5, intercept_5 = fit_line(more_hours, more_passed)
    moved = abs((0.5 - intercept_5) / slope_5 - (0.5 - intercept) / slope)
    w_5, b_5, _ = train(more_hours, more_passed, lr=0.1, num_epochs=5000)
    assert moved > 0.3
    assert abs(b_5 / w_5 - b / w) < moved / 10
    assert abs(sigmoid(15 * w + b) - 1) < 1e-3


def test_squared_error_pushes_less_the_worse_the_mistake_and_cross_entropy_more():
    z = torch.tensor([0.0, -4.0, -8.0, -12.0], requires_grad=True)
    y = torch.ones(4)
    [squared] = torch.autograd.grad((0.5 * (torch.sigmoid(z) - y) ** 2).sum(), z)
    loss = F.binary_cross_entropy(torch.sigmoid(z), y, reduction="sum")
    [entropy] = torch.autograd.grad(loss, z)
    assert (squared.abs().diff() < 0).all() and abs(squared[-1]) < 1e-4
    assert (entropy.abs().diff() > 0).all()
    assert entropy[-1].item() == pytest.approx(-1, abs=1e-4)


def test_separable_data_never_settle_but_the_decision_does():
    runs = [three_students(epochs) for epochs in (100, 1000, 10_000)]
    weights, chances, halves = zip(*runs, strict=True)
    assert weights[0] < weights[1] < weights[2] and weights[2] > 2 * weights[0]
    assert chances[0] < chances[1] < chances[2]
    assert abs(halves[2] - 2.5) < abs(halves[0] - 2.5)
    assert halves[2] == pytest.approx(2.5, abs=0.05)
