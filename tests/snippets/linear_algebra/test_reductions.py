import itertools

import numpy as np
import pytest
import torch

from snippets.linear_algebra.reductions import broadcast_shape

A = torch.tensor([[1, 2, 3], [4, 5, 6]])
m = torch.tensor([[1.0, 10.0], [2.0, 30.0], [3.0, 20.0], [4.0, 40.0]])
scores = torch.tensor([[0.1, 0.7, 0.2], [0.6, 0.3, 0.1]])


@pytest.fixture
def warn_always():
    before = torch.is_warn_always_enabled()
    torch.set_warn_always(True)
    yield
    torch.set_warn_always(before)


def test_the_named_dimension_disappears():
    assert A.sum(dim=0).tolist() == [5, 7, 9] and A.sum(dim=1).tolist() == [6, 15]
    cube = torch.arange(24).reshape(2, 3, 4)
    for dims in [(0,), (1,), (2,), (-1,), (0, 2), (0, 1, 2)]:
        left = [n for k, n in enumerate(cube.shape) if k not in {d % 3 for d in dims}]
        assert list(cube.sum(dim=dims).shape) == left
        np.testing.assert_array_equal(cube.sum(dim=dims), cube.numpy().sum(axis=dims))
        kept = cube.sum(dim=dims, keepdim=True)
        assert kept.ndim == 3 and torch.equal(kept, cube.sum(axis=dims, keepdims=True))


def test_a_matrix_has_no_dimension_two():
    with pytest.raises(IndexError, match=r"expected to be in range of \[-2, 1\], but got 2"):
        A.sum(dim=2)


def test_row_shares_need_keepdim():
    with pytest.raises(RuntimeError, match=r"size of tensor a \(3\) must match .* b \(2\)"):
        A / A.sum(dim=1)
    shares = A / A.sum(dim=1, keepdim=True)
    torch.testing.assert_close(shares.sum(dim=1), torch.ones(2))


def test_broadcast_shape_agrees_with_torch_on_all_small_shapes():
    sizes = [s for n in range(4) for s in itertools.product((1, 2, 3), repeat=n)]
    for left, right in itertools.product(sizes, sizes):
        try:
            expected = tuple(torch.broadcast_shapes(left, right))
        except RuntimeError:
            expected = None
        assert broadcast_shape(left, right) == expected


def test_a_column_and_a_row_make_a_table_without_copies():
    column, row = torch.tensor([[0], [10], [20]]), torch.tensor([1, 2, 3, 4])
    assert (column + row).tolist() == [[a + b for b in (1, 2, 3, 4)] for a in (0, 10, 20)]
    wide = column.expand(3, 4)
    assert wide.stride() == (1, 0) and wide.data_ptr() == column.data_ptr()


def test_means_follow_the_same_rule():
    assert m.mean() == m.mean(dim=0).mean()
    assert m.mean(0).tolist() == [2.5, 25.0] and m.mean(1).tolist() == [5.5, 16.0, 11.5, 22.0]


def test_standardized_columns_have_mean_zero_and_std_one():
    z = (m - m.mean(dim=0)) / m.std(dim=0)
    torch.testing.assert_close(z.mean(dim=0), torch.zeros(2))
    torch.testing.assert_close(z.std(dim=0), torch.ones(2))


def test_torch_corrects_as_pandas_does_and_numpy_does_not():
    x = m[:, 1]
    np.testing.assert_allclose(x.std(), x.numpy().std(ddof=1), rtol=1e-6)
    np.testing.assert_allclose(x.std(correction=0), x.numpy().std(), rtol=1e-6)
    torch.testing.assert_close(x.var(), ((x - x.mean()) ** 2).sum() / (len(x) - 1))


def test_without_correction_three_draws_find_two_thirds_of_the_variance():
    torch.manual_seed(0)
    draws = torch.randn(100_000, 3)
    assert draws.var(dim=1).mean() == pytest.approx(1, abs=0.02)
    assert draws.var(dim=1, correction=0).mean() == pytest.approx(2 / 3, abs=0.02)


def test_max_along_a_dimension_gives_values_and_indices():
    values, indices = scores.max(dim=1)
    assert torch.equal(values, scores.amax(dim=1))
    assert torch.equal(indices, scores.argmax(dim=1)) and indices.tolist() == [1, 0]
    assert torch.equal(scores[[0, 1], indices], values)
    assert scores.amax(dim=(0, 1)) == scores.max()
    assert torch.max(torch.tensor([1, 5]), torch.tensor([4, 2])).tolist() == [4, 5]


def test_the_pair_cannot_be_compared_with_a_number():
    with pytest.raises(TypeError, match="'>' not supported"):
        _ = scores.max(dim=1) > 0.65
    assert (scores.max(dim=1).values > 0.65).tolist() == [True, False]


def test_running_sums_end_in_the_sums():
    for dim in (0, 1):
        assert A.cumsum(dim=dim).shape == A.shape
        assert torch.equal(A.cumsum(dim=dim).select(dim, -1), A.sum(dim=dim))


def test_square_matrices_hide_a_missing_keepdim():
    B = torch.tensor([[1.0, 3.0], [2.0, 6.0]])
    wrong = B / B.sum(dim=1)
    assert wrong[1, 0] == B[1, 0] / B[0].sum()  # a row sum on the wrong row
    assert not torch.isclose(wrong.sum(dim=1), torch.ones(2)).any()
    torch.testing.assert_close((B / B.sum(dim=1, keepdim=True)).sum(dim=1), torch.ones(2))


def test_std_of_integers_raises_until_they_are_floats():
    with pytest.raises(NotImplementedError, match="std and var only support floating point"):
        A.std(dim=0)
    torch.testing.assert_close(A.float().std(dim=0), torch.full((3,), 4.5**0.5))
    assert A.float().std(dim=1).tolist() == [1.0, 1.0]


def test_fractions_written_into_integers_are_cut_off_in_silence():
    centered = A.clone()
    centered[:] = A - A.float().mean(dim=0)
    assert (A - A.float().mean(dim=0)).abs().unique().tolist() == [1.5]
    assert centered.abs().unique().tolist() == [1]


def test_the_std_of_one_number_is_nan_with_a_warning(warn_always):
    with pytest.warns(UserWarning, match="degrees of freedom is <= 0"):
        assert m[:1].std(dim=0).isnan().all()
