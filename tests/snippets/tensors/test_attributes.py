import math
import runpy
import warnings

import matplotlib.pyplot as plt
import pytest
import torch

from snippets.tensors import attributes as module
from snippets.tensors.attributes import attributes, check, draw_tensor, precision

scalar = torch.tensor(1)
vector = torch.arange(1, 5)
matrix = torch.arange(1, 13).reshape(3, 4)
cube = torch.arange(1, 25).reshape(2, 3, 4)
ladder = [scalar, vector, matrix, cube]


def test_each_step_of_the_ladder_holds_the_one_below():
    assert [x.ndim for x in ladder] == [0, 1, 2, 3]
    assert [x.shape for x in ladder] == [(), (4,), (3, 4), (2, 3, 4)]
    for below, above in zip(ladder, ladder[1:]):
        assert torch.equal(above[0], below)


def test_ndim_counts_brackets():
    for x in ladder:
        text = str(x.tolist())
        assert len(text) - len(text.lstrip("[")) == x.ndim


def test_a_length_of_one_is_a_dimension():
    sheet = torch.tensor([[[1, 2, 3], [4, 5, 6], [7, 8, 9]]])
    assert sheet.ndim == 3 and sheet.shape == (1, 3, 3)
    assert sheet[0].ndim == 2 and sheet[0].numel() == sheet.numel()


def test_table_of_attributes():
    table = attributes({"scalar": scalar, "noise": torch.rand(3, 32, 48)})
    assert table.loc["scalar"].tolist() == [0, (), 1, torch.int64, torch.device("cpu")]
    assert table.loc["noise", "shape"] == (3, 32, 48)
    assert table.loc["noise", "numel()"] == math.prod((3, 32, 48))
    assert table.loc["noise", "dtype"] == torch.float32


def test_size_is_shape_and_transposing_swaps_it():
    assert matrix.size() == matrix.shape and matrix.size(0) == matrix.shape[0] == 3
    assert isinstance(matrix.shape, tuple)
    assert matrix.T.shape == (4, 3)


def test_precision_falls_with_the_bytes():
    dtypes = [torch.float64, torch.float32, torch.float16]
    table = precision(8.1, dtypes)
    assert table["bytes"].tolist() == [8, 4, 2]
    errors = [abs(float(value) - 8.1) for value in table["value"]]
    assert errors == sorted(errors) and errors[0] == 0 < errors[1] < errors[2]


def test_integers_cut_the_fraction_off():
    assert precision(8.9, [torch.int64])["value"].tolist() == ["8"]
    assert precision(-8.9, [torch.int64])["value"].tolist() == ["-8"]
    assert precision(8.1, [torch.bool])["value"].tolist() == ["True"]


@pytest.mark.parametrize(
    "name, dtype",
    [("half", torch.float16), ("float", torch.float32), ("long", torch.int64)],
)
def test_short_conversions_leave_the_original_alone(name, dtype):
    x = torch.tensor([1.5], dtype=torch.float64)
    assert getattr(x, name)().dtype == x.to(dtype).dtype == dtype
    assert x.dtype == torch.float64


def test_type_answers_with_a_legacy_name():
    assert vector.type() == "torch.LongTensor" and vector.dtype == torch.int64


def test_none_options_mean_inferred_dtype_and_default_device():
    x = torch.tensor([3.0], dtype=None, device=None, requires_grad=False)
    assert x.dtype == torch.float32 and x.device == torch.device("cpu")
    assert torch.tensor([3.0], device="meta").device.type == "meta"
    with pytest.raises(TypeError, match="unexpected keyword argument 'requires_grade'"):
        torch.tensor([3.0], requires_grade=True)


def test_item_needs_exactly_one_element():
    entry = cube[0, 0, 0]
    assert isinstance(entry, torch.Tensor) and entry.ndim == 0
    assert entry.item() == 1 and type(entry.item()) is int
    assert torch.tensor([[7]]).item() == 7
    with pytest.raises(RuntimeError, match="4 elements cannot be converted to Scalar"):
        vector.item()


def test_item_shows_what_float32_holds():
    assert torch.tensor(0.1).item() != 0.1
    assert torch.tensor(0.1, dtype=torch.float64).item() == 0.1


def test_a_tensor_needs_data():
    with pytest.raises(TypeError, match='missing 1 required .* "data"'):
        torch.tensor()


def test_full_width_comma_is_named_by_its_code_point():
    with pytest.raises(SyntaxError, match="U\\+FF0C"):
        compile("torch.tensor([3.0， 6.0])", "cell", "exec")


def test_chinese_characters_become_part_of_a_name():
    with pytest.raises(NameError, match="name '例如torch' is not defined"):
        eval("例如torch.tensor([7, 8])", {"torch": torch})


def test_a_missing_comma_makes_an_index():
    top = [7, 8]
    with pytest.raises(TypeError, match="list indices must be integers or slices"):
        torch.tensor([top [9, 10]])  # fmt: skip
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        compile("[[7, 8] [9, 10]]", "cell", "eval")
    assert "perhaps you missed a comma?" in str(caught[0].message)


def test_a_shape_is_never_equal_to_a_number():
    assert vector.shape != 4 and vector.shape == (4,)
    with pytest.raises(TypeError, match="expected at most 1 argument, got 3"):
        torch.Size(1, 3, 3)
    assert torch.Size([1, 3, 3]) == (1, 3, 3)


def test_attributes_are_not_called_and_methods_are():
    with pytest.raises(TypeError, match="'torch.device' object is not callable"):
        vector.device()
    for method in ("size", "numel", "item", "tolist"):
        assert callable(getattr(vector, method))


@pytest.mark.parametrize("tensor", ladder)
def test_drawing_has_one_arrow_per_dimension_and_every_number(tensor):
    fig, ax = plt.subplots()
    draw_tensor(ax, tensor, "name", 0, 0)
    texts = [text.get_text() for text in ax.texts]
    plt.close(fig)
    assert {t for t in texts if t.startswith("dim")} == {f"dim {i}" for i in range(tensor.ndim)}
    numbers = sorted(int(t) for t in texts if t.isdigit())
    assert numbers == list(range(1, tensor.numel() + 1))


def test_check_accepts_the_answer_and_rejects_others():
    x = torch.tensor([3, 1, 4, 1])
    check((x, torch.int64, "cpu"))
    for wrong, message in (
        (([3, 1, 4, 1], torch.int64, "cpu"), "not a tensor"),
        ((torch.tensor([3, 1, 4]), torch.int64, "cpu"), "not the four numbers"),
        ((x, torch.float32, "cpu"), "predicted torch.float32"),
        ((x, torch.int64, "cuda"), "predicted cuda"),
    ):
        with pytest.raises(AssertionError, match=message):
            check(wrong)


def test_one_point_changes_the_dtype_and_not_the_device():
    x = torch.tensor([1.0, 2])
    assert x.dtype == torch.float32 and x.device == torch.device("cpu")


def test_the_module_runs_as_a_program(capsys):
    runpy.run_path(module.__file__, run_name="__main__")
    plt.close("all")
    assert capsys.readouterr().out.endswith("all correct\n")
