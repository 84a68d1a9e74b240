import warnings

import numpy as np
import pytest
import torch
from torch.linalg import matrix_norm, vector_norm

from snippets.linear_algebra.norms import directions, unit_ball

u = torch.tensor([3.0, -4.0])
M = torch.tensor([[2.0, 1.0], [0.0, 1.5]])
P = torch.tensor([[1.0, 2.0], [3.0, 4.0]])


def test_vector_norms_by_hand():
    assert u.abs().sum() == vector_norm(u, ord=1) == 7
    assert (u**2).sum().sqrt() == vector_norm(u) == 5
    assert u.abs().max() == vector_norm(u, ord=torch.inf) == 4


@pytest.mark.parametrize("p", [1, 2, 3, torch.inf])
def test_norms_scale_and_obey_the_triangle_inequality(p):
    generator = torch.Generator().manual_seed(0)

    def norm(x):
        return vector_norm(x, ord=p)

    for a, b in torch.randn(50, 2, 4, generator=generator, dtype=torch.float64):
        torch.testing.assert_close(norm(-2 * a), 2 * norm(a))
        assert norm(a + b) <= norm(a) + norm(b) + 1e-12
        assert norm(a) > 0 == norm(0 * a)
        np.testing.assert_allclose(norm(a), np.linalg.norm(a.numpy(), ord=p))


def test_counting_entries_does_not_scale():
    assert vector_norm(2 * u, ord=0) == vector_norm(u, ord=0) == 2


@pytest.mark.parametrize("p", [1, 2, torch.inf])
def test_points_of_a_unit_ball_have_norm_one(p):
    ball = unit_ball(p)
    torch.testing.assert_close(vector_norm(ball, ord=p, dim=0), torch.ones(ball.shape[1]))


def test_unit_balls_are_nested():
    sizes = [vector_norm(unit_ball(p), dim=0) for p in (1, 2, torch.inf)]
    assert (sizes[0] <= sizes[1] + 1e-6).all() and (sizes[1] <= sizes[2] + 1e-6).all()


def test_the_median_has_the_smallest_l1_norm_and_the_mean_the_smallest_l2_norm():
    y = torch.tensor([1.0, 2.0, 2.0, 3.0, 12.0])
    guesses = torch.linspace(0, 13, 1301)
    errors = y - guesses.unsqueeze(1)
    for p, best in ((1, y.median()), (2, y.mean())):
        norms = vector_norm(errors, ord=p, dim=1)
        assert guesses[norms.argmin()] == pytest.approx(best.item(), abs=0.011)
    assert y.median() == 2 and y.mean() == 4


def test_mean_squared_and_mean_absolute_error_are_norms():
    e = torch.tensor([1.0, -2.0, 4.0])
    torch.testing.assert_close((e**2).mean(), vector_norm(e) ** 2 / 3)
    torch.testing.assert_close(e.abs().mean(), vector_norm(e, ord=1) / 3)


def test_l1_tells_spread_weights_from_a_single_one_and_l2_does_not():
    spread, single = torch.ones(4), torch.tensor([2.0, 0.0, 0.0, 0.0])
    assert vector_norm(spread) == vector_norm(single)
    assert vector_norm(single, ord=1) < vector_norm(spread, ord=1)


def test_frobenius_is_a_vector_norm_and_spectral_the_largest_stretch():
    torch.testing.assert_close(matrix_norm(M), vector_norm(M))
    torch.testing.assert_close(matrix_norm(M, ord=2), torch.linalg.svdvals(M)[0])
    stretch = vector_norm(M @ directions(3600), dim=0)
    torch.testing.assert_close(stretch.max(), matrix_norm(M, ord=2), rtol=1e-5, atol=0)


def test_the_spectral_norm_never_exceeds_the_frobenius_norm():
    generator = torch.Generator().manual_seed(0)
    for A in torch.randn(50, 3, 4, generator=generator):
        assert matrix_norm(A, ord=2) <= matrix_norm(A)


def test_torch_norm_flattens_where_linalg_norm_sees_a_matrix():
    with warnings.catch_warnings():
        warnings.simplefilter("error")  # no warning, although documented as deprecated
        assert torch.norm(P, 2).item() == pytest.approx(5.477, abs=5e-4)
    assert torch.linalg.norm(P, 2).item() == pytest.approx(5.465, abs=5e-4)
    assert "deprecated" in torch.norm.__doc__
    assert vector_norm(P, ord=1) == 10 and matrix_norm(P, ord=1) == 6


def test_a_batch_needs_dim():
    X = torch.tensor([[3.0, 4.0], [6.0, 8.0], [0.0, 1.0]])
    assert vector_norm(X).ndim == 0 and vector_norm(X, dim=1).tolist() == [5, 10, 1]
    rows = X / vector_norm(X, dim=1, keepdim=True)
    torch.testing.assert_close(vector_norm(rows, dim=1), torch.ones(3))


def test_integers_are_refused_until_they_are_floats():
    integers = torch.tensor([3, -4])
    with pytest.raises(NotImplementedError, match="Expected a floating point .* Got Long"):
        vector_norm(integers)
    with pytest.raises(NotImplementedError, match="Got Long"):
        torch.norm(integers)
    with pytest.raises(NotImplementedError, match="Got Long"):
        vector_norm(integers, dtype=torch.float32)
    assert vector_norm(integers.float()) == 5
