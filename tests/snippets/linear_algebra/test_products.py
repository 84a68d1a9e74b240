import numpy as np
import pytest
import torch

from snippets.linear_algebra.products import product_shape

v, w = torch.tensor([1, 2, 3]), torch.tensor([4, 5, 6])
A = torch.tensor([[1, 2, 3], [4, 5, 6]])
B = torch.tensor([[2, 0], [0, 1], [1, 1]])
x = torch.tensor([1, 0, 2])


@pytest.fixture
def warn_always():
    before = torch.is_warn_always_enabled()
    torch.set_warn_always(True)
    yield
    torch.set_warn_always(before)


def test_four_products_agree_with_numpy():
    for ours, theirs in [
        (v * w, v.numpy() * w.numpy()),
        (torch.dot(v, w), np.dot(v.numpy(), w.numpy())),
        (torch.outer(v, w), np.outer(v.numpy(), w.numpy())),
        (torch.linalg.cross(v, w), np.cross(v.numpy(), w.numpy())),
    ]:
        np.testing.assert_array_equal(ours, theirs)
    assert torch.dot(v, w) == torch.sum(v * w) == v @ w


def test_outer_cross_and_cartesian_product_are_three_things():
    assert torch.outer(v, w).shape == (3, 3)
    assert torch.linalg.cross(v, w).tolist() == [-3, 6, -3]
    pairs = torch.cartesian_prod(v, w)
    assert pairs.shape == (9, 2) and pairs[0].tolist() == [1, 4]


def test_the_outer_product_holds_the_other_three():
    generator = torch.Generator().manual_seed(0)
    for a, b in torch.randint(-9, 10, (20, 2, 3), generator=generator):
        table = torch.outer(a, b)
        mirror = table - table.T
        assert torch.equal(table.diagonal(), a * b) and table.trace() == torch.dot(a, b)
        assert torch.equal(mirror[[1, 2, 0], [2, 0, 1]], torch.linalg.cross(a, b))


def test_the_cross_product_is_perpendicular_to_both():
    cross = torch.linalg.cross(v, w)
    assert cross @ v == cross @ w == 0


def test_the_dot_product_measures_the_angle():
    angle = torch.tensor(0.7)
    a, b = torch.tensor([2.0, 0.0]), 3 * torch.stack([angle.cos(), angle.sin()])
    torch.testing.assert_close(torch.dot(a, b), 2 * 3 * angle.cos())


def test_torch_dot_refuses_matrices_where_numpy_multiplies_them():
    M = torch.ones(2, 2)
    assert M.numpy().dot(M.numpy()).shape == (2, 2)
    with pytest.raises(RuntimeError, match="1D tensors expected, but got 2D and 2D tensors"):
        torch.dot(M, M)
    np.testing.assert_array_equal(M @ M, M.numpy() @ M.numpy())


def test_a_matrix_times_a_vector_mixes_the_columns():
    mixed = sum(x[j] * A[:, j] for j in range(3))
    assert torch.equal(A @ x, mixed) and torch.equal(torch.mv(A, x), mixed)


def test_a_product_is_one_map_after_the_other_and_order_matters():
    u = torch.tensor([5, 7])
    assert torch.equal(A @ (B @ u), (A @ B) @ u)
    assert (A @ B).shape != (B @ A).shape
    assert torch.equal((A @ B).T, B.T @ A.T)


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ((3,), (3,)),
        ((2, 3), (3,)),
        ((3,), (3, 4)),
        ((2, 3), (3, 4)),
        ((5, 2, 3), (5, 3, 4)),
        ((5, 2, 3), (3, 4)),
        ((7, 1, 2, 3), (5, 3, 4)),
    ],
)
def test_shapes_of_products_are_those_of_numpy(left, right):
    assert product_shape(left, right) == (np.zeros(left) @ np.zeros(right)).shape


def test_a_batch_is_multiplied_matrix_by_matrix():
    batch = torch.arange(30).reshape(5, 2, 3)
    W = torch.arange(12).reshape(3, 4)
    each = torch.stack([torch.mm(one, W) for one in batch])
    assert torch.equal(batch @ W, each)
    assert torch.equal(torch.bmm(batch, W.expand(5, 3, 4)), each)


def test_strict_functions_neither_broadcast_nor_take_other_dimensions():
    with pytest.raises(RuntimeError, match="mm: self must be a matrix, got 3-D tensor"):
        torch.mm(torch.zeros(5, 2, 3), torch.zeros(3, 4))
    with pytest.raises(RuntimeError, match="must be a matrix, got 1-D tensor"):
        torch.mm(v, w)
    with pytest.raises(RuntimeError, match="Expected size for first two dimensions of batch2"):
        torch.bmm(torch.zeros(5, 2, 3), torch.zeros(1, 3, 4))
    with pytest.raises(RuntimeError, match="batch2 must be a 3D tensor"):
        torch.bmm(torch.zeros(5, 2, 3), torch.zeros(3, 4))
    with pytest.raises(RuntimeError, match="vector expected"):
        torch.mv(A, A)


def test_mm_and_matmul_take_a_sparse_matrix_on_the_left():
    sparse = torch.eye(3).to_sparse()
    dense = torch.arange(6.0).reshape(3, 2)
    assert torch.equal(torch.mm(sparse, dense), dense) and torch.equal(sparse @ dense, dense)


def test_symmetry_needs_torch_equal():
    S = A.T @ A
    assert torch.equal(S, S.T) and (S == S.T).shape == (3, 3)
    assert S[0, 2] == torch.dot(A[:, 0], A[:, 2])
    with pytest.raises(RuntimeError, match="Boolean value of Tensor with more than one value"):
        bool(S == S.T)
    assert not torch.equal(B @ A, (B @ A).T)


def test_star_broadcasts_where_at_was_meant():
    X, weights = A.float(), torch.tensor([10.0, 1.0, 0.1])
    assert (X * weights).shape == (2, 3) and (X @ weights).shape == (2,)
    torch.testing.assert_close((X * weights).sum(dim=1), X @ weights)


def test_transposing_a_vector_warns_and_changes_nothing(warn_always):
    with pytest.warns(UserWarning, match="The use of `x.T` on tensors of dimension other than 2"):
        transposed = x.T
    assert torch.equal(transposed, x) and torch.equal(A @ transposed, A @ x)
    assert (A @ x.unsqueeze(1)).shape == (2, 1)


def test_a_stack_of_matrices_has_three_dimensions():
    cube = torch.arange(24).reshape(2, 3, 4)
    assert cube.ndim == 3 and cube.mT.shape == (2, 4, 3)
    assert torch.equal(cube.mT[1], cube[1].T) and cube.reshape(4, 6).ndim == 2


def test_torch_cross_without_dim_warns_and_takes_the_first_dimension_of_three(warn_always):
    a = torch.arange(9).reshape(3, 3)
    b = a.flip(0) ** 2
    with pytest.warns(UserWarning, match="torch.cross without specifying the dim arg"):
        old = torch.cross(a, b)
    assert torch.equal(old, torch.linalg.cross(a, b, dim=0))
    assert not torch.equal(old, torch.linalg.cross(a, b))
