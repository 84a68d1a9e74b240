import pytest
import torch

from snippets.data_loading.generator import Batches, count_batches, cut, data_iter

X = torch.arange(12).reshape(12, 1)
y = (torch.arange(12) >= 6).long()


def rows(batches):
    return [batch_X.flatten().tolist() for batch_X, _ in batches]


@pytest.mark.parametrize("deal", [cut, data_iter, Batches])
@pytest.mark.parametrize("batch_size", [1, 4, 5, 12, 100])
def test_every_row_once_with_its_label(deal, batch_size):
    batches = list(deal(batch_size, X, y))
    assert sorted(sum(rows(batches), [])) == list(range(12))
    assert all(torch.equal(batch_y, y[batch_X[:, 0]]) for batch_X, batch_y in batches)


@pytest.mark.parametrize("deal", [cut, data_iter])
def test_last_batch_holds_the_rest(deal):
    assert [len(batch) for batch in rows(deal(5, X, y))] == [5, 5, 2]
    assert [len(batch) for batch in rows(deal(6, X, y))] == [6, 6]


def test_cut_keeps_the_order_so_the_first_batch_has_one_class():
    assert sum(rows(cut(5, X, y)), []) == list(range(12))
    _, first = next(cut(5, X, y))
    assert first.unique().tolist() == [0]


def test_shuffled_batches_of_five_hold_both_classes_and_change_from_epoch_to_epoch():
    torch.manual_seed(0)
    first, second = (list(data_iter(5, X, y)) for _ in range(2))
    assert rows(first) != rows(second)
    for batches in (first, second):
        assert all(len(batch_y.unique()) == 2 for _, batch_y in batches if len(batch_y) == 5)


def test_drawing_with_repetition_does_not_cover_every_row():
    drawn = torch.randint(12, (12,), generator=torch.Generator().manual_seed(0))
    assert len(drawn.unique()) < 12


@pytest.mark.parametrize("n, size", [(12, 5), (1000, 100), (60000, 64), (3, 10), (1, 1)])
def test_count_agrees_with_the_batches(n, size):
    data = torch.zeros(n, 1)
    sizes = [len(batch_X) for batch_X, _ in cut(size, data, data)]
    assert count_batches(n, size) == (len(sizes), sizes[-1])


def test_the_extremes_are_gradient_descent_and_sgd():
    assert count_batches(12, 12) == (1, 12)
    assert count_batches(12, 1) == (12, 1)


def test_a_call_runs_nothing_before_the_first_batch():
    batches = data_iter(5, None, None)
    with pytest.raises(TypeError, match="has no len"):
        next(batches)


def test_generator_is_used_up_after_one_pass():
    batches = data_iter(5, X, y)
    assert [sum(1 for _ in batches) for _ in range(3)] == [3, 0, 0]


def test_class_can_be_iterated_again_in_a_new_order():
    torch.manual_seed(0)
    loader = Batches(5, X, y)
    first, second = rows(loader), rows(loader)
    assert len(first) == len(second) == len(loader) == 3 and first != second


def test_generator_has_no_length():
    with pytest.raises(TypeError, match="object of type 'generator' has no len"):
        len(data_iter(5, X, y))


def test_two_orders_destroy_the_pairs():
    torch.manual_seed(0)
    hours = torch.rand(1000)
    points = 2 * hours + 0.1 * torch.randn(1000)
    order, other = torch.randperm(1000), torch.randperm(1000)
    kept = torch.stack([hours[order], points[order]]).corrcoef()[0, 1]
    lost = torch.stack([hours[order], points[other]]).corrcoef()[0, 1]
    assert kept > 0.95 and lost.abs() < 0.1


def test_comma_for_colon():
    with pytest.raises(TypeError, match="list indices must be integers or slices, not tuple"):
        list(range(12))[0, min(5, 12)]
    with pytest.raises(IndexError, match="too many indices for tensor of dimension 1"):
        torch.randperm(12)[0, 5]
