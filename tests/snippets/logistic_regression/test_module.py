import pytest
import torch
from torch import nn, optim

from snippets.logistic_regression.module import (
    LogisticRegression,
    fit,
    predict_proba,
    start_at_zero,
)
from snippets.logistic_regression.scratch import make_exam, train

hours, passed = make_exam()
X, y = hours.unsqueeze(1), passed.unsqueeze(1)
base_rate = max(passed.mean().item(), 1 - passed.mean().item())


def run(model, num_epochs, loss_fn=None, lr=0.3, kind=optim.SGD):
    optimizer = kind(model.parameters(), lr=lr)
    return fit(model, loss_fn or nn.BCEWithLogitsLoss(), optimizer, X, y, num_epochs)


def from_zero(num_epochs, **options):
    model = start_at_zero(LogisticRegression(1))
    return model, *run(model, num_epochs, **options)


def parameters(model):
    return torch.cat([p.detach().flatten() for p in model.parameters()])


@pytest.fixture(scope="module")
def trained():
    return from_zero(2000)


def accuracy(p):
    return ((p > 0.5) == (y == 1)).float().mean().item()


@pytest.mark.parametrize("num_features", [1, 8])
def test_model_is_one_affine_map_and_returns_logits(num_features):
    torch.manual_seed(0)
    model, batch = LogisticRegression(num_features), 10 * torch.randn(5, num_features)
    shapes = {name: tuple(p.shape) for name, p in model.named_parameters()}
    assert shapes == {"linear.weight": (1, num_features), "linear.bias": (1,)}
    w, b = model.linear.weight, model.linear.bias
    torch.testing.assert_close(model(batch), (batch * w).sum(1, keepdim=True) + b)


def test_an_affine_layer_is_off_from_additive_by_one_bias():
    torch.manual_seed(0)
    layer, u, v = nn.Linear(3, 2), torch.randn(3), torch.randn(3)
    torch.testing.assert_close(layer(u) + layer(v) - layer(u + v), layer.bias)
    assert not torch.allclose(layer(u) + layer(v), layer(u + v))


@pytest.mark.parametrize("num_epochs", [1, 10, 2000])
def test_module_and_loop_by_hand_take_the_same_path(num_epochs):
    model, losses, _ = from_zero(num_epochs)
    w, b, by_hand = train(hours, passed, lr=0.3, num_epochs=num_epochs)
    expected = torch.stack([w, b])
    torch.testing.assert_close(parameters(model), expected, rtol=1e-4, atol=1e-5)
    assert losses == pytest.approx(by_hand, abs=1e-5)


@pytest.mark.parametrize("seed", [0, 1, 2])
def test_any_start_ends_at_the_same_place(trained, seed):
    torch.manual_seed(seed)
    model = LogisticRegression(1)
    assert (parameters(model) - parameters(trained[0])).abs().max() > 1
    run(model, 2000)
    expected = parameters(trained[0])
    torch.testing.assert_close(parameters(model), expected, rtol=0, atol=1e-3)


def test_gradient_vanishes_at_the_end(trained):
    p = predict_proba(trained[0], X)
    assert ((p - y) * X).mean().abs() < 1e-4 and (p - y).mean().abs() < 1e-3


def test_training_beats_the_baseline_and_the_base_rate(trained):
    _, losses, accuracies = trained
    share = y.mean()
    baseline = -(share * share.log() + (1 - share) * (1 - share).log()).item()
    assert losses[-1] < 0.6 * baseline and accuracies[-1] > base_rate + 0.2


def test_accuracy_falls_in_the_step_that_lowers_the_loss(trained):
    _, losses, accuracies = trained
    assert accuracies[0] == pytest.approx(base_rate) and accuracies[1] < base_rate
    assert min(accuracies) == accuracies[1] and losses[1] < losses[0]
    after_one_step = from_zero(1)[0]
    assert 0.95 < (after_one_step(X) > 0).float().mean() < 1


def test_predict_proba_is_the_sigmoid_of_the_logits_without_a_graph(trained):
    model = trained[0]
    p = predict_proba(model, torch.tensor([[4.0], [0.0]]))
    w, b = parameters(model)
    expected = 1 / (1 + torch.exp(-torch.stack([4 * w + b, b])))
    torch.testing.assert_close(p.flatten(), expected)
    assert p.shape == (2, 1) and p.grad_fn is None and not p.requires_grad
    assert model(X).requires_grad


def test_deciding_by_the_score_is_deciding_by_the_probability(trained):
    model = trained[0]
    decisions = predict_proba(model, X) > 0.5
    assert torch.equal(model(X) > 0, decisions)
    assert decisions.any() and not decisions.all()


def with_sigmoid(linear):
    model = nn.Sequential(nn.Linear(1, 1), nn.Sigmoid())
    model[0].load_state_dict(linear.state_dict())
    return model


def test_loss_on_logits_equals_loss_on_probabilities_for_moderate_scores(trained):
    model = trained[0]
    older = with_sigmoid(model.linear)
    on_logits = nn.BCEWithLogitsLoss()(model(X), y)
    on_probabilities = nn.BCELoss()(older(X), y)
    torch.testing.assert_close(on_logits, on_probabilities)
    grads = torch.autograd.grad(on_logits, model.parameters())
    older_grads = torch.autograd.grad(on_probabilities, older.parameters())
    torch.testing.assert_close(grads, older_grads, rtol=1e-4, atol=1e-6)


def test_the_two_losses_part_for_large_scores():
    z, target = torch.tensor([200.0]), torch.tensor([0.0])
    assert nn.BCEWithLogitsLoss()(z, target).item() == pytest.approx(200)
    assert nn.BCELoss()(torch.sigmoid(z), target).item() == pytest.approx(100)


def test_sum_needs_a_smaller_rate_with_sgd_and_the_same_one_with_adam():
    total = nn.BCEWithLogitsLoss(reduction="sum")

    def weight(**options):
        return from_zero(200, **options)[0].linear.weight.item()

    sgd = weight()
    assert weight(loss_fn=total, lr=0.3 / len(X)) == pytest.approx(sgd, abs=1e-3)
    adam = weight(kind=optim.Adam, lr=0.03)
    assert weight(kind=optim.Adam, lr=0.03, loss_fn=total) == pytest.approx(adam, abs=1e-3)
    assert weight(kind=optim.Adam, lr=0.03 / len(X), loss_fn=total) < adam / 5


def test_a_second_sigmoid_lets_everybody_pass_without_an_error():
    model = start_at_zero(with_sigmoid(nn.Linear(1, 1)))
    losses, _ = run(model, 2000)
    p = predict_proba(model, X)
    assert losses[-1] < losses[0]
    assert p.min() >= 0.5 and p.max() < 0.7311
    assert accuracy(p) == pytest.approx(passed.mean().item())
    assert accuracy(p) < base_rate


def test_bce_loss_refuses_logits(trained):
    with pytest.raises(RuntimeError, match="between 0 and 1"):
        nn.BCELoss()(trained[0](X), y)


def test_size_average_is_deprecated_and_means_sum():
    with pytest.warns(UserWarning, match="reduction='sum'"):
        old = nn.BCELoss(size_average=False)
    assert old.reduction == "sum"


def test_start_at_zero_empties_all_parameters_and_returns_the_model():
    model = LogisticRegression(3)
    assert start_at_zero(model) is model and not parameters(model).any()
