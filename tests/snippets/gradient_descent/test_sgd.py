import numpy as np
import torch

from snippets.gradient_descent.sgd import gd, gradient, make_students, mse, sgd, sgd_decay

x, y = make_students()
w_best = np.linalg.lstsq(x[:, None].numpy(), y.numpy(), rcond=None)[0].item()


def test_gradient_agrees_with_autograd():
    w = torch.tensor(0.7, requires_grad=True)
    mse(w, x, y).backward()
    torch.testing.assert_close(gradient(w.detach(), x, y).mean(), w.grad)


def test_single_gradients_have_the_full_gradient_as_their_mean_and_disagree_in_sign():
    gradients = gradient(torch.tensor(1.8), x, y)
    assert (gradients > 0).any() and (gradients < 0).any()


def test_one_epoch_of_sgd_beats_one_step_of_gd():
    assert mse(sgd(x, y, 0.01, 1)[-1], x, y) < mse(gd(x, y, 0.01, 1)[-1], x, y)


def test_sgd_takes_one_step_per_sample():
    assert len(sgd(x, y, 0.01, 3)) == 1 + 3 * len(x)


def test_seeds_change_a_shuffled_path_and_not_a_fixed_one():
    assert sgd(x, y, 0.01, 1, seed=1) != sgd(x, y, 0.01, 1, seed=2)
    fixed = [sgd(x, y, 0.01, 1, seed=seed, shuffle=False) for seed in (1, 2)]
    assert fixed[0] == fixed[1]


def test_sorted_samples_pull_the_fixed_order_away():
    order = (y / x).argsort()
    kept = sgd(x[order], y[order], 0.05, 5, shuffle=False)[-1]
    shuffled = sgd(x[order], y[order], 0.05, 5)[-1]
    assert abs(kept - w_best) > 2 * abs(shuffled - w_best)


def test_loss_of_the_last_sample_is_not_the_loss_of_the_epoch():
    w = torch.tensor(sgd(x, y, 0.01, 1)[-1])
    last = (w * x[-1] - y[-1]) ** 2
    assert not torch.isclose(last, mse(w, x, y), rtol=0.2)


def test_noise_of_the_weight_grows_with_the_learning_rate_and_decay_removes_it():
    def spread(path):
        return np.std(path[-len(x) :])

    assert spread(sgd(x, y, 0.05, 10)) > 2 * spread(sgd(x, y, 0.005, 10))
    assert spread(sgd_decay(x, y, 0.05, 10)) < spread(sgd(x, y, 0.05, 10)) / 2
    assert abs(np.mean(sgd_decay(x, y, 0.05, 20)[-len(x) :]) - w_best) < 0.02
