import math
import runpy

import matplotlib.pyplot as plt
import numpy as np
import pytest
import torch
import torch.nn.functional as F
from torch import nn

from snippets.logistic_regression import stability
from snippets.logistic_regression.scratch import make_exam
from snippets.logistic_regression.stability import (
    clamped,
    first_one,
    loss_and_grad,
    naive,
    on_logits,
    on_probs,
    plot,
    stable,
    train_from,
)


@pytest.fixture(scope="module")
def page():
    names = runpy.run_path(stability.__file__, run_name="__main__")
    plt.close("all")
    return names


def reference(z, y):
    """Loss and gradient in float64 from NumPy."""
    z = np.asarray(z, dtype=np.float64)
    return np.logaddexp(0, z) - y * z, np.exp(-np.logaddexp(0, -z)) - y


@pytest.mark.parametrize(("loss_fn", "atol"), [(stable, 1e-30), (on_logits, 2e-7)])
@pytest.mark.parametrize("y", [0.0, 1.0, 0.3])
def test_loss_on_logits_is_right_everywhere(loss_fn, atol, y):
    scores = [-1e4, -200.0, -50.0, -17.0, -3.0, -1e-3, 0.0, 0.5, 4.0, 17.0, 90.0, 1e4]
    loss, grad = loss_and_grad(loss_fn, scores, y)
    expected_loss, expected_grad = reference(scores, y)
    np.testing.assert_allclose(loss, expected_loss, rtol=1e-5, atol=atol)
    np.testing.assert_allclose(grad, expected_grad, rtol=1e-5, atol=2e-7)


@pytest.mark.parametrize("loss_fn", [on_probs, naive])
@pytest.mark.parametrize("y", [0.0, 1.0])
def test_losses_agree_for_moderate_scores(loss_fn, y):
    scores = torch.linspace(-5, 5, 21).tolist()
    for ours, right in zip(loss_and_grad(loss_fn, scores, y), reference(scores, y)):
        np.testing.assert_allclose(ours, right, rtol=1e-3)


@pytest.mark.parametrize(
    ("dtype", "bits"),
    [(torch.bfloat16, 8), (torch.float16, 11), (torch.float32, 24), (torch.float64, 53)],
)
def test_saturation_begins_where_the_rounding_says(dtype, bits):
    last_below_one = 1 - torch.tensor(2.0, dtype=torch.float64) ** -bits
    assert last_below_one.to(dtype) < 1
    limit = (bits + 1) * math.log(2)  # half a step from 1
    assert limit - 0.7 < first_one(dtype) < limit + 0.2


def test_the_sum_in_the_sigmoid_is_rounded_to_one():
    below, above = torch.tensor(24 * math.log(2)) + torch.tensor([0.01, -0.01])
    assert torch.finfo(torch.float32).eps == 2**-23
    assert 1 + torch.exp(-below) == 1 and torch.sigmoid(below) == 1
    assert 1 + torch.exp(-above) > 1 and torch.sigmoid(above) < 1


def test_wrong_and_saturated_has_no_gradient_on_probabilities():
    assert loss_and_grad(on_probs, [17.0, 200.0], 0.0) == ([100, 100], [0, 0])
    assert loss_and_grad(on_logits, [17.0, 200.0], 0.0) == ([17, 200], [1, 1])
    assert loss_and_grad(on_probs, [16.0], 0.0)[1][0] == pytest.approx(1, abs=1e-5)


def test_bce_loss_clamps_its_logarithm():
    loss = nn.BCELoss(reduction="none")(torch.tensor([0.0, 1.0]), torch.tensor([1.0, 0]))
    assert loss.tolist() == [100, 100]


def test_negative_side_keeps_the_loss_longer_than_the_gradient():
    loss, grad = loss_and_grad(on_probs, [-17.0, -25.0, -50.0, -200.0], 1.0)
    assert loss == pytest.approx([17, 25, 50, 100], rel=1e-5)
    assert grad[:2] == pytest.approx([-1, -1], abs=1e-5)
    assert abs(grad[2]) < 1e-9 and grad[3] == 0
    p = 1 / (1 + math.exp(50))
    assert grad[2] == pytest.approx(-p / 1e-12, rel=1e-3)


def test_book_formula_gives_inf_and_nan():
    (wrong,), (wrong_grad,) = loss_and_grad(naive, [200.0], 0.0)
    (right,), (right_grad,) = loss_and_grad(naive, [200.0], 1.0)
    assert wrong == math.inf and math.isnan(right)
    assert math.isnan(wrong_grad) and math.isnan(right_grad)
    w, b, _ = train_from(200.0, naive, *make_exam(), lr=0.1, num_epochs=1)
    assert math.isnan(w) and math.isnan(b)


def test_half_rewritten_formula_overflows():
    z = torch.tensor(-200.0)
    assert torch.log(1 + torch.exp(-z)) == math.inf
    assert stable(z, torch.tensor(1.0)) == 200


@pytest.mark.parametrize("positive_part", [lambda z: z.clamp(min=0), torch.relu])
def test_clamp_and_relu_are_wrong_at_zero(positive_part):
    def loss_fn(z, y):
        return positive_part(z) - z * y + torch.log1p(torch.exp(-z.abs()))

    assert abs(loss_and_grad(loss_fn, [0.0], 1.0)[1][0] + 0.5) == 0.5
    assert loss_and_grad(stable, [0.0], 1.0)[1] == [-0.5]


def test_log1p_keeps_the_tail(page):
    assert page["log_plain"] == 0
    assert page["log_1p"] == pytest.approx(math.exp(-20), rel=1e-5)


def test_loss_of_pytorch_drops_the_tail_but_keeps_the_gradient():
    (loss,), (grad,) = loss_and_grad(on_logits, [-20.0], 0.0)
    assert loss == 0
    assert grad == pytest.approx(math.exp(-20), rel=1e-4)
    assert loss_and_grad(stable, [-20.0], 0.0)[0][0] == pytest.approx(math.exp(-20))


def test_rewritten_loss_agrees_in_the_check_of_the_page(page):
    assert page["gap"] < 1e-6


def test_bad_start(page):
    failed = 1 - page["passed"].mean().item()
    assert set(page["loss_p"]) == {page["loss_p"][0]}
    assert page["loss_p"][0] == pytest.approx(100 * failed, rel=1e-5)
    assert (page["w_p"], page["b_p"]) == (0, 20)
    assert page["loss_l"][0] == pytest.approx(20 * failed, rel=1e-5)
    assert page["loss_l"][-1] < 0.5 * math.log(2) + 0.05
    x, y = page["hours"], page["passed"]
    _, b, _ = train_from(20.0, on_logits, x, y, lr=1.0, num_epochs=1)
    assert 20 - b == pytest.approx(failed, rel=1e-4)


def test_training_is_the_usual_one_from_zero():
    from snippets.logistic_regression.scratch import train

    x, y = make_exam()
    w, b, losses = train(x, y, 0.3, 50)
    ours = train_from(0.0, on_logits, x, y, 0.3, 50)
    assert ours[:2] == pytest.approx((w.item(), b.item()), rel=1e-4)
    assert ours[2] == pytest.approx(losses, rel=1e-4)


def test_small_eps_repairs_nothing():
    assert torch.tensor(1 - 1e-8, dtype=torch.float32) == 1
    assert loss_and_grad(clamped(1e-8), [20.0], 0.0) == ([math.inf], [0])
    (loss,), (grad,) = loss_and_grad(clamped(1e-7), [20.0], 0.0)
    assert 15 < loss < 17 and grad == 0


def test_other_class_is_sigmoid_of_minus_z():
    z = torch.tensor(20.0)
    assert 1 - torch.sigmoid(z) == 0
    assert torch.sigmoid(-z).item() == pytest.approx(math.exp(-20), rel=1e-4)
    assert F.logsigmoid(-z).item() == pytest.approx(-20, rel=1e-6)


def test_figure_shows_both_ways():
    plot()
    left, right = plt.gcf().axes
    for ax, ends in ((left, (30, 100)), (right, (1, 0))):
        last = [line.get_ydata()[-1] for line in ax.get_lines()]
        assert last == pytest.approx(ends)
    plt.close("all")
