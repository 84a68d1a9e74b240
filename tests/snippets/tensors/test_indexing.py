import numpy as np
import pytest
import torch

from snippets.tensors.indexing import pick, shares_memory


@pytest.fixture
def x():
    return torch.arange(1, 13).reshape(3, 2, 2)


SCORES = torch.tensor([[0.1, 0.7, 0.2], [0.5, 0.2, 0.3], [0.2, 0.2, 0.6], [0.3, 0.6, 0.1]])
LABELS = torch.tensor([1, 0, 2, 0])


@pytest.mark.parametrize(
    "index",
    [0, (0, 1), (-1, -1, -1), (slice(None), 0, 0), (..., -1), slice(None, None, 2), [0, 1]],
)
def test_brackets_agree_with_numpy(x, index):
    np.testing.assert_array_equal(x[index].numpy(), x.numpy()[index])


def test_an_integer_removes_a_dimension_and_a_slice_keeps_it(x):
    assert x[1].shape == (2, 2) and x[1:2].shape == (1, 2, 2)
    torch.testing.assert_close(x[1:2].flatten(), x[1].flatten())


def test_negative_step_is_refused_and_flip_copies(x):
    with pytest.raises(ValueError, match="step must be greater than zero"):
        x[::-1]
    np.testing.assert_array_equal(x.flip(0).numpy(), x.numpy()[::-1])
    assert not shares_memory(x, x.flip(0))


def test_index_tensor_repeats_and_reorders_slices(x):
    i = torch.tensor([0, 0, 2, 1])
    torch.testing.assert_close(x[i], torch.stack([x[0], x[0], x[2], x[1]]))
    assert x[i.reshape(2, 2)].shape == (2, 2, 2, 2)


def test_index_tensor_on_a_vector():
    a = torch.tensor([1, 2, 3, 4, 5, 6, 7])
    assert a[torch.tensor([2, 3, 4])].tolist() == [3, 4, 5]


def test_one_index_keeps_features_and_labels_together():
    hours = torch.arange(6.0)
    batch = torch.randperm(6, generator=torch.Generator().manual_seed(0))[:3]
    torch.testing.assert_close((20 * hours + 10)[batch], 20 * hours[batch] + 10)


def test_a_list_is_an_index_tensor_and_a_tuple_is_not(x):
    assert x[[0, 1]].shape == (2, 2, 2)
    torch.testing.assert_close(x[(0, 1)], x[0, 1])


def test_pick_agrees_with_a_loop_and_with_gather():
    expected = [SCORES[r, label].item() for r, label in enumerate(LABELS)]
    assert pick(SCORES, LABELS).tolist() == expected
    torch.testing.assert_close(pick(SCORES, LABELS), SCORES.gather(1, LABELS[:, None])[:, 0])


def test_pick_on_two_rows():
    y_hat = torch.tensor([[0.1, 0.3, 0.6], [0.3, 0.2, 0.5]])
    torch.testing.assert_close(pick(y_hat, torch.tensor([0, 2])), torch.tensor([0.1, 0.5]))


def test_a_colon_pairs_every_row_with_every_label():
    wrong = SCORES[:, LABELS]
    assert wrong.shape == (4, 4)
    torch.testing.assert_close(wrong.diagonal(), pick(SCORES, LABELS))
    assert not torch.isclose(wrong.mean(), pick(SCORES, LABELS).mean(), rtol=0.1)


def test_mask_flattens_where_keeps_the_shape_and_row_masks_select_rows(x):
    high = x > 6
    assert high.dtype == torch.bool
    np.testing.assert_array_equal(x[high].numpy(), x.numpy()[x.numpy() > 6])
    assert x[high].shape == (high.sum(),) and torch.where(high, x, 0).shape == x.shape
    assert SCORES[pick(SCORES, LABELS) < 0.5].shape == (1, 3)


def test_integers_and_slices_are_views_the_rest_copies(x):
    for view in (x[0], x[:, 0, 0], x[1:], x[..., -1], x[::2]):
        assert shares_memory(x, view)
    for copy in (x[torch.tensor([0, 1])], x[[0, 1]], x[x > 6]):
        assert not shares_memory(x, copy)


def test_a_write_through_a_copy_is_lost(x):
    i, before = torch.tensor([0, 0, 2, 1]), x.clone()
    x[i][1, 0, 1] = -2
    torch.testing.assert_close(x, before)
    x[i, 1, 1] = -3
    assert x[:, 1, 1].tolist() == [-3, -3, -3]
    x[0][0, 0] = -1
    assert x[0, 0, 0] == -1


def test_repeated_indices_count_once_with_add_assign():
    votes = torch.tensor([0, 2, 2, 2])
    counts = torch.zeros(3, dtype=torch.int64)
    counts[votes] += 1
    assert counts.tolist() == [1, 0, 1]
    added = torch.zeros(3, dtype=torch.int64).index_add_(0, votes, torch.ones_like(votes))
    assert torch.bincount(votes, minlength=3).tolist() == added.tolist() == [1, 0, 3]


def test_float_labels_are_no_indices():
    with pytest.raises(IndexError, match="must be long, int, byte or bool"):
        pick(SCORES, LABELS.float())
    torch.testing.assert_close(pick(SCORES, LABELS.float().long()), pick(SCORES, LABELS))


def test_and_between_masks_is_ambiguous(x):
    with pytest.raises(RuntimeError, match="ambiguous"):
        x[x > 3 and x < 9]
    assert x[(x > 3) & (x < 9)].tolist() == [4, 5, 6, 7, 8]
