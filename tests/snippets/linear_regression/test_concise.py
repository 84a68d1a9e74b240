import pytest
import torch
from torch import nn, optim
from torch.utils.data import RandomSampler, SequentialSampler

from snippets.linear_regression.concise import (
    check,
    fit,
    half_mse,
    make_loader,
    make_net,
    make_salaries,
    train,
)
from snippets.linear_regression.scratch import data_iter, synthetic_data

TRUE_W, TRUE_B = torch.tensor([2.0, -3.4]), 4.2


def run(loss_fn, lr, num_epochs=1, seed=0):
    """A net trained on the page's data, and its mean squared error on all of them."""
    torch.manual_seed(0)
    X, y = synthetic_data(TRUE_W, TRUE_B, 1000)
    loader = make_loader(X, y, 10)
    torch.manual_seed(seed)
    net = make_net()
    train(net, loader, loss_fn, optim.SGD(net.parameters(), lr=lr), num_epochs)
    with torch.no_grad():
        return net, nn.MSELoss()(net(X), y).item(), y.var(correction=0).item()


def test_loader_pairs_rows_and_can_be_iterated_again():
    X = torch.arange(25.0).reshape(-1, 1)
    loader = make_loader(X, 2 * X, 10)
    assert len(loader) == 3
    for _ in range(2):
        batches = list(loader)
        assert sorted(torch.cat([x for x, _ in batches]).flatten().tolist()) == list(range(25))
        assert all(torch.equal(y, 2 * x) for x, y in batches)


def test_only_training_data_are_shuffled():
    X = torch.zeros(5, 1)
    assert isinstance(make_loader(X, X, 2).sampler, RandomSampler)
    assert isinstance(make_loader(X, X, 2, is_train=False).sampler, SequentialSampler)


def test_net_starts_small_and_maps_two_features_to_one_number():
    net = make_net()
    assert net(torch.randn(5, 2)).shape == (5, 1)
    assert net[0].weight.shape == (1, 2) and net[0].weight.abs().max() < 0.06
    assert (net[0].bias == 0).all()


def test_three_epochs_find_the_truth():
    net, loss, _ = run(nn.MSELoss(), 0.03, num_epochs=3)
    torch.testing.assert_close(net[0].weight.detach().flatten(), TRUE_W, atol=0.005, rtol=0)
    assert net[0].bias.item() == pytest.approx(TRUE_B, abs=0.005)
    assert loss == pytest.approx(0.01**2, rel=0.2)
    assert net[0].weight.grad is not None and net[0].bias.grad is not None


def test_it_can_be_left_to_the_default_initialization():
    torch.manual_seed(0)
    X, y = synthetic_data(TRUE_W, TRUE_B, 1000)
    net = nn.Linear(2, 1)
    train(net, make_loader(X, y, 10), nn.MSELoss(), optim.SGD(net.parameters(), lr=0.03), 3)
    assert nn.MSELoss()(net(X), y).item() < 2e-4


def test_mse_has_twice_the_gradient_of_half_mse():
    torch.manual_seed(0)
    y_hat, y = torch.randn(6, 1, requires_grad=True), torch.randn(6, 1)
    [half] = torch.autograd.grad(half_mse(y_hat, y), y_hat)
    [whole] = torch.autograd.grad(nn.MSELoss()(y_hat, y), y_hat)
    torch.testing.assert_close(whole, 2 * half)


def test_half_the_learning_rate_makes_up_for_twice_the_loss():
    half, _, _ = run(half_mse, 0.03)
    same, _, _ = run(nn.MSELoss(), 0.015)
    other, _, _ = run(nn.MSELoss(), 0.03)
    torch.testing.assert_close(half[0].weight, same[0].weight, atol=1e-6, rtol=0)
    assert (half[0].weight - other[0].weight).abs().max() > 0.05


def test_a_rate_that_suits_the_half_diverges_with_the_whole():
    _, good, baseline = run(half_mse, 0.9)
    _, bad, _ = run(nn.MSELoss(), 0.9)
    _, double, _ = run(half_mse, 1.8)
    assert good < 2e-4 and bad > 100 * baseline and double > 100 * baseline
    assert run(nn.MSELoss(), 0.8)[1] < 2e-4


def test_without_zero_grad_the_loss_ends_above_the_baseline():
    torch.manual_seed(0)
    X, y = synthetic_data(TRUE_W, TRUE_B, 1000)
    torch.manual_seed(0)
    net = make_net()
    optimizer = optim.SGD(net.parameters(), lr=0.03)
    for batch_X, batch_y in make_loader(X, y, 10):
        nn.MSELoss()(net(batch_X), batch_y).backward()
        optimizer.step()
    assert nn.MSELoss()(net(X), y) > y.var()
    assert not optimizer.state


def test_a_generator_function_is_not_iterable():
    with pytest.raises(TypeError, match="'function' object is not iterable"):
        iter(data_iter)


def test_salaries_leave_a_last_batch_of_five():
    X, y = make_salaries()
    assert X.shape == (205, 4) and y.shape == (205, 1)
    assert [len(x) for x, _ in make_loader(X, y, 50)] == [50, 50, 50, 50, 5]


def test_check_accepts_the_solution():
    check(fit)


def wrong_mean(loader, model, loss_fn, optimizer, num_epochs):
    means = []
    for _ in range(num_epochs):
        losses = []
        for X, y in loader:
            optimizer.zero_grad()
            loss = loss_fn(model(X), y)
            loss.backward()
            optimizer.step()
            losses.append(loss.item())
        means.append(sum(losses) / len(losses))
    return means


def without_step(loader, model, loss_fn, optimizer, num_epochs):
    return fit(loader, model, loss_fn, optim.SGD(model.parameters(), lr=0.0), num_epochs)


def with_tensors(*args):
    return [torch.tensor(mean) for mean in fit(*args)]


@pytest.mark.parametrize(
    "wrong, message",
    [
        (wrong_mean, "weight a batch by its size"),
        (without_step, "the loss is still"),
        (with_tensors, "use loss.item"),
        (lambda *args: fit(*args)[-1:], "one number for each epoch"),
    ],
)
def test_check_rejects(wrong, message):
    with pytest.raises(AssertionError, match=message):
        check(wrong)


def test_fit_beats_the_baseline_and_reaches_the_noise():
    X, y = make_salaries()
    torch.manual_seed(0)
    model = nn.Linear(4, 1)
    optimizer = optim.SGD(model.parameters(), lr=0.05)
    means = fit(make_loader(X, y, 50), model, nn.MSELoss(), optimizer, 30)
    assert means[0] > y.var(correction=0) > 5 * means[-1]
    assert means[-1] ** 0.5 == pytest.approx(4, rel=0.15)
    assert means[10] < 1.3 * means[-1]


def test_mse_loss_warns_about_a_flat_target():
    with pytest.warns(UserWarning, match="Using a target size"):
        nn.MSELoss()(torch.zeros(5, 1), torch.zeros(5))
