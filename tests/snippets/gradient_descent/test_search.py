import numpy as np
import pytest
import torch
from torch.nn import functional as F

from snippets.gradient_descent.search import forward, load_data, loss, mse, scan

x, y = load_data()


@pytest.mark.parametrize("w", [0.0, 0.7, 2.0, 3.5])
def test_mse_agrees_with_pytorch(w):
    torch.testing.assert_close(mse(w, x, y), F.mse_loss(w * x, y))
    torch.testing.assert_close(loss(forward(x, w), y), F.mse_loss(w * x, y, reduction="none"))


def test_the_mse_is_the_parabola_whose_lowest_point_is_two():
    ws = torch.linspace(0, 4, 41)
    costs = scan(ws, x, y)
    assert costs.shape == (41,)
    torch.testing.assert_close(costs, (x @ x) / 3 * (ws - 2) ** 2, atol=1e-5, rtol=1e-5)
    assert ws[costs.argmin()].item() == 2.0
    assert costs.min() == 0
    assert forward(4.0, ws[costs.argmin()]).item() == 8.0


def test_the_third_student_pays_nine_times_as_much_as_the_first():
    for w in (0.0, 1.0, 3.0, 4.0):
        losses = loss(forward(x, w), y)
        assert losses[2] == 9 * losses[0] > 0


def test_a_coarse_grid_misses_the_minimum_and_a_narrow_one_ends_at_its_edge():
    coarse = torch.linspace(0, 3.9, 14)
    found = coarse[scan(coarse, x, y).argmin()]
    assert 0.05 < abs(found - 2) < 0.15
    narrow = torch.linspace(0, 1.5, 16)
    assert scan(narrow, x, y).argmin() == len(narrow) - 1


def test_numpy_prints_types_and_float_noise():
    w_list = list(np.arange(0.0, 4.1, 0.1))
    assert len(w_list) == 41
    assert "np.float64" in repr(w_list[0])
    assert "np.float64" not in repr(np.arange(0.0, 4.1, 0.1).tolist())
    assert 0.3 not in w_list and w_list[3].item() == 0.30000000000000004
    assert np.linspace(0, 4, 41)[3].item() == 0.30000000000000004
    assert [f"{w:.1f}" for w in w_list[:4]] == ["0.0", "0.1", "0.2", "0.3"]


def test_arange_may_include_its_end_and_linspace_counts():
    assert len(np.arange(1.0, 1.3, 0.1)) == 4
    assert len(torch.arange(1.0, 1.3, 0.1)) == 4
    grid = np.linspace(1.0, 1.3, 4)
    assert len(grid) == 4 and grid[0] == 1.0 and grid[-1] == 1.3


def test_forty_one_candidates_raise_and_three_are_paired_with_the_samples():
    ws = torch.linspace(0, 4, 41)
    with pytest.raises(RuntimeError, match=r"size of tensor a \(41\) must match"):
        mse(ws, x, y)
    three = torch.tensor([1.0, 2.0, 3.0])
    assert mse(three, x, y).shape == ()
    assert mse(three, x, y) not in scan(three, x, y)
    all_losses = loss(forward(x, ws[:, None]), y)
    assert all_losses.shape == (41, 3)
    torch.testing.assert_close(all_losses.mean(dim=1), scan(ws, x, y))
