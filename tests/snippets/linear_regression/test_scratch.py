import pytest
import torch

from snippets.linear_regression.scratch import (
    data_iter,
    flat_loss,
    full_batch,
    init_params,
    linreg,
    sgd,
    squared_loss,
    synthetic_data,
    train,
)

TRUE_W, TRUE_B = torch.tensor([2.0, -3.4]), 4.2


@pytest.fixture
def data():
    torch.manual_seed(0)
    return synthetic_data(TRUE_W, TRUE_B, 1000)


def test_data_follow_the_true_line_up_to_noise_of_the_given_size(data):
    X, y = data
    assert X.shape == (1000, 2) and y.shape == (1000, 1)
    noise = y.flatten() - (X @ TRUE_W + TRUE_B)
    assert noise.std().item() == pytest.approx(0.01, rel=0.1)


@pytest.mark.parametrize("batch_size, sizes", [(4, [4, 4, 2]), (5, [5, 5]), (64, [10])])
def test_data_iter_yields_each_sample_once_with_its_label(batch_size, sizes):
    X = torch.arange(10.0).reshape(-1, 1)
    batches = list(data_iter(batch_size, X, 3 * X))
    assert [len(batch) for batch, _ in batches] == sizes
    seen = torch.cat([batch for batch, _ in batches])
    assert sorted(seen.flatten().tolist()) == X.flatten().tolist()
    for batch, labels in batches:
        assert torch.equal(labels, 3 * batch)


def test_data_iter_draws_a_new_order_at_every_call():
    X = torch.arange(100.0)
    torch.manual_seed(0)
    first, second = (torch.cat([x for x, _ in data_iter(10, X, X)]) for _ in range(2))
    assert not torch.equal(first, second) and not torch.equal(first, X)


def test_parameters_are_leaves_and_a_scaled_one_is_not():
    assert all(p.is_leaf and p.requires_grad for p in init_params(2))
    assert not (0.01 * torch.randn(2, 1, requires_grad=True)).is_leaf


def test_loss_is_half_the_squared_error_in_the_shape_of_the_prediction():
    y_hat, y = torch.randn(5, 1), torch.randn(5)
    loss = squared_loss(y_hat, y)
    assert loss.shape == (5, 1)
    expected = torch.nn.functional.mse_loss(y_hat.flatten(), y, reduction="none") / 2
    torch.testing.assert_close(loss.flatten(), expected)


def test_gradient_of_one_sample_is_the_error_times_the_input():
    w, b = init_params(2)
    x, y = torch.tensor([[1.5, -2.0]]), torch.tensor([[3.0]])
    squared_loss(linreg(x, w, b), y).sum().backward()
    error = (linreg(x, w, b) - y).item()
    torch.testing.assert_close(w.grad, error * x.T)
    torch.testing.assert_close(b.grad, torch.tensor([error]))


def test_sgd_equals_the_optimizer_on_the_mean_loss(data):
    X, y = (part[:7] for part in data)
    w, b = init_params(2)
    twins = [p.detach().clone().requires_grad_() for p in (w, b)]
    squared_loss(linreg(X, w, b), y).sum().backward()
    sgd([w, b], 0.1, len(X))
    squared_loss(linreg(X, *twins), y).mean().backward()
    torch.optim.SGD(twins, lr=0.1).step()
    for param, twin in zip((w, b), twins):
        torch.testing.assert_close(param, twin)
        assert (param.grad == 0).all()


@pytest.mark.parametrize("seed", [0, 1, 2])
def test_three_epochs_find_the_truth_and_reach_the_noise(seed):
    torch.manual_seed(seed)
    X, y = synthetic_data(TRUE_W, TRUE_B, 1000)
    w, b = init_params(2)
    history = train(w, b, X, y, lr=0.03, batch_size=10, num_epochs=3)
    assert len(history) == 300
    assert sum(history[120:130]) / 10 > 10 * 0.01**2 / 2
    assert sum(history[230:]) / 70 < 2 * 0.01**2 / 2
    torch.testing.assert_close(w.detach().flatten(), TRUE_W, atol=0.005, rtol=0)
    assert b.item() == pytest.approx(TRUE_B, abs=0.005)
    loss = squared_loss(linreg(X, w, b), y).mean().item()
    assert loss == pytest.approx(0.01**2 / 2, rel=0.2)
    residuals = (y - linreg(X, w, b)).detach()
    assert residuals.std().item() == pytest.approx(0.01, rel=0.1)
    pattern = torch.corrcoef(torch.cat([residuals, linreg(X, w, b).detach()], dim=1).T)
    assert abs(pattern[0, 1]) < 0.25


def test_a_flat_label_broadcasts_to_a_table_and_the_weights_stay_near_zero(data):
    X, y = data
    assert flat_loss(torch.zeros(10, 1), y[:10]).shape == (10, 10)
    torch.manual_seed(0)
    w, b = init_params(2)
    train(w, b, X, y, 0.03, 10, 3, flat_loss)
    assert b.item() == pytest.approx(y.mean().item(), abs=0.2)
    share = w.detach().flatten() / TRUE_W
    assert ((share > 0.03) & (share < 0.2)).all()
    baseline = y.var(correction=0).item() / 2
    loss = squared_loss(linreg(X, w, b), y).mean().item()
    assert 0.7 * baseline < loss < baseline


def test_the_last_batch_is_shorter_than_its_name():
    X = torch.zeros(1000, 2)
    assert [len(x) for x, _ in data_iter(64, X, X)][-2:] == [64, 40]


def test_dividing_by_a_larger_number_is_a_smaller_learning_rate(data):
    X, y = data

    def run(*args):
        torch.manual_seed(0)
        return full_batch(X, y, *args)

    assert run(0.5, 5000) == pytest.approx(run(0.1, 1000), rel=1e-3)
    assert run(0.5, 5000) > 1000 * run(0.5, 1000)


def test_a_comma_is_no_colon():
    with pytest.raises(TypeError, match="list indices must be integers or slices, not tuple"):
        list(range(10))[0, 10]


def test_detach_shares_memory_and_is_needed_for_numpy():
    w, _ = init_params(2)
    with pytest.raises(RuntimeError, match="Can't call numpy"):
        w.numpy()
    detached = w.detach()
    detached[0] = 5
    assert w[0].item() == 5
    assert detached.requires_grad_().requires_grad
