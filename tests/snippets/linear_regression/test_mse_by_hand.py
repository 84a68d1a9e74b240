import numpy as np
import pytest
import torch
from sklearn.metrics import mean_squared_error
from torch import nn

from snippets.linear_regression.mse_by_hand import both, check, mse, safe_mse

column = torch.tensor([[1.0], [2.0], [3.0]])
flat = torch.tensor([1.0, 2.0, 3.0])


def test_one_pair_gives_81():
    assert mse(np.array(10.0), np.array(1.0)) == 81
    assert mse(torch.tensor(10.0), torch.tensor(1.0)) == 81
    assert nn.MSELoss()(torch.tensor(10.0), torch.tensor(1.0)) == 81


def test_formula_agrees_with_torch_and_sklearn():
    torch.manual_seed(0)
    y_hat, y = torch.randn(7, 2), torch.randn(7, 2)
    torch.testing.assert_close(mse(y_hat, y), nn.MSELoss()(y_hat, y))
    oracle = mean_squared_error(y, y_hat)
    assert mse(y_hat.numpy(), y.numpy()) == pytest.approx(oracle, rel=1e-6)


def test_it_is_the_mean_of_the_squares():
    assert mse(flat, torch.zeros(3)).item() == pytest.approx(14 / 3)


def test_mean_prediction_costs_the_variance():
    scores = torch.tensor([1.6, 1.2, 3.5, 3.4, 5.6, 5.4])
    torch.testing.assert_close(mse(scores.mean(), scores), scores.var(correction=0))


def test_shape_trap_returns_four_thirds_for_a_perfect_prediction():
    assert (column - flat).shape == (3, 3)
    assert mse(column, flat).item() == pytest.approx(4 / 3)
    assert mse(column, flat.reshape(-1, 1)) == 0
    with pytest.warns(UserWarning, match="target size .* different to the input size"):
        assert nn.MSELoss()(column, flat).item() == pytest.approx(4 / 3)


def test_trap_is_smallest_where_every_prediction_is_the_mean():
    y_hat = column.clone().requires_grad_()
    mse(y_hat, flat).backward()
    assert y_hat.grad.abs().max() > 0.1, "the right answer is not its minimum"
    y_hat = torch.full((3, 1), 2.0, requires_grad=True)
    mse(y_hat, flat).backward()
    torch.testing.assert_close(y_hat.grad, torch.zeros(3, 1))


def test_safe_mse_refuses_to_broadcast():
    with pytest.raises(ValueError, match=r"\(3, 1\) and \(3,\) differ"):
        safe_mse(column, flat)
    assert safe_mse(flat, 2 * flat).item() == pytest.approx(14 / 3)


def test_integers_raise_in_torch_and_not_in_numpy():
    with pytest.raises(NotImplementedError, match="not implemented for 'Long'"):
        nn.MSELoss()(torch.tensor(10), torch.tensor(1))
    with pytest.raises(NotImplementedError, match="mean"):
        mse(torch.tensor([10]), torch.tensor([1]))
    assert mse(np.array([10]), np.array([1])) == 81
    one_float = nn.MSELoss()(torch.tensor(10.0), torch.tensor(1))
    assert one_float == 81 and one_float.dtype == torch.float32


def test_bytes_wrap_around():
    bright, dark = (np.array([value], dtype=np.uint8) for value in (200, 220))
    assert (bright - dark).item() == 236
    assert mse(bright, dark) == 144
    assert mse(bright.astype(np.float32), dark.astype(np.float32)) == 400


def test_mixed_dtypes_are_promoted_and_the_gradient_is_not():
    y_hat = torch.tensor([10.0], requires_grad=True)
    loss = nn.MSELoss()(y_hat, torch.from_numpy(np.array([1.0])))
    loss.backward()
    assert loss.dtype == torch.float64 and y_hat.grad.dtype == torch.float32
    assert y_hat.grad.item() == 18


def test_check_accepts_the_solution_and_finds_mistakes():
    check(both)

    def without_mean(y_hat, y):
        by_numpy, by_torch = both(y_hat, y)
        return by_numpy * np.size(y), by_torch

    def double(y_hat, y):
        by_numpy, by_torch = both(y_hat, y)
        return by_numpy, by_torch.double()

    def number(y_hat, y):
        by_numpy, by_torch = both(y_hat, y)
        return by_numpy, by_torch.item()

    for answer in (without_mean, double, number):
        with pytest.raises(AssertionError):
            check(answer)
