import pytest
import torch
from torch import nn, optim

from snippets.linear_regression.module import (
    Doubling,
    Forgotten,
    LinearModel,
    Misspelt,
    TwoLayers,
    predict,
    train,
)

hours = torch.tensor([[1.0], [2.0], [3.0]])
scores = 2 * hours


def trained(num_epochs, reduction="mean", lr=0.03):
    torch.manual_seed(0)
    model = LinearModel()
    optimizer = optim.SGD(model.parameters(), lr=lr)
    criterion = nn.MSELoss(reduction=reduction)
    return model, train(model, criterion, optimizer, hours, scores, num_epochs)


def test_model_registers_one_weight_and_one_bias():
    shapes = {name: tuple(p.shape) for name, p in LinearModel().named_parameters()}
    assert shapes == {"linear.weight": (1, 1), "linear.bias": (1,)}


def test_each_output_of_a_layer_is_a_row_of_the_weight_times_x_plus_its_bias():
    layer, x = nn.Linear(4, 2), torch.randn(4)
    by_hand = [(w * x).sum() + b for w, b in zip(layer.weight, layer.bias)]
    torch.testing.assert_close(layer(x), torch.stack(by_hand))


def test_dimensions_in_front_are_left_alone():
    layer, batch = nn.Linear(4, 2), torch.randn(2, 3, 4)
    assert layer(batch).shape == (2, 3, 2)
    torch.testing.assert_close(layer(batch)[1, 2], layer(batch[1, 2]))


def test_criterion_is_a_module_in_the_graph_and_the_optimizer_neither():
    model, criterion = LinearModel(), nn.MSELoss()
    optimizer = optim.SGD(model.parameters(), lr=0.03)
    assert isinstance(criterion, nn.Module) and not isinstance(optimizer, nn.Module)
    loss = criterion(model(hours), scores)
    assert loss.ndim == 0 and loss.grad_fn.name().startswith("MseLoss")


def test_a_hundred_epochs_are_not_enough_and_a_thousand_are():
    early, losses = trained(100)
    late, more = trained(1000)
    assert 7.4 < predict(early, 4.0) < 7.7
    assert predict(late, 4.0) == pytest.approx(8, abs=0.01)
    assert losses == more[:100] and more[-1] < 1e-5 * losses[-1]


def test_fast_fall_below_the_baseline_then_a_slow_one():
    _, losses = trained(1000)
    assert losses[10] < scores.var(correction=0) / 5 < losses[0]
    assert losses[100] > losses[10] / 10


def test_errors_cancel_among_the_data_and_not_outside():
    model, _ = trained(100)
    assert model.linear.weight.item() < 2 and model.linear.bias.item() > 0
    inside = (model(hours) - scores).abs().max().item()
    assert inside < predict(model, 0.0) and inside < 8 - predict(model, 4.0)


def test_sum_with_a_third_of_the_rate_takes_the_same_steps():
    mean, _ = trained(100)
    total, _ = trained(100, reduction="sum", lr=0.01)
    assert predict(mean, 4.0) == pytest.approx(predict(total, 4.0), rel=1e-4)


def test_graph_needs_no_module():
    w = torch.tensor(1.0, requires_grad=True)
    nn.functional.mse_loss(w * hours, scores).backward()
    assert w.grad.item() == pytest.approx((2 * hours * (hours - scores)).mean().item())


def test_prediction_keeps_no_graph():
    assert isinstance(predict(LinearModel(), 4.0), float)


def test_forgotten_super():
    with pytest.raises(AttributeError, match=r"before Module.__init__\(\) call"):
        Forgotten()


def test_super_with_the_wrong_name_skips_a_parent():
    model = TwoLayers()
    assert not hasattr(model, "linear") and hasattr(model, "second")
    with pytest.raises(AttributeError, match="linear"):
        model(hours)


def test_forward_is_needed_and_init_is_not():
    torch.testing.assert_close(Doubling()(hours), scores)
    with pytest.raises(NotImplementedError, match='missing the required "forward"'):
        Misspelt()(hours)


def test_calling_forward_goes_past_the_hooks():
    model, seen = LinearModel(), []
    model.register_forward_hook(lambda module, args, output: seen.append(output))
    model.forward(hours)
    assert seen == []
    model(hours)
    assert len(seen) == 1


def test_size_average_warns():
    with pytest.warns(UserWarning, match="please use reduction='sum' instead"):
        nn.MSELoss(size_average=False)
