import runpy

import matplotlib.pyplot as plt
import numpy as np
import pytest
import torch

from snippets.autograd import linear_step
from snippets.autograd.linear_step import graph_size, load_data, mean_baseline, train

x, y = load_data()


def test_weight_is_found_and_predicts_eight_for_four_hours():
    w, losses = train(x, y, lr=0.01, num_epochs=100)
    assert w.item() == pytest.approx(2, abs=1e-3)
    assert f"{w.item() * 4:.2f}" == "8.00"
    assert w.is_leaf and w.requires_grad and w.grad.item() == 0


def test_training_follows_the_derivative_on_paper():
    w, losses = train(x, y, lr=0.01, num_epochs=20)
    X, Y, weight, expected = x.numpy(), y.numpy(), 1.0, []
    for _ in range(20):
        expected.append(((weight * X - Y) ** 2).mean())
        weight -= 0.01 * (2 * X * (weight * X - Y)).mean()
    assert w.item() == pytest.approx(weight, rel=1e-5)
    np.testing.assert_allclose(losses, expected, rtol=1e-4)


def test_loss_shrinks_by_a_constant_factor():
    losses = torch.tensor(train(x, y, lr=0.01, num_epochs=60)[1])
    ratios = losses[1:] / losses[:-1]
    assert (ratios < 1).all()
    torch.testing.assert_close(ratios, ratios[:1].expand_as(ratios), rtol=1e-2, atol=0)


def test_start_is_worse_than_the_mean_and_training_is_far_better():
    baseline = mean_baseline(y)
    assert baseline == pytest.approx(np.var(y.numpy()))
    losses = train(x, y, lr=0.01, num_epochs=100)[1]
    assert losses[0] > baseline > 1000 * losses[-1]


def test_history_comes_from_the_weight_and_not_from_its_gradient():
    w = torch.tensor(1.0, requires_grad=True)
    ((w * x - y) ** 2).mean().backward()
    assert not w.grad.requires_grad and not (0.01 * w.grad).requires_grad
    assert (w - 0.01 * w.grad).requires_grad
    assert w.grad.item() == pytest.approx(-28 / 3)


def test_recorded_step_is_refused_in_place_and_loses_the_gradient_otherwise():
    old = w = torch.tensor(1.0, requires_grad=True)
    ((w * x - y) ** 2).mean().backward()
    with pytest.raises(RuntimeError, match="leaf Variable that requires grad"):
        w -= 0.01 * w.grad
    assert w.item() == 1
    first = w.grad.item()
    w = w - 0.01 * w.grad
    ((w * x - y) ** 2).mean().backward()
    with pytest.warns(UserWarning, match="not a leaf"):
        assert w.grad is None
    assert old.grad.item() < first  # more was added to the old weight


def test_data_update_trains_as_well():
    w = torch.tensor(1.0, requires_grad=True)
    for _ in range(100):
        ((w * x - y) ** 2).mean().backward()
        w.data = w.data - 0.01 * w.grad.data
        w.grad.zero_()
    assert w.item() == pytest.approx(train(x, y, 0.01, 100)[0].item())


def test_summed_losses_keep_every_graph():
    w = torch.tensor(1.0, requires_grad=True)
    total, sizes = 0.0, []
    for _ in range(10):
        loss = ((w * x - y) ** 2).mean()
        total = total + loss
        sizes.append(graph_size(total))
    growth = np.diff(sizes)
    assert (growth == growth[0]).all() and growth[0] > 1
    assert graph_size(total.detach()) == 0
    assert isinstance(total.item(), float)


def test_graph_size_counts_shared_nodes_once():
    w = torch.tensor(1.0, requires_grad=True)
    assert graph_size(w) == 0
    assert graph_size(w * 2) == 2  # the product and the leaf
    p = w * 2
    assert graph_size(p * p) == 3


def test_tensors_with_history_must_be_detached_for_numpy():
    w = torch.tensor(1.0, requires_grad=True)
    line = w * x
    with pytest.raises(RuntimeError, match="detach"):
        line.numpy()
    detached = line.detach()
    assert detached.numpy().tolist() == line.tolist()
    assert detached.data_ptr() == line.data_ptr()


def test_the_module_runs_as_a_program(capsys):
    runpy.run_path(linear_step.__file__, run_name="__main__")
    plt.close("all")
    printed = capsys.readouterr().out
    assert "after training: 4 hours -> 8.00" in printed
    assert "before training: 4 hours -> 4.00" in printed
    assert "lr * w.grad      requires_grad False" in printed
    assert "w - lr * w.grad  requires_grad True" in printed
    assert "Tensor float" in printed
