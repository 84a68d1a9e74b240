import math
import runpy

import matplotlib.pyplot as plt
import numpy as np
import pytest
import torch

from snippets.tensors import create
from snippets.tensors.create import dtype_rules, extra_elements


@pytest.mark.parametrize(
    "data, dtype",
    [
        ([1, 2], torch.int64),
        ([1.0, 2], torch.float32),
        ([True, False], torch.bool),
        ([True, 2], torch.int64),
        ([1j], torch.complex64),
        (np.array([1.0]), torch.float64),
        (np.array([1.0], dtype=np.float32), torch.float32),
    ],
)
def test_dtype_follows_the_data(data, dtype):
    rules = dtype_rules([data])
    assert rules["dtype"].tolist() == [dtype]
    assert rules.index.tolist() == [repr(data)]


def test_tensor_copies_an_array_and_from_numpy_shares_it():
    array = np.array([0.5, 1.5])
    copied, shared = torch.tensor(array), torch.from_numpy(array)
    array[0] = 99
    assert copied.tolist() == [0.5, 1.5] and shared.tolist() == [99, 1.5]
    assert copied.dtype == shared.dtype == torch.float64


def test_arrays_and_tensors_differ_in_derivatives_and_default_precision():
    array, tensor = np.array([0.5]), torch.tensor([0.5])
    assert hasattr(tensor, "requires_grad") and not hasattr(array, "requires_grad")
    assert array.dtype == np.float64 and tensor.dtype == torch.float32


def test_dtype_is_read_only_and_to_leaves_the_original_alone():
    ones = torch.ones(2, 3)
    with pytest.raises(AttributeError, match="not writable"):
        ones.dtype = torch.float64
    assert ones.to(torch.float64).dtype == torch.float64
    assert ones.dtype == torch.float32


def test_sizes_may_be_numbers_or_a_tuple_and_full_takes_the_type_of_its_value():
    assert torch.equal(torch.zeros(2, 3), torch.zeros(size=(2, 3)))
    assert torch.full((2,), 7).dtype == torch.int64
    assert torch.full((2,), 7.0).dtype == torch.float32


def test_like_functions_inherit_shape_and_dtype():
    x = torch.tensor([[21, 3], [19, 0], [24, 5]])
    for like, value in ((torch.zeros_like, 0), (torch.ones_like, 1)):
        assert torch.equal(like(x), torch.full((3, 2), value))
        assert like(x.double()).dtype == torch.float64
        assert like(x.to("meta")).device.type == "meta"


@pytest.mark.parametrize("like", [torch.rand_like, torch.randn_like])
def test_random_like_refuses_integers_unless_told_the_type(like):
    x = torch.tensor([[1, 2]])
    with pytest.raises(RuntimeError, match="not implemented for 'Long'"):
        like(x)
    assert like(x, dtype=torch.float32).shape == (1, 2)


def test_arange_excludes_its_end_as_range_does():
    for arguments in ((12,), (0, 4), (1, 5), (2, 12, 3)):
        assert torch.arange(*arguments).tolist() == list(range(*arguments))
    with pytest.raises(TypeError):
        range(0, 1, 0.25)
    assert torch.arange(0, 1, 0.25).tolist() == [0, 0.25, 0.5, 0.75]


def test_arange_with_a_fractional_step_may_include_its_end():
    assert len(torch.arange(1, 1.2, 0.1)) == 2
    assert torch.arange(1, 1.3, 0.1)[-1].item() == pytest.approx(1.3)
    wrong = [n for n in range(1, 21) if extra_elements(n)]
    assert wrong and 3 in wrong and len(wrong) < 10
    for n in range(1, 21):
        quotient = (round(1 + n * 0.1, 10) - 1) / 0.1
        assert extra_elements(n) == math.ceil(quotient) - n


def test_extra_elements_of_exact_steps_is_zero():
    assert [extra_elements(n, start=0, step=0.25) for n in range(1, 20)] == [0] * 19


def test_linspace_has_the_length_asked_for_and_both_ends():
    for n in range(2, 30):
        points = torch.linspace(1, 1 + n / 10, n)
        assert len(points) == n
        torch.testing.assert_close(points[[0, -1]], torch.tensor([1, 1 + n / 10]))


def test_random_functions_draw_from_their_distributions():
    torch.manual_seed(0)
    uniform, normal = torch.rand(10000), torch.randn(10000)
    assert uniform.min() >= 0 and uniform.max() < 1
    assert uniform.mean().item() == pytest.approx(0.5, abs=0.02)
    assert normal.mean().item() == pytest.approx(0, abs=0.05)
    assert normal.std().item() == pytest.approx(1, abs=0.05)
    assert set(torch.randint(0, 10, (1000,)).tolist()) == set(range(10))
    assert sorted(torch.randperm(8).tolist()) == list(range(8))


def test_a_seed_repeats_the_stream_and_not_each_draw():
    torch.manual_seed(42)
    a, b = torch.rand(2), torch.rand(2)
    torch.manual_seed(42)
    assert torch.equal(torch.rand(2), a) and torch.equal(torch.rand(2), b)
    assert not torch.equal(a, b)


def test_a_generator_is_not_disturbed_by_other_draws():
    generator = torch.Generator().manual_seed(42)
    first = torch.rand(2, generator=generator)
    torch.rand(100)
    second = torch.rand(2, generator=generator)
    torch.manual_seed(42)
    assert torch.equal(torch.rand(4), torch.cat([first, second]))


def test_capital_tensor_rounds_integers_and_takes_a_number_for_a_size():
    n = 2**24 + 1
    assert torch.tensor([n]).item() == n
    assert torch.Tensor([n]).long().item() == n - 1
    assert torch.tensor(3).shape == ()
    assert torch.Tensor(3).shape == torch.empty(3).shape == (3,)
    assert torch.Tensor([[2, 3]]).dtype == torch.float32


def test_a_shape_is_not_data():
    assert torch.tensor([32, 48]).shape == (2,)
    with pytest.raises(TypeError, match="1 positional argument but 2 were given"):
        torch.tensor(32, 48)
    with pytest.raises(TypeError, match='missing 1 required .* "data"'):
        torch.tensor(size=(32, 48))
    assert torch.rand(3, 32, 48).shape == (3, 32, 48)


@pytest.mark.parametrize(
    "code, name",
    [("torch.ones(size(2, 3))", "size"), ("troch.arange(4)", "troch"),
     ("torch_ones_like(x)", "torch_ones_like")],
)  # fmt: skip
def test_unknown_names_are_named(code, name):
    with pytest.raises(NameError, match=f"name '{name}' is not defined"):
        eval(code, {"torch": torch, "x": torch.ones(2)})


def test_pasted_output_calls_the_variable():
    tensor = torch.arange(0, 4)
    with pytest.raises(TypeError, match="'Tensor' object is not callable"):
        tensor([0, 1, 2, 3])


def test_the_module_runs_as_a_program(capsys):
    runpy.run_path(create.__file__, run_name="__main__")
    plt.close("all")
    printed = capsys.readouterr().out
    assert "second draw False" in printed
    assert "after a new seed True" in printed and "own generator True" in printed
