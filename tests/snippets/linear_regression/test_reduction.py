import math

import pytest
import torch
from torch import nn, optim

from snippets.linear_regression.reduction import (
    make_students,
    momentum,
    one_epoch,
    train,
    zero_model,
)


def gradient(n, reduction):
    X, y = make_students(n)
    model = zero_model()
    nn.MSELoss(reduction=reduction)(model(X), y).backward()
    return torch.stack([model.weight.grad.flatten(), model.bias.grad])


def test_three_reductions_of_the_same_squares():
    y_hat, y = torch.tensor([1.0, 2.0, 4.0]), torch.tensor([1.0, 4.0, 1.0])
    assert nn.MSELoss(reduction="none")(y_hat, y).tolist() == [0, 4, 9]
    assert nn.MSELoss(reduction="sum")(y_hat, y) == 13
    torch.testing.assert_close(nn.MSELoss()(y_hat, y), torch.tensor(13 / 3))


def test_loss_is_a_module_without_parameters_and_part_of_the_graph():
    loss_fn = nn.MSELoss()
    assert isinstance(loss_fn, nn.Module) and not list(loss_fn.parameters())
    y_hat = torch.ones(2, requires_grad=True)
    assert loss_fn(y_hat, torch.zeros(2)).grad_fn is not None


@pytest.mark.parametrize("n", [3, 30, 300])
def test_gradient_of_the_sum_is_n_times_that_of_the_mean(n):
    torch.testing.assert_close(gradient(n, "sum"), n * gradient(n, "mean"))


def test_gradient_of_the_mean_hardly_depends_on_n():
    small, large = gradient(30, "mean"), gradient(300, "mean")
    assert ((small - large) / large).abs().max() < 0.2


def test_sum_diverges_with_many_samples_and_the_mean_does_not():
    few, some, many = (train(*make_students(n), "sum", 0.01)[1] for n in (3, 30, 300))
    assert few[-1] < few[0] / 100
    assert some[-1] > 100 * some[0] and math.isfinite(some[-1])
    assert math.inf in many and math.isnan(many[-1])
    assert many[4] > 1e7, "leaves the panel after a few steps"
    for n in (3, 30, 300):
        errors = train(*make_students(n), "mean", 0.01)[1]
        assert errors[-1] < errors[0] / 10
    assert few[-1] < train(*make_students(3), "mean", 0.01)[1][-1], "sum is faster"


def test_sum_with_divided_rate_takes_the_path_of_the_mean():
    X, y = make_students(300)
    by_mean, mean_errors = train(X, y, "mean", 0.01)
    by_sum, sum_errors = train(X, y, "sum", 0.01 / 300)
    assert mean_errors == pytest.approx(sum_errors, rel=1e-4)
    torch.testing.assert_close(by_mean.weight, by_sum.weight)


@pytest.mark.parametrize("make", [optim.SGD, momentum])
def test_equal_batches_differ_by_the_rate_only(make):
    by_mean = one_epoch(make, 0.02, "mean", 100)
    assert by_mean == pytest.approx(one_epoch(make, 0.02 / 100, "sum", 100), rel=1e-5)


def test_unequal_batches_differ_by_more():
    by_mean = one_epoch(optim.SGD, 0.02, "mean", 128)
    by_sum = one_epoch(optim.SGD, 0.02 / 128, "sum", 128)
    assert by_sum < 0.9 * by_mean


def test_adam_ignores_the_scale():
    by_mean = one_epoch(optim.Adam, 0.02, "mean", 100)
    assert one_epoch(optim.Adam, 0.02, "sum", 100) == pytest.approx(by_mean, rel=1e-4)
    assert one_epoch(optim.Adam, 0.02 / 100, "sum", 100) < by_mean / 50


def test_weight_decay_and_clipping_act_differently_on_a_sum():
    def decayed(params, lr):
        return optim.SGD(params, lr=lr, weight_decay=1.0)

    by_mean = one_epoch(decayed, 0.02, "mean", 100)
    assert abs(by_mean - one_epoch(decayed, 0.02 / 100, "sum", 100)) > 1e-3

    class Clipped(optim.SGD):
        def step(self):
            nn.utils.clip_grad_norm_(self.param_groups[0]["params"], 1.0)
            super().step()

    by_mean = one_epoch(Clipped, 0.02, "mean", 100)
    assert one_epoch(Clipped, 0.02 / 100, "sum", 100) < by_mean / 50


def test_mean_runs_over_elements():
    y_hat, y = torch.zeros(4, 3), torch.arange(12.0).reshape(4, 3)
    squares = ((y_hat - y) ** 2).sum().item()
    loss = nn.MSELoss()(y_hat, y).item()
    assert loss == pytest.approx(squares / 12) == pytest.approx(42.1667, abs=1e-4)
    assert squares / 4 == 126.5
    two_steps = ((y_hat - y) ** 2).sum(dim=1).mean().item()
    assert two_steps == pytest.approx(126.5)


def test_each_of_three_outputs_gets_a_third_of_the_gradient():
    X, y = make_students(30)
    grads = []
    for num_outputs in (1, 3):
        model = zero_model(num_outputs)
        nn.MSELoss()(model(X), y.expand(-1, num_outputs)).backward()
        grads.append(model.weight.grad)
    torch.testing.assert_close(3 * grads[1], grads[0].expand(3, 1))


def test_sums_of_unequal_data_sets_mislead():
    train_X, train_y = make_students(240, seed=1)
    test_X, test_y = make_students(60, seed=2)
    model, _ = train(train_X, train_y, "mean", lr=0.1)
    total, mean = nn.MSELoss(reduction="sum"), nn.MSELoss()
    assert total(model(test_X), test_y) < total(model(train_X), train_y) / 2
    assert mean(model(test_X), test_y) > mean(model(train_X), train_y)


def test_unreduced_loss_has_no_backward():
    y_hat = torch.ones(3, requires_grad=True)
    losses = nn.MSELoss(reduction="none")(y_hat, torch.zeros(3))
    with pytest.raises(RuntimeError, match="only for scalar outputs"):
        losses.backward()
    (torch.tensor([1.0, 0.0, 2.0]) * losses).mean().backward()
    torch.testing.assert_close(y_hat.grad, torch.tensor([2 / 3, 0.0, 4 / 3]))


def test_unknown_reduction_is_found_by_the_call_only():
    loss_fn = nn.MSELoss(reduction="average")
    with pytest.raises(ValueError, match="average is not a valid value"):
        loss_fn(torch.zeros(1), torch.zeros(1))


def test_old_argument_warns():
    with pytest.warns(UserWarning, match="reduction='sum'"):
        nn.MSELoss(size_average=False)
