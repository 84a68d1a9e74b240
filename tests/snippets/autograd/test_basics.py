import runpy

import matplotlib.pyplot as plt
import pytest
import torch

from snippets.autograd import basics
from snippets.autograd.basics import anatomy, repeated


def test_gradient_is_none_before_backward_whatever_the_size():
    for size in (1, 3):
        x = torch.ones(size, requires_grad=True)
        y = (x * x).sum()
        assert x.grad is None
        y.backward()
        assert torch.equal(x.grad, torch.full((size,), 2.0))


def test_backward_agrees_with_the_formula_and_with_a_finite_difference():
    for value in (-1.5, 0.0, 2.0):
        x = torch.tensor([value], dtype=torch.float64, requires_grad=True)
        (3 * x * x).backward()
        h = 1e-6
        difference = (3 * (value + h) ** 2 - 3 * (value - h) ** 2) / (2 * h)
        assert x.grad.item() == pytest.approx(6 * value) == pytest.approx(difference)
        assert x.item() == value


def test_gradients_add_up_unless_cleared():
    assert repeated(4, clear=False) == [12, 24, 36, 48]
    assert repeated(4, clear=True) == [12, 12, 12, 12]


def test_uses_and_calls_add_up_alike():
    x = torch.tensor([2.0], requires_grad=True)
    (3 * x + x * x).backward()
    assert x.grad.item() == 3 + 2 * 2
    x.grad.zero_()
    (3 * x).backward()
    (x * x).backward()
    assert x.grad.item() == 3 + 2 * 2


def test_a_layer_used_twice_collects_the_gradients_of_two_copies():
    torch.manual_seed(0)
    shared = torch.randn(3, 3, requires_grad=True)
    first, second = (shared.detach().clone().requires_grad_() for _ in range(2))
    x = torch.randn(5, 3)
    (x @ shared @ shared).sum().backward()
    (x @ first @ second).sum().backward()
    torch.testing.assert_close(shared.grad, first.grad + second.grad)


def test_one_input_that_asks_is_enough():
    x, c = torch.tensor([2.0], requires_grad=True), torch.tensor([5.0])
    assert not (c * c).requires_grad
    assert (x * c).requires_grad and (x * c + c).requires_grad


def test_anatomy_tells_a_leaf_from_a_result():
    x = torch.tensor([2.0], requires_grad=True)
    assert anatomy(x)["grad"] == "None"
    y = 3 * x * x
    y.backward()
    assert anatomy(x) == {
        "numbers": "[2.0]",
        "requires_grad": "True",
        "grad": "[12.0]",
        "grad_fn": "None",
    }
    assert anatomy(y)["grad"] == "not kept" and anatomy(y)["grad_fn"] != "None"
    assert anatomy(torch.ones(1))["requires_grad"] == "False"


def test_gradient_of_twice_the_dot_product():
    x = torch.arange(4.0, requires_grad=True)
    (2 * torch.dot(x, x)).backward()
    assert x.grad.tolist() == [0, 4, 8, 12]


def test_asking_after_the_computation_is_too_late_and_before_it_is_not():
    x = torch.arange(4.0)
    y = 2 * torch.dot(x, x)
    x.requires_grad_(True)
    with pytest.raises(RuntimeError, match="does not require grad"):
        y.backward()
    (2 * torch.dot(x, x)).backward()
    assert x.grad.tolist() == [0, 4, 8, 12]


def test_a_used_graph_does_not_serve_twice():
    x = torch.tensor([2.0], requires_grad=True)
    y = 3 * x * x
    y.backward()
    with pytest.raises(RuntimeError, match="second time"):
        y.backward()


def test_only_floating_point_tensors_may_ask():
    with pytest.raises(RuntimeError, match="floating point"):
        torch.arange(4, requires_grad=True)
    for dtype in (torch.float16, torch.bfloat16, torch.float64):
        assert torch.arange(4.0, dtype=dtype, requires_grad=True).requires_grad


def test_none_stands_for_a_missing_gradient():
    x, unused = (torch.ones(3, requires_grad=True) for _ in range(2))
    with pytest.raises(TypeError, match="NoneType"):
        x - 0.1 * x.grad
    (x * x).sum().backward()
    assert unused.grad is None


def test_the_module_runs_as_a_program(capsys):
    runpy.run_path(basics.__file__, run_name="__main__")
    plt.close("all")
    printed = capsys.readouterr().out
    assert "tensor([12.])" in printed and "tensor([24.])" in printed
    assert "tensor([7.]) tensor([7.])" in printed
    assert "tensor([ 0.,  4.,  8., 12.]) True" in printed
