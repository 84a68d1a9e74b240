import numpy as np
import pytest
import torch
from torch import nn

from snippets.linear_regression.loss_choice import make_outliers, train
from snippets.linear_regression.parameter import make_line

X, y = make_line()


@pytest.fixture(scope="module")
def runs():
    return {
        (loss_fn, lr): train(loss_fn(), X, y, lr)[1]
        for loss_fn in (nn.MSELoss, nn.L1Loss)
        for lr in (0.01, 0.1)
    }


def test_l1_loss_is_a_mean():
    y_hat = torch.tensor([1.0, 2.0, 3.0])
    assert nn.L1Loss()(y_hat, torch.zeros(3)) == 2
    assert nn.L1Loss(reduction="sum")(y_hat, torch.zeros(3)) == 6
    mse = nn.MSELoss()(y_hat, torch.zeros(3)).item()
    assert mse == pytest.approx(14 / 3)


def test_gradients_are_twice_the_error_and_its_sign():
    errors = torch.tensor([-2.0, -0.1, 0.0, 0.1, 2.0], requires_grad=True)
    nn.MSELoss(reduction="sum")(errors, torch.zeros(5)).backward()
    torch.testing.assert_close(errors.grad, 2 * errors.detach())
    errors.grad = None
    nn.L1Loss(reduction="sum")(errors, torch.zeros(5)).backward()
    assert errors.grad.tolist() == [-1, -1, 0, 1, 1]


def test_absolute_error_alternates_and_does_not_settle(runs):
    errors = runs[nn.L1Loss, 0.01]
    low, high = sorted(errors[-2:])
    assert high > 4 * low
    assert errors[-100::2] == pytest.approx([errors[-2]] * 50)
    assert min(runs[nn.L1Loss, 0.1][-2:]) > 4 * high, "a larger rate swings wider"


def test_squared_error_settles(runs):
    errors = runs[nn.MSELoss, 0.1]
    assert errors[-1] < 1e-6
    assert all(b <= a * (1 + 1e-6) + 1e-7 for a, b in zip(errors, errors[1:]))


def test_who_is_ahead_depends_on_the_rate(runs):
    assert runs[nn.L1Loss, 0.01][50] < runs[nn.MSELoss, 0.01][50] / 2
    assert max(runs[nn.L1Loss, 0.01][-2:]) < runs[nn.MSELoss, 0.01][-1]
    assert runs[nn.MSELoss, 0.1][-1] < min(runs[nn.L1Loss, 0.1][-2:]) / 1000


@pytest.mark.parametrize("lr", [0.01, 0.1])
def test_decay_lets_the_absolute_error_come_closer(runs, lr):
    decayed = train(nn.L1Loss(), X, y, lr, decay=0.02)[1]
    assert max(decayed[-2:]) < min(runs[nn.L1Loss, lr][-2:])


def test_fits_agree_with_least_squares_and_with_the_true_line():
    X_out, y_out = make_outliers()
    model = train(nn.MSELoss(), X_out, y_out, 0.1, 1500)[0]
    slope, intercept = np.polyfit(X_out.flatten(), y_out.flatten(), 1)
    assert model.weight.item() == pytest.approx(slope, abs=1e-3)
    assert model.bias.item() == pytest.approx(intercept, abs=1e-3)
    assert slope < 0.35
    model = train(nn.L1Loss(), X_out, y_out, 0.1, 1500, decay=0.01)[0]
    assert model.weight.item() == pytest.approx(0.7, abs=0.05)


def test_one_number_mean_against_median():
    scores = torch.tensor([60.0, 62.0, 63.0, 65.0, 0.0])
    distances = torch.arange(0.0, 70.0)[:, None] - scores
    assert (distances**2).mean(dim=1).argmin() == scores.mean() == 50
    assert distances.abs().mean(dim=1).argmin() == scores.median() == 62


@pytest.mark.parametrize("delta", [0.1, 0.5, 1.0, 3.0])
def test_huber_is_half_a_square_then_a_line_and_delta_times_smooth_l1(delta):
    errors, zeros = torch.linspace(-5, 5, 101), torch.zeros(101)
    huber = nn.HuberLoss(reduction="none", delta=delta)(errors, zeros)
    size = errors.abs()
    by_hand = torch.where(size <= delta, errors**2 / 2, delta * (size - delta / 2))
    torch.testing.assert_close(huber, by_hand)
    smooth = nn.SmoothL1Loss(reduction="none", beta=delta)(errors, zeros)
    torch.testing.assert_close(huber, smooth * delta)


def test_default_bound_depends_on_the_unit():
    y = torch.tensor([0.1, 0.8])
    assert nn.HuberLoss()(0 * y, y).item() == pytest.approx((y**2).mean().item() / 2)
    y = 1000 * y
    absolute = nn.L1Loss()(0 * y, y).item()
    assert nn.HuberLoss()(0 * y, y).item() == pytest.approx(absolute, rel=0.01)


def test_tensors_do_not_belong_into_the_constructor():
    with pytest.raises(RuntimeError, match="ambiguous"):
        nn.L1Loss(torch.ones(3), torch.zeros(3))


def test_smaller_number_of_another_loss_can_be_the_worse_model():
    worse, better = train(nn.L1Loss(), X, y, 0.1)[0], train(nn.MSELoss(), X, y, 0.01)[0]
    mse, mae = nn.MSELoss(), nn.L1Loss()
    assert mse(worse(X), y) < mae(better(X), y)
    assert mse(worse(X), y) > mse(better(X), y)
    assert mae(worse(X), y) > mae(better(X), y)
