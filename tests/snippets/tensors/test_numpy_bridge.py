import numpy as np
import pytest
import torch
from torch import nn

from snippets.tensors.numpy_bridge import check, combine


def test_from_numpy_and_as_tensor_follow_the_array_and_torch_tensor_does_not():
    a = np.array([1.0, 2.0, 3.0])
    shared, maybe, copied = torch.from_numpy(a), torch.as_tensor(a), torch.tensor(a)
    a[0] = 99
    assert shared[0] == maybe[0] == 99 and copied[0] == 1
    assert a.ctypes.data == shared.data_ptr()


def test_as_tensor_copies_when_the_type_changes():
    a = np.array([1.0, 2.0])
    t = torch.as_tensor(a, dtype=torch.float32)
    a[0] = 99
    assert t[0] == 1


def test_a_new_array_under_the_old_name_breaks_the_bond():
    a = np.array([1.0, 2.0])
    t = torch.from_numpy(a)
    a += 10
    assert t.tolist() == [11, 12]
    a = a + 100
    assert t.tolist() == [11, 12] and a.tolist() == [111, 112]


def test_default_types_differ_for_floats_and_agree_for_integers():
    assert np.arange(1.0, 8.0).dtype == np.float64
    assert torch.arange(1.0, 8.0).dtype == torch.float32
    assert np.arange(1, 8).dtype == np.int64
    assert torch.arange(1, 8).dtype == torch.int64
    assert torch.from_numpy(np.arange(1.0, 8.0)).dtype == torch.float64


def test_double_meets_float_in_a_product_and_in_a_layer():
    x = torch.from_numpy(np.ones((3, 2)))
    with pytest.raises(RuntimeError, match="same dtype, but got: double != float"):
        x @ torch.ones(2, 1)
    message = "mat1 and mat2 must have the same dtype, but got Double and Float"
    with pytest.raises(RuntimeError, match=message):
        nn.Linear(2, 1)(x)
    assert nn.Linear(2, 1)(x.float()).dtype == torch.float32


def test_elementwise_operations_widen_in_silence():
    product = torch.from_numpy(np.ones(2)) * torch.ones(2)
    assert product.dtype == torch.float64
    assert product.nbytes == 2 * torch.ones(2).nbytes


def test_a_cast_copies():
    a = np.ones(2)
    t = torch.from_numpy(a).float()
    a[0] = 99
    assert t[0] == 1


def test_numpy_names_of_types_are_refused():
    with pytest.raises(ValueError, match="invalid type: 'float32'"):
        torch.ones(2, dtype=torch.float64).type("float32")


def test_numpy_shares_memory_with_the_tensor():
    t = torch.tensor([1.0, 2.0])
    b, kept = t.numpy(), t.numpy().copy()
    t.add_(1)
    assert b.tolist() == [2, 3] and kept.tolist() == [1, 2]


def test_a_tensor_with_gradient_must_be_detached_and_still_shares():
    w = torch.tensor([1.0, 2.0], requires_grad=True)
    with pytest.raises(RuntimeError, match=r"Use tensor\.detach\(\)\.numpy\(\)"):
        w.numpy()
    w.detach().cpu().numpy()[0] = 99
    assert w[0] == 99
    np.testing.assert_array_equal(w.numpy(force=True), [99, 2])


def test_a_log_of_views_holds_one_value():
    w, shared, kept = torch.zeros(1), [], []
    for _ in range(4):
        w += 0.5
        shared.append(w.numpy())
        kept.append(w.numpy().copy())
    assert len({b.item() for b in shared}) == 1 and len({b.item() for b in kept}) == 4


def test_array_times_tensor_fails_and_tensor_times_array_warns():
    a, t = np.ones(2), torch.ones(2)
    with pytest.raises(TypeError, match="unsupported operand"):
        a * t
    with pytest.warns(DeprecationWarning, match="__array_wrap__"):
        t * a


def test_negative_strides_need_a_copy():
    a = np.arange(3.0)[::-1]
    with pytest.raises(ValueError, match="negative strides"):
        torch.from_numpy(a)
    assert torch.from_numpy(a.copy()).tolist() == [2, 1, 0]


def test_bfloat16_has_no_counterpart_in_numpy():
    t = torch.ones(2, dtype=torch.bfloat16)
    with pytest.raises(TypeError, match="BFloat16"):
        t.detach().cpu().numpy()
    assert t.float().numpy().tolist() == [1, 1]


def test_combine_passes_its_check():
    check(combine)


@pytest.mark.parametrize(
    "wrong",
    [
        lambda a, b: (a - b) + a * b,
        lambda a, b: torch.from_numpy(a - b + a * b).flatten()[None],
        lambda a, b: torch.from_numpy(a - b),
    ],
)
def test_check_refuses_wrong_answers(wrong):
    with pytest.raises(AssertionError):
        check(wrong)


def test_check_refuses_a_right_value_that_spoils_its_input():
    def spoiling(array_a, array_b):
        a, b = torch.from_numpy(array_a), torch.from_numpy(array_b)
        product = a * b
        return a.sub_(b).add(product)

    with pytest.raises(AssertionError, match="wrote into its arguments"):
        check(spoiling)


def test_the_result_does_not_follow_the_array():
    a, b = np.array([1.0, 2.0]), np.array([3.0, 4.0])
    result = combine(a, b)
    a[0] = 99
    assert result.tolist() == [1, 6]
