import numpy as np
import pytest
import torch

from snippets.tensors.reshape import disc_image, shares_memory

t = torch.arange(1, 7).reshape(2, 3)
p, q = torch.tensor([1, 2, 3]), torch.tensor([4, 5, 6])


@pytest.fixture
def warn_always():
    before = torch.is_warn_always_enabled()
    torch.set_warn_always(True)
    yield
    torch.set_warn_always(before)


def test_reshape_reads_row_by_row_and_leaves_its_tensor():
    x = torch.arange(1.0, 11.0)
    np.testing.assert_array_equal(x.reshape(5, 2), x.numpy().reshape(5, 2))
    assert x.reshape(5, 2)[-1].tolist() == [9.0, 10.0]
    assert x.reshape(2, -1).shape == (2, 5) and x.reshape(10, 1).shape == (10, 1)
    assert x.shape == (10,)


def test_reshape_needs_the_same_number_of_elements():
    with pytest.raises(RuntimeError, match=r"shape '\[3, 4\]' is invalid for input of size 10"):
        torch.arange(1.0, 11.0).reshape(3, 4)


def test_transpose_moves_no_number_and_is_not_reshape():
    assert t.T[2, 1] == t[1, 2]
    assert (t.stride(), t.T.stride()) == ((3, 1), (1, 3)) and shares_memory(t, t.T)
    assert t.T.shape == t.reshape(3, 2).shape and not torch.equal(t.T, t.reshape(3, 2))


def test_writing_into_a_view_changes_the_original():
    x = torch.arange(1.0, 10.0)
    z = x.view(1, 9)
    z[0, 0] = 100
    assert x[0] == 100 and x.shape == (9,)
    assert x.view(3, -1).shape == (3, 3)


def test_view_refuses_what_is_not_contiguous_and_reshape_copies_it():
    with pytest.raises(RuntimeError, match="view size is not compatible"):
        t.T.view(6)
    assert shares_memory(t, t.reshape(3, 2)) and not shares_memory(t, t.T.reshape(6))
    assert t.is_contiguous() and not t.T.is_contiguous()
    assert t.T.contiguous().view(6).tolist() == t.T.reshape(6).tolist() == [1, 4, 2, 5, 3, 6]
    assert shares_memory(t, t.contiguous()) and not shares_memory(t, t.clone())


def test_stack_adds_a_dimension_and_cat_lengthens_one():
    assert torch.equal(torch.stack([p, q]), t) and torch.equal(torch.stack([p, q], dim=1), t.T)
    assert torch.equal(torch.cat([p, q]), t.view(6))
    assert torch.cat([t, t, t], 0).shape == (6, 3) and torch.cat([t, t, t], 1).shape == (2, 9)
    x = torch.arange(1.0, 10.0)
    assert [torch.stack([x] * 4, dim=dim).shape for dim in (0, 1)] == [(4, 9), (9, 4)]


@pytest.mark.parametrize("join", [torch.stack, torch.cat])
def test_joining_copies(join):
    first = p.clone()
    joined = join([first, q])
    first[0] = 100
    assert joined.flatten()[0] == 1


def test_joining_refuses_shapes_that_do_not_fit():
    with pytest.raises(RuntimeError, match="same number of dimensions: got 2 and 1"):
        torch.cat([t, p])
    with pytest.raises(RuntimeError, match="stack expects each tensor to be equal size"):
        torch.stack([t, t.T])
    assert torch.equal(torch.cat([t, p.unsqueeze(0)])[2], p)


@pytest.mark.parametrize(
    ("shape", "squeezed"),
    [((1, 9), (9,)), ((1, 3, 1, 4), (3, 4)), ((3, 4), (3, 4)), ((1, 1), ())],
)
def test_squeeze_removes_sizes_of_one_only(shape, squeezed):
    x = torch.zeros(shape)
    assert x.squeeze().shape == squeezed and shares_memory(x, x.squeeze())


def test_unsqueeze_makes_a_row_or_a_column_of_the_same_memory():
    assert (p.unsqueeze(0).shape, p.unsqueeze(1).shape) == ((1, 3), (3, 1))
    assert shares_memory(p, p.unsqueeze(1))


def test_squeezing_a_batch_of_one_loses_the_batch():
    output = torch.zeros(1, 1)
    with pytest.raises(TypeError, match=r"len\(\) of a 0-d tensor"):
        len(output.squeeze())
    assert [torch.zeros(n, 1).squeeze(1).shape for n in (1, 5)] == [(1,), (5,)]


def test_permute_lists_where_the_new_dimensions_come_from():
    image = torch.rand(size=(5, 6, 3))
    chw = image.permute(2, 0, 1)
    np.testing.assert_array_equal(chw, image.numpy().transpose(2, 0, 1))
    chw[0, 1, 2] = -1
    assert image[1, 2, 0] == -1


def test_cube_has_three_dimensions():
    cube = torch.arange(24).reshape(2, 3, 4)
    assert cube.ndim == 3 and torch.arange(24).reshape(4, 6).ndim == 2
    assert torch.equal(cube.mT, cube.transpose(1, 2)) and cube.transpose(0, 2).shape == (4, 3, 2)


def test_reshape_scrambles_what_permute_sorts():
    image = disc_image()
    right, wrong = image.permute(2, 0, 1), image.reshape(3, 28, 28)
    assert right.shape == wrong.shape
    assert right[0, 14, 14] == 1 and right[0, 0, 0] == 0 and not right[2].any()
    assert torch.equal(right[0] + right[1], torch.ones(28, 28))
    # blue is 0 everywhere, so a plane with other values holds other colors
    assert not torch.equal(right, wrong) and wrong[2].any()


def test_transposing_a_vector_warns_and_does_nothing(warn_always):
    with pytest.warns(UserWarning, match="dimension other than 2 .* deprecated"):
        assert torch.equal(p.T, p)
    with pytest.warns(UserWarning, match="dimension other than 2 .* deprecated"):
        assert torch.zeros(2, 3, 4).T.shape == (4, 3, 2)
    with pytest.raises(RuntimeError, match="only supported on matrices or batches of matrices"):
        _ = p.mT


def test_a_shape_is_a_tuple_made_from_one_sequence():
    assert p.shape == torch.Size([3]) == (3,) and isinstance(p.shape, tuple)
    assert str(p.unsqueeze(0).shape) == "torch.Size([1, 3])"
    with pytest.raises(TypeError, match="'int' object is not iterable"):
        torch.Size(9)


@pytest.mark.parametrize(
    ("line", "name"),
    [("torch.rand(size(224, 224, 3))", "size"), ("t.view(3, -1)  // inferred", "inferred")],
)
def test_slips_of_notation_are_name_errors(line, name):
    with pytest.raises(NameError, match=f"name '{name}' is not defined"):
        eval(line)
