import timeit

import numpy as np
import pytest
import torch

from snippets.tensors.arithmetic import linear, linear_loop

v = torch.tensor([1, 2, 3])
A = torch.tensor([[1, 2, 3], [4, 5, 6]])
B = torch.tensor([[1, 2, 0], [3, 0, 1]])


def batch(n=64, d=8, k=1):
    generator = torch.Generator().manual_seed(0)
    return [torch.randn(*shape, generator=generator) for shape in ((n, d), (d, k), (k,))]


def test_operators_functions_and_methods_agree_and_leave_their_operand():
    assert torch.equal(v + 10, torch.add(v, 10)) and torch.equal(v * v, v.mul(v))
    assert (v - 10).tolist() == [-9, -8, -7]
    assert v.tolist() == [1, 2, 3]


def test_kinds_of_division_follow_numpy():
    a = torch.tensor([7, -7])
    assert (a / 2).dtype == torch.float32
    np.testing.assert_array_equal(a // 2, a.numpy() // 2)
    np.testing.assert_array_equal(a % 2, a.numpy() % 2)
    assert torch.equal(a // 2 * 2 + a % 2, a)
    assert torch.div(a, 2, rounding_mode="trunc").tolist() == [3, -3]


def test_floats_divided_by_zero_give_inf_and_nan_and_integers_raise():
    by_zero = torch.tensor([1.0, -1.0, 0.0]) / 0
    assert by_zero[:2].tolist() == [torch.inf, -torch.inf] and by_zero[2].isnan()
    with pytest.raises(RuntimeError, match="ZeroDivisionError"):
        v // 0


def test_powers_of_integers_stay_integers_and_negative_ones_raise():
    assert (v**2).dtype == torch.int64 and (2**v).tolist() == [2, 4, 8]
    assert torch.exp(v).dtype == torch.float32
    np.testing.assert_allclose(torch.exp(v), np.exp(v.numpy()), rtol=1e-6)
    with pytest.raises(RuntimeError, match="Integers to negative integer powers are not allowed"):
        v**-1
    torch.testing.assert_close(v.float() ** -1, 1 / v)


def test_a_row_is_broadcast_and_a_row_of_wrong_length_raises():
    assert torch.equal(torch.full((4, 3), 6.0) / torch.full((3,), 2.0), torch.full((4, 3), 3.0))
    with pytest.raises(RuntimeError, match=r"size of tensor a \(3\) must match .* b \(2\)"):
        v + torch.tensor([1, 2])


def test_a_column_minus_a_vector_is_a_matrix():
    difference = v.reshape(3, 1) - v
    assert difference.shape == (3, 3) and difference[2, 0] == v[2] - v[0]


def test_star_pairs_positions_and_at_pairs_rows_with_columns():
    np.testing.assert_array_equal(A * B, A.numpy() * B.numpy())
    np.testing.assert_array_equal(A @ B.T, np.einsum("ik,jk->ij", A.numpy(), B.numpy()))
    with pytest.raises(RuntimeError, match=r"cannot be multiplied \(2x3 and 2x3\)"):
        A @ B


def test_vectors_have_a_dot_product_which_mm_refuses():
    product = v @ v
    assert product.ndim == 0 and product.item() == 14 and product == torch.dot(v, v)
    assert (torch.full((4, 3), 6.0) @ torch.full((3,), 2.0)).tolist() == [36.0] * 4
    with pytest.raises(RuntimeError, match="mm: self must be a matrix, got 1-D tensor"):
        torch.mm(v, v)


@pytest.mark.parametrize("k", [1, 3])
def test_loop_and_product_agree(k):
    X, W, b = batch(n=5, k=k)
    assert linear(X, W, b).shape == (5, k)
    torch.testing.assert_close(linear_loop(X, W, b), linear(X, W, b))
    torch.testing.assert_close(linear(X, W, b), torch.addmm(b, X, W))


def test_rows_of_a_batch_do_not_depend_on_each_other():
    X, W, b = batch()
    torch.testing.assert_close(linear(X[3:4], W, b), linear(X, W, b)[3:4])


def test_product_beats_the_loop_by_far_even_on_one_thread():
    X, W, b = batch()
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        slow = min(timeit.repeat(lambda: linear_loop(X, W, b), number=1, repeat=3))
        fast = min(timeit.repeat(lambda: linear(X, W, b), number=100, repeat=3)) / 100
    finally:
        torch.set_num_threads(threads)
    assert slow > 10 * fast


def test_reductions_agree_with_numpy():
    x = torch.arange(0, 100, 10)
    for name in ("min", "max", "sum", "argmin", "argmax"):
        result = getattr(x, name)()
        assert result.ndim == 0 and result.item() == getattr(x.numpy(), name)()
        assert torch.equal(result, getattr(torch, name)(x))
    assert (x.argmin().item(), x.argmax().item()) == (0, 9)


def test_mean_of_integers_raises_until_they_are_floats():
    x = torch.arange(0, 100, 10)
    with pytest.raises(NotImplementedError, match="floating point .* Got: Long"):
        x.mean()
    assert x.float().mean() == x.type(torch.float32).mean() == x.mean(dtype=torch.float32) == 45


def test_in_place_steps_reach_an_alias_and_a_new_tensor_does_not():
    s = alias = torch.tensor([1.0, 2.0, 3.0])
    s.add_(10)
    s *= 2
    assert s is alias and alias.tolist() == [22.0, 24.0, 26.0]
    s = s + 1
    assert s is not alias and alias.tolist() == [22.0, 24.0, 26.0]


def test_multiplying_by_zero_clears_neither_the_tensor_nor_nan():
    r = torch.tensor([1.0, torch.nan, torch.inf])
    product = r * 0
    assert product[0] == 0 and product[1:].isnan().all()
    assert r[0] == 1
    assert torch.zeros_like(r).tolist() == r.zero_().tolist() == [0.0] * 3


def test_in_place_division_of_integers_raises_and_changes_nothing():
    n = v.clone()
    with pytest.raises(RuntimeError, match="result type Float can't be cast to .* Long"):
        n /= 2
    assert torch.equal(n, v)


def test_a_tensor_is_not_callable():
    tensor = torch.tensor([1, 2, 3])
    with pytest.raises(TypeError, match="'Tensor' object is not callable"):
        tensor([11, 12, 13])
