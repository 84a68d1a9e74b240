import numpy as np
import pytest
import torch

from snippets.gradient_descent.saddle import (
    X,
    bowl,
    bowl_slope,
    descend,
    gradient,
    loss,
    share_of_minima,
    train,
    two_valleys,
    two_valleys_slope,
    y,
)


def autograd(f, w):
    w = w.clone().requires_grad_()
    return torch.autograd.grad(f(w).sum(), w)[0]


def below_half(path):
    return (loss(path) < 0.5).nonzero()[0].item()


@pytest.mark.parametrize(("f", "slope"), [(bowl, bowl_slope), (two_valleys, two_valleys_slope)])
def test_slopes_agree_with_autograd(f, slope):
    w = torch.linspace(-2, 2, 9)
    torch.testing.assert_close(slope(w), autograd(f, w))


def test_gradient_agrees_with_autograd():
    w = torch.randn(20, 2, generator=torch.Generator().manual_seed(0))
    torch.testing.assert_close(gradient(w), autograd(loss, w))


def chords_hold(f, shape):
    u, v = torch.randn(2, 1000, *shape, generator=torch.Generator().manual_seed(0))
    middle, ends = f((u + v) / 2), (f(u) + f(v)) / 2
    return bool((middle <= ends + 1e-5).all())


def test_chords_tell_convex_from_non_convex():
    assert chords_hold(bowl, ())
    assert not chords_hold(two_valleys, ())
    assert not chords_hold(loss, (2,))


def test_mse_of_a_linear_model_is_convex():
    assert chords_hold(lambda w: ((w @ X.T - y) ** 2).mean(dim=-1), (2,))


def test_bowl_forgets_its_start_and_the_valleys_do_not():
    ends = [descend(bowl_slope, [start])[-1].item() for start in (-1.5, 1.5)]
    assert ends == pytest.approx([0.5, 0.5], abs=1e-3)
    left, right = (descend(two_valleys_slope, [start])[-1] for start in (-1.5, 1.5))
    roots = np.sort(np.roots([4, 0, -4, 0.5]).real)
    assert left.item() == pytest.approx(roots[0], abs=1e-3)
    assert right.item() == pytest.approx(roots[2], abs=1e-3)
    assert two_valleys(left) < two_valleys(right) - 0.5


def test_origin_is_a_saddle_with_the_middle_of_two_minima_above_them():
    origin = torch.zeros(2)
    assert (gradient(origin) == 0).all()
    H = torch.autograd.functional.hessian(loss, origin)
    torch.testing.assert_close(torch.linalg.eigvalsh(H), torch.tensor([-2.0, 2.0]))
    assert loss(torch.ones(2)) == loss(-torch.ones(2)) == 0 and loss(origin) == 1


def test_exact_start_is_stuck_and_nudge_and_noise_escape():
    stuck = descend(gradient, [1.5, -1.5], num_steps=1000)[-1]
    assert loss(stuck) == 1 and gradient(stuck).norm() < 1e-6
    nudged = descend(gradient, [1.5, -1.499])
    noisy = descend(gradient, [1.5, -1.5], noise=0.1)
    assert loss(nudged[-1]) < 1e-3 and loss(noisy[-1]) < 1e-2
    assert below_half(noisy) < below_half(nudged)


def test_noise_escapes_for_every_seed():
    for seed in range(20):
        path = descend(gradient, [1.5, -1.5], noise=0.1, seed=seed)
        assert loss(path[-1]) < 0.02


def test_distance_from_the_valley_floor_grows_by_one_plus_two_lr():
    path = descend(gradient, [1e-3, 1e-3], lr=0.05, num_steps=10)
    growth = path[1:].sum(dim=1) / path[:-1].sum(dim=1)
    torch.testing.assert_close(growth, torch.full((10,), 1.1), rtol=1e-3, atol=0)


def test_each_tenth_of_the_offset_costs_the_same_number_of_steps():
    offsets = (0.1, 0.01, 0.001, 0.0001)
    steps = [below_half(descend(gradient, [1.5, -1.5 + offset])) for offset in offsets]
    expected = np.log(10) / np.log(1.1)
    assert np.diff(steps) == pytest.approx([expected] * 3, abs=1.5)


def test_train_with_the_full_batch_agrees_with_autograd():
    a = torch.tensor([0.3, 0.8], requires_grad=True)
    b = torch.tensor(0.5, requires_grad=True)
    mse = ((b * (X @ a) - y) ** 2).mean()
    grad_a, grad_b = torch.autograd.grad(mse, (a, b))
    after = (((b - 0.05 * grad_b) * (X @ (a - 0.05 * grad_a)) - y) ** 2).mean()
    losses = train([0.3, 0.8], 0.5, batch_size=4, num_epochs=1)
    assert losses == pytest.approx([mse.item(), after.item()], rel=1e-5)


@pytest.mark.parametrize("seed", range(5))
def test_sample_noise_frees_from_the_useless_feature(seed):
    assert train([0.0, 1.0], 0.0, batch_size=4, seed=seed)[-1] == 1
    assert train([0.0, 1.0], 0.0, batch_size=1, seed=seed)[-1] < 0.01


@pytest.mark.parametrize("batch_size", [1, 2, 4])
def test_nothing_frees_from_all_zero_weights(batch_size):
    assert set(train([0.0, 0.0], 0.0, batch_size)) == {1.0}


def test_both_starts_are_saddles():
    def mse(w):
        return ((w[2] * (X @ w[:2]) - y) ** 2).mean()

    for start in ([0.0, 1.0, 0.0], [0.0, 0.0, 0.0]):
        w = torch.tensor(start)
        assert (autograd(mse, w) == 0).all()
        curvatures = torch.linalg.eigvalsh(torch.autograd.functional.hessian(mse, w))
        assert curvatures[0] < -0.1 and curvatures[-1] > 0.1


def test_stopping_rule_fires_on_the_saddle():
    path = descend(gradient, [1.5, -1.5])
    stop = (gradient(path).norm(dim=1) < 0.05).nonzero()[0].item()
    assert loss(path[stop]) > 0.99
    path = descend(gradient, [1.5, -1.499])
    stop = (gradient(path).norm(dim=1) < 0.05).nonzero()[0].item()
    assert loss(path[stop]) < 0.01


def test_plateau_is_longer_than_a_patience_of_20_steps():
    path = descend(gradient, [1.5, -1.499])
    assert ((loss(path) - 1).abs() < 0.02).sum() > 20


def test_random_minima_get_rare():
    shares = [share_of_minima(d) for d in range(1, 6)]
    assert shares[0] == pytest.approx(0.5, abs=0.02)
    assert all(later < earlier / 2 for earlier, later in zip(shares, shares[1:]))
