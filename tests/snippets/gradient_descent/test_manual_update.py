import pytest
import torch

from snippets.gradient_descent.manual_update import (
    check,
    descend,
    make_model,
    rebinding_step,
    sgd,
    step,
    train,
)

x = torch.tensor([1.0, 2.0, 3.0])
y = 2 * x


def model_with_gradients():
    torch.manual_seed(0)
    model = make_model()
    ((model(x[:, None]) - y[:, None]) ** 2).mean().backward()
    return model


def test_the_graph_comes_from_the_weight_and_not_from_its_gradient():
    w = torch.tensor(1.0, requires_grad=True)
    ((w * x - y) ** 2).mean().backward()
    assert not (0.01 * w.grad).requires_grad
    assert (w - 0.01 * w.grad).requires_grad


def test_training_finds_the_slope_and_leaves_a_trainable_leaf():
    w, losses = train(x, y, lr=0.01, num_epochs=100)
    assert 4 * w.item() == pytest.approx(8, abs=1e-4)
    assert w.is_leaf and w.requires_grad
    assert losses[0] > 1 and losses[50] == losses[-1] < 1e-11  # float32 is exhausted


def test_reported_loss_is_the_mean_of_all_samples():
    _, losses = train(x, y, lr=0.0, num_epochs=2)
    assert losses == pytest.approx([((x - y) ** 2).mean().item()] * 2)


def test_sgd_takes_the_step_of_the_formula_and_clears_every_gradient():
    model = model_with_gradients()
    expected = [(p - 0.1 * p.grad).detach() for p in model.parameters()]
    same = [id(p) for p in model.parameters()]
    sgd(model.parameters(), lr=0.1)
    torch.testing.assert_close([p.detach() for p in model.parameters()], expected)
    assert [id(p) for p in model.parameters()] == same
    assert all(p.is_leaf and not p.grad.any() for p in model.parameters())


def test_rebinding_leaves_the_model_unchanged_and_makes_a_non_leaf():
    model = model_with_gradients()
    before = model[0].weight.detach().clone()
    weight = model[0].weight
    weight = weight - 0.1 * weight.grad
    assert torch.equal(model[0].weight, before) and not torch.equal(weight, before)
    assert not weight.is_leaf


def test_rebinding_under_no_grad_ends_training():
    w = torch.tensor(1.0, requires_grad=True)
    (w**2).backward()
    with torch.no_grad():
        w = w - 0.1 * w.grad
    with pytest.raises(RuntimeError, match="does not require grad"):
        (w**2).backward()


def test_an_activation_counts_as_a_module_and_has_no_weight():
    model = make_model()
    with pytest.raises(AttributeError, match="'Sigmoid' object has no attribute 'w"):
        _ = model[1].weight
    assert model[2].weight.shape == (1, 3)
    names = [name for name, _ in model.named_parameters()]
    assert names == ["0.weight", "0.bias", "2.weight", "2.bias"]


def test_tracked_leaf_refuses_in_place_updates():
    model = model_with_gradients()
    with pytest.raises(RuntimeError, match="leaf Variable that requires grad"):
        model[0].weight -= 0.1 * model[0].weight.grad


def test_data_gives_a_wrong_gradient_where_no_grad_raises():
    w = torch.tensor(2.0, requires_grad=True)
    loss = w**2
    w.data.mul_(10)
    loss.backward()
    assert w.grad == 40  # d(w**2)/dw at w = 2 is 4

    w = torch.tensor(2.0, requires_grad=True)
    loss = w**2
    with torch.no_grad():
        w.mul_(10)
    with pytest.raises(RuntimeError, match="modified by an inplace operation"):
        loss.backward()


def test_gradients_accumulate_unless_cleared():
    assert descend(0.1, 4)[0] == pytest.approx([2, 1.6, 1.28, 1.024])
    gradients, weights = descend(0.1, 4, clear=False)
    assert gradients == pytest.approx([2, 3.6, 4.48, 4.464])
    assert weights[-1] == pytest.approx(-0.4544)


def test_accumulated_gradients_oscillate_without_growing_or_dying():
    weights = torch.tensor(descend(0.1, 400, clear=False)[1])
    for part in weights[:-1].split(100):
        assert 0.9 < part.abs().max() < 1.1 and part.min() < -0.9 < 0.9 < part.max()
    assert abs(descend(0.1, 40)[1][-1]) < 1e-3


def test_accumulation_is_momentum_without_friction():
    w = torch.tensor(1.0, requires_grad=True)
    optimizer = torch.optim.SGD([w], lr=0.1, momentum=1.0)
    for _ in range(40):
        optimizer.zero_grad()
        (w**2).backward()
        optimizer.step()
    assert w.item() == pytest.approx(descend(0.1, 40, clear=False)[1][-1], abs=1e-4)


def test_nominal_batch_size_shortens_the_last_step():
    means = []
    for batch in torch.ones(13).split(10):
        w = torch.tensor(0.0, requires_grad=True)
        ((w * batch - 1) ** 2 / 2).sum().backward()
        means.append((w.grad.item() / 10, w.grad.item() / len(batch)))
    assert means[0] == pytest.approx((-1, -1)) and means[1] == pytest.approx((-0.3, -1))


def test_check_accepts_a_step_and_refuses_what_only_looks_like_one():
    check(step)
    check(lambda model, lr: sgd(model.parameters(), lr))
    with pytest.raises(AssertionError, match="0.weight did not change"):
        check(rebinding_step)

    def weights_only(model, lr):
        sgd([model[0].weight, model[2].weight], lr)

    def uphill(model, lr):
        step(model, -lr)

    with pytest.raises(AssertionError, match="0.bias did not change"):
        check(weights_only)
    with pytest.raises(AssertionError, match="wrong step"):
        check(uphill)
