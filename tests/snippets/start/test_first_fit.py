import math
import runpy

import matplotlib.pyplot as plt
import numpy as np
import pytest
import torch
from torch import nn

from snippets.start import first_fit
from snippets.start.first_fit import fit

hours = torch.tensor([[1.0], [2.0], [3.0]])
fee = torch.tensor([[3.0], [5.0], [7.0]])


@pytest.fixture(scope="module")
def page():
    """Names of the page after its code ran once."""
    names = runpy.run_path(first_fit.__file__, run_name="__main__")
    plt.close("all")
    return names


def test_prediction_is_close_to_the_price_list(page):
    assert page["model"](torch.tensor([[4.0]])).item() == pytest.approx(9, abs=0.01)


def test_weights_are_close_to_least_squares_and_not_equal(page):
    design = np.array([[1, 1], [2, 1], [3, 1]])
    weight, bias = np.linalg.lstsq(design, fee[:, 0].numpy(), rcond=None)[0]
    assert (weight, bias) == pytest.approx((2, 1))
    assert (page["weight"], page["bias"]) == pytest.approx((2, 1), abs=0.01)
    assert page["weight"] != 2


def test_the_program_with_and_without_record_is_the_same(page):
    model, losses = fit(hours, fee)
    assert model.weight.item() == pytest.approx(page["weight"], abs=1e-5)
    assert len(losses) == 200


def test_the_model_beats_the_mean_fee(page):
    assert page["baseline"] == pytest.approx(8 / 3)
    assert page["losses"][0] > page["baseline"] > 1000 * page["losses"][-1]


def test_the_loss_falls_in_a_straight_line_on_a_logarithmic_axis(page):
    steps = np.diff(np.log(page["losses"][10:150]))
    assert steps.max() < 0 and steps.std() < 0.01 * abs(steps.mean())


@pytest.mark.parametrize("seed", range(3))
def test_more_epochs_bring_it_closer(seed):
    short, long = fit(hours, fee, num_epochs=50, seed=seed), fit(hours, fee, seed=seed)
    assert long[1][-1] < short[1][-1]


def test_too_small_a_rate_is_slow_and_too_large_a_rate_explodes():
    slow, good, fast = (fit(hours, fee, lr=lr)[1][-1] for lr in (0.01, 0.1, 0.2))
    assert slow > 100 * good
    assert not math.isfinite(fast) or fast > 1e6


def test_integers_do_not_fit_the_weights():
    with pytest.raises(RuntimeError, match="must have the same dtype, but got Long and Float"):
        nn.Linear(1, 1)(torch.tensor([[1], [2], [3]]))


def test_a_flat_target_is_paired_with_every_prediction():
    pred = hours * 2 + 1
    with pytest.warns(UserWarning, match=r"target size \(torch.Size\(\[3\]\)\)"):
        loss = nn.functional.mse_loss(pred, fee[:, 0])
    pairs = [(p - f) ** 2 for p in (3, 5, 7) for f in (3, 5, 7)]
    assert len(pairs) == 9 and loss.item() == pytest.approx(sum(pairs) / 9)
    assert nn.functional.mse_loss(pred, fee).item() == 0


def test_the_model_answers_far_beyond_its_data(page):
    assert page["far"] == pytest.approx(49, abs=0.2)
