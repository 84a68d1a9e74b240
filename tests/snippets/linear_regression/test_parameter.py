import numpy as np
import pytest
import torch
from torch import nn, optim

from snippets.linear_regression.parameter import (
    HalfRegistered,
    LinearRegressionModel,
    Listed,
    Misspelled,
    make_line,
    start_at,
    train,
)

X, y = make_line()


def test_data_lie_on_the_known_line():
    assert X.shape == y.shape == (50, 1)
    slope, intercept = np.polyfit(X.flatten(), y.flatten(), 1)
    assert abs(slope - 0.7) < 1e-6 and abs(intercept - 0.3) < 1e-6
    assert X.max() == 0.98


def test_seed_42_gives_the_two_known_initial_values():
    torch.manual_seed(42)
    model = LinearRegressionModel()
    values = [param.item() for param in model.parameters()]
    assert values == pytest.approx([0.3367, 0.1288], abs=5e-5)


def test_three_ways_to_read_the_register():
    model = LinearRegressionModel()
    named = dict(model.named_parameters())
    assert list(named) == list(model.state_dict()) == ["weight", "bias"]
    assert all(map(torch.equal, model.parameters(), named.values()))
    assert all(isinstance(param, nn.Parameter) for param in named.values())
    assert all(param.requires_grad for param in named.values())
    assert not any(value.requires_grad for value in model.state_dict().values())


def test_model_is_the_formula():
    torch.testing.assert_close(start_at(0.7, 0.3)(X), y)


def test_history_starts_before_the_first_update_and_steps_along_the_gradient():
    (w0, b0, loss), (w1, b1, _) = train(start_at(0.1, 0.2), X, y, num_epochs=2)
    assert (w0, b0) == pytest.approx((0.1, 0.2))
    error = 0.1 * X + 0.2 - y
    assert loss == pytest.approx((error**2).mean().item())
    assert w1 == pytest.approx(w0 - 0.1 * (2 * error * X).mean().item(), rel=1e-5)
    assert b1 == pytest.approx(b0 - 0.1 * (2 * error).mean().item(), rel=1e-5)


@pytest.mark.parametrize("start", [(0.3367, 0.1288), (0.0, 0.0), (-0.6, 1.1)])
def test_every_start_ends_at_the_same_line(start):
    weight, bias, loss = train(start_at(*start), X, y)[-1]
    assert (weight, bias) == pytest.approx((0.7, 0.3), abs=1e-5)
    assert loss < 1e-10


def test_linear_layer_draws_between_plus_and_minus_one_over_root_n():
    torch.manual_seed(0)
    layer = nn.Linear(400, 30)
    for param in layer.parameters():
        assert param.abs().max() <= 400**-0.5
    assert layer.weight.abs().max() > 0.99 * 400**-0.5
    expected = 400**-0.5 / 3**0.5  # of a uniform distribution
    assert layer.weight.std().item() == pytest.approx(expected, rel=0.02)
    nn.init.normal_(layer.weight, std=0.01)
    assert layer.weight.std().item() == pytest.approx(0.01, rel=0.05)
    assert layer.weight.requires_grad


def test_plain_tensor_is_neither_listed_nor_trained_nor_cleared():
    torch.manual_seed(42)
    model = HalfRegistered()
    assert list(model.state_dict()) == ["weight"]
    start = model.bias.item()
    history = train(model, X, y)
    assert model.bias.item() == start
    assert history[-1][2] < history[0][2], "the loss falls all the same"
    # the best weight for this bias, by least squares without an intercept
    best = (X * (y - start)).sum() / (X * X).sum()
    assert model.weight.item() == pytest.approx(best.item(), abs=1e-4)
    assert model.weight.item() > 0.7 and history[-1][2] > 1e-3
    single = model.bias.grad.clone()
    nn.MSELoss()(model(X), y).backward()
    assert single.abs() > 100 * (model.bias.grad - single).abs(), "gradients add up"


def test_autograd_needs_no_module():
    w = torch.tensor(1.0, requires_grad=True)
    ((2 * w - 4) ** 2).backward()
    assert w.grad == -8


def test_list_hides_all_parameters():
    assert list(Listed().parameters()) == []
    with pytest.raises(ValueError, match="empty parameter list"):
        optim.SGD(Listed().parameters(), lr=0.1)
    listed = Listed()
    listed.both = nn.ParameterList(listed.both)
    assert len(list(listed.parameters())) == 2
    torch.testing.assert_close(listed(X), listed.both[0] * X + listed.both[1])


def test_method_without_parentheses():
    with pytest.raises(TypeError, match="'method' object is not iterable"):
        list(LinearRegressionModel().parameters)
    with pytest.raises(TypeError):
        optim.SGD(LinearRegressionModel().parameters, lr=0.1)


def test_misspelled_name_is_found_by_the_first_forward_pass_only():
    model = Misspelled()
    with pytest.raises(AttributeError, match="has no attribute 'weights'"):
        model(X)


def test_uneven_indentation_does_not_compile():
    with pytest.raises(IndentationError, match="unexpected indent"):
        compile("def f():\n    a = 1\n     b = 2\n", "cell", "exec")


def test_parameter_cannot_be_replaced_by_a_tensor_but_written_into():
    model = LinearRegressionModel()
    with pytest.raises(TypeError, match="cannot assign"):
        model.weight = torch.zeros(1)
    with torch.no_grad():
        model.weight.copy_(torch.zeros(1))
    assert model.weight.item() == 0 and isinstance(model.weight, nn.Parameter)


def test_state_dict_shares_memory_and_moves_with_training():
    model = start_at(0.0, 0.0)
    before = model.state_dict()
    train(model, X, y, num_epochs=10)
    assert before["weight"].item() == model.weight.item() != 0
