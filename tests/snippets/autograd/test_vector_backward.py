import runpy

import matplotlib.pyplot as plt
import pytest
import torch
from torch import nn

from snippets.autograd import vector_backward
from snippets.autograd.vector_backward import answer, check, f, make_sample, pull, square


def test_many_outputs_are_refused_and_one_element_of_any_shape_is_not():
    X, Y = square()
    with pytest.raises(RuntimeError, match="only for scalar outputs"):
        Y.backward()
    for shape in ((), (1,), (1, 1)):
        X, Y = square()
        Y.sum().reshape(shape).backward()
        torch.testing.assert_close(X.grad, 2 * X.detach())


def test_ones_are_the_gradient_of_the_sum():
    X, Y = square()
    Y.backward(torch.ones(2, 2))
    assert X.grad.tolist() == [[2, 4], [6, 8]]
    X, Y = square()
    Y.sum().backward()
    assert X.grad.tolist() == [[2, 4], [6, 8]]


def test_weights_are_the_gradient_of_the_weighted_sum():
    torch.manual_seed(0)
    V = torch.randn(2, 2)
    X, Y = square()
    Y.backward(V)
    torch.testing.assert_close(X.grad, V * 2 * X.detach())
    X2, Y2 = square()
    (V * Y2).sum().backward()
    torch.testing.assert_close(X.grad, X2.grad)


def test_weights_must_have_the_shape_of_the_output():
    X, Y = square()
    with pytest.raises(RuntimeError, match="shape"):
        Y.backward(torch.ones(2))


def test_backward_is_a_product_with_the_jacobian():
    x = torch.tensor([2.0, 3.0], requires_grad=True)
    J = torch.tensor([[2 * 2.0, 0], [3, 2], [0, 3]])
    torch.testing.assert_close(torch.autograd.functional.jacobian(f, x), J)
    for v in torch.eye(3):  # one pass, one row
        x.grad = None
        f(x).backward(v)
        torch.testing.assert_close(x.grad, v @ J)


def test_two_losses_disagree_and_the_weights_decide():
    assert pull([1.0, 0.0]) == 2 and pull([0.0, 1.0]) == -2
    assert pull([0.5, 0.5]) == 0
    assert pull([0.1, 0.9]) == pytest.approx(-1.6)


def test_losses_of_pytorch_are_means_and_can_be_told_not_to_be():
    preds = torch.randn(5, 2, requires_grad=True)
    target = torch.tensor([0, 1, 1, 0, 0])
    each = nn.CrossEntropyLoss(reduction="none")(preds, target)
    assert each.shape == (5,)
    torch.testing.assert_close(nn.CrossEntropyLoss()(preds, target), each.mean())
    with pytest.raises(RuntimeError, match="only for scalar outputs"):
        each.backward()


def test_cross_entropy_is_the_formula():
    weight, bias, x, t = make_sample()
    scores = x @ weight.T + bias
    p = scores.exp() / scores.exp().sum()
    torch.testing.assert_close(nn.CrossEntropyLoss()(scores, t), -(t * p.log()).sum())


def test_every_parameter_gets_a_gradient_of_its_shape():
    *_, x, target = make_sample()
    model = nn.Sequential(nn.Linear(9, 4), nn.Tanh(), nn.Linear(4, 2))
    assert all(param.grad is None for param in model.parameters())
    nn.CrossEntropyLoss()(model(x), target).backward()
    assert len(list(model.parameters())) == 4
    assert all(param.grad.shape == param.shape for param in model.parameters())
    assert model[2].weight.grad is not None and not hasattr(model[1], "weight")


def test_a_loss_function_has_no_backward():
    with pytest.raises(AttributeError, match="has no attribute 'backward'"):
        nn.CrossEntropyLoss().backward()


def test_star_raises_for_two_by_nine_and_is_silently_wrong_for_squares():
    weight, bias, x, _ = make_sample()
    with pytest.raises(RuntimeError, match="must match"):
        weight * x + bias
    torch.manual_seed(0)
    layer, X = nn.Linear(3, 3), torch.arange(1.0, 10).reshape(3, 3)
    right, wrong = X @ layer.weight.T + layer.bias, layer.weight * X + layer.bias
    assert right.shape == wrong.shape
    torch.testing.assert_close(layer(X), right)
    assert not torch.allclose(layer(X), wrong)


def test_plain_tensors_do_not_lead_back():
    weight, bias, x, target = make_sample()
    loss = nn.CrossEntropyLoss()(x @ weight.T + bias, target)
    with pytest.raises(RuntimeError, match="does not require grad"):
        loss.backward()


def test_answer_passes_the_check():
    check(answer)


def accumulating(weight, bias, x, target):
    weight.requires_grad_(), bias.requires_grad_()
    nn.CrossEntropyLoss()(x @ weight.T + bias, target).backward()
    return weight.grad, bias.grad


def transposed(weight, bias, x, target):
    weight_grad, bias_grad = answer(weight, bias, x, target)
    return weight_grad.T, bias_grad


def untouched(weight, bias, x, target):
    return torch.zeros(2, 9), torch.zeros(2)


def marking(weight, bias, x, target):
    result = answer(weight.detach(), bias, x, target)
    weight.requires_grad_()
    return result


@pytest.mark.parametrize(
    "wrong, message",
    [
        (accumulating, "in the second call"),
        (transposed, "wrong shape"),
        (untouched, "in the first call"),
        (marking, "given weight was changed"),
    ],
)
def test_check_rejects_wrong_answers(wrong, message):
    with pytest.raises(AssertionError, match=message):
        check(wrong)


def test_rows_of_the_gradient_cancel_and_a_batch_divides_by_its_size():
    weight, bias, x, t = make_sample()
    weight_grad, bias_grad = answer(weight, bias, x, t)
    torch.testing.assert_close(weight_grad.sum(0), torch.zeros(9))
    X, T = torch.randn(5, 9), torch.eye(2)[[0, 1, 1, 0, 1]]
    P = (X @ weight.T + bias).softmax(dim=1)
    weight_grad, bias_grad = answer(weight, bias, X, T)
    torch.testing.assert_close(weight_grad, (P - T).T @ X / 5)
    torch.testing.assert_close(bias_grad, (P - T).sum(0) / 5)


def test_the_module_runs_as_a_program(capsys):
    runpy.run_path(vector_backward.__file__, run_name="__main__")
    plt.close("all")
    printed = capsys.readouterr().out
    assert "X @ W.T + b True" in printed and "W * X + b   False" in printed
    assert "the gradients agree with the formula" in printed
