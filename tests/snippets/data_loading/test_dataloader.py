import math

import pytest
import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

from snippets.data_loading.dataloader import (
    epoch_order,
    evaluate,
    make_loader,
    make_rides,
    pad,
    predict,
    train_epoch,
)

ROWS = TensorDataset(torch.arange(10))
MSE = nn.MSELoss()


def shuffled(seed=0):
    generator = torch.Generator().manual_seed(seed)
    return DataLoader(ROWS, batch_size=4, shuffle=True, generator=generator)


@pytest.fixture(scope="module")
def trained():
    torch.manual_seed(0)
    model = nn.Linear(2, 1)
    optimizer = torch.optim.SGD(model.parameters(), lr=0.02)
    loader = make_loader(*make_rides(1005, seed=0), 50)
    test_loader = make_loader(*make_rides(205, seed=1), 50, train=False)
    losses = []
    for _ in range(10):
        on_the_way = train_epoch(model, loader, MSE, optimizer)
        losses.append((on_the_way, evaluate(model, test_loader, MSE)))
    return model, losses


def test_same_generator_same_orders_and_a_new_one_each_epoch():
    one, two = shuffled(), shuffled()
    epochs = [epoch_order(one) for _ in range(3)]
    assert epochs == [epoch_order(two) for _ in range(3)]
    assert len({str(epoch) for epoch in epochs}) == 3
    assert all(sorted(sum(epoch, [])) == list(range(10)) for epoch in epochs)
    assert epoch_order(shuffled(1)) != epochs[0]


def test_only_the_own_generator_ignores_other_draws():
    def first_order(draws, loader):
        torch.manual_seed(0)
        torch.rand(draws)
        return epoch_order(loader)

    own = [first_order(draws, shuffled()) for draws in (0, 1)]
    assert own[0] == own[1]
    shared = DataLoader(ROWS, batch_size=4, shuffle=True)
    assert first_order(0, shared) == first_order(0, shared)
    assert first_order(0, shared) != first_order(1, shared)


def test_a_look_at_the_first_batch_changes_the_next_epoch():
    looked, untouched = shuffled(), shuffled()
    next(iter(looked))
    assert epoch_order(looked) != epoch_order(untouched)


@pytest.mark.parametrize("batch_size", [1, 3, 4, 5, 10, 16])
def test_number_of_batches(batch_size):
    for drop_last, expected in (
        (False, math.ceil(10 / batch_size)),
        (True, 10 // batch_size),
    ):
        loader = DataLoader(ROWS, batch_size=batch_size, drop_last=drop_last)
        assert len(loader) == len(epoch_order(loader)) == expected
        assert not drop_last or all(len(b) == batch_size for b in epoch_order(loader))


def test_default_collate_of_dicts():
    people = [
        {"scores": torch.tensor([1.5, 0.3]), "age": 31, "height": 1.72, "name": "Li"},
        {"scores": torch.tensor([0.2, 0.9]), "age": 45, "height": 1.65, "name": "Ann"},
    ]
    batch = next(iter(DataLoader(people, batch_size=2)))
    assert batch["scores"].shape == (2, 2) and batch["scores"].dtype == torch.float32
    assert batch["age"].dtype == torch.int64 and batch["name"] == ["Li", "Ann"]
    assert batch["height"].dtype == torch.float64
    with pytest.raises(RuntimeError, match="dtype"):
        nn.Linear(2, 1)(batch["height"])


def test_unequal_lengths_need_padding():
    sentences = [torch.tensor(s) for s in ([7, 2, 9], [4, 1, 1, 8, 3], [5, 6])]
    with pytest.raises(RuntimeError, match=r"equal size, but got \[3\].*\[5\]"):
        next(iter(DataLoader(sentences, batch_size=3)))
    batch, lengths = next(iter(DataLoader(sentences, batch_size=3, collate_fn=pad)))
    assert batch.shape == (3, 5) and lengths.tolist() == [3, 5, 2]
    for row, n, sentence in zip(batch, lengths, sentences, strict=True):
        assert row[:n].equal(sentence) and not row[n:].any()


def test_rides_are_sorted_and_harder_to_predict_the_longer():
    X, y = make_rides(2000, seed=0)
    assert X.shape == (2000, 2) and y.shape == (2000, 1) and X.dtype == torch.float32
    assert (X[:, 0].diff() >= 0).all()
    noise = y[:, 0] - 2 - X @ torch.tensor([3.0, 4.0])
    assert noise[-500:].std() > 3 * noise[:500].std()
    assert (noise / X[:, 0]).std().item() == pytest.approx(0.4, rel=0.05)


def test_training_shuffles_and_testing_does_not():
    X, y = make_rides(205, seed=1)
    order = [X for X, _ in make_loader(X, y, 50, train=False)]
    assert torch.cat(order).equal(X) and len(order[-1]) == 5
    mixed = make_loader(X, y, 50)
    first, second = (torch.cat([X for X, _ in mixed]) for _ in range(2))
    assert not first.equal(X) and not first.equal(second)


def test_training_beats_the_mean_and_reaches_the_noise(trained):
    model, losses = trained
    y_train, (X, y) = make_rides(1005, seed=0)[1], make_rides(205, seed=1)
    baseline = MSE(y_train.mean().expand(205, 1), y).item()
    assert losses[0][0] > 3 * losses[0][1]  # met on the way, and at the end
    assert losses[-1][1] < 0.1 * baseline
    truth = 2 + X @ torch.tensor([[3.0], [4.0]])
    assert losses[-1][1] < 1.2 * MSE(truth, y).item()
    assert model.weight.detach()[0].tolist() == pytest.approx([3, 4], abs=0.2)


def test_one_epoch_equals_plain_steps():
    X, y = make_rides(25, seed=0)
    torch.manual_seed(0)
    model = nn.Linear(2, 1)
    w, b = model.weight.detach().clone(), model.bias.detach().clone()
    loader = make_loader(X, y, 10, train=False)
    optimizer = torch.optim.SGD(model.parameters(), lr=0.01)
    result, total = train_epoch(model, loader, MSE, optimizer), 0.0
    for k in (0, 10, 20):
        error = X[k : k + 10] @ w.T + b - y[k : k + 10]
        total += (error**2).sum().item()
        w = w - 0.01 * 2 * (error * X[k : k + 10]).mean(0)
        b = b - 0.01 * 2 * error.mean(0)
    assert torch.allclose(model.weight, w, atol=1e-5) and torch.allclose(model.bias, b)
    assert result == pytest.approx(total / 25, rel=1e-5)


def test_mean_of_means_is_wrong_and_weighting_right(trained):
    model = trained[0]
    X, y = make_rides(205, seed=1)
    at_once = MSE(model(X), y).item()
    loader = make_loader(X, y, 50, train=False)
    of_means = sum(MSE(model(X), y).item() for X, y in loader) / len(loader)
    assert of_means > 1.3 * at_once
    assert evaluate(model, loader, MSE) == pytest.approx(at_once, rel=1e-5)
    errors = []
    for seed in range(20):
        order = torch.randperm(205, generator=torch.Generator().manual_seed(seed))
        batches = [MSE(model(X[rows]), y[rows]).item() for rows in order.split(50)]
        errors.append(sum(batches) / 5 - at_once)
    assert min(errors) < 0 < max(errors)
    assert sum(map(abs, errors)) / 20 < 0.5 * (of_means - at_once)


def test_shuffled_predictions_belong_to_other_rows(trained):
    model = trained[0]
    X, y = make_rides(205, seed=1)
    fixed, mixed = make_loader(X, y, 50, train=False), make_loader(X, y, 50)
    expected = evaluate(model, fixed, MSE)
    assert evaluate(model, mixed, MSE) == pytest.approx(expected, rel=1e-5)
    assert MSE(predict(model, fixed), y).item() == pytest.approx(expected, rel=1e-5)
    assert MSE(predict(model, mixed), y) > MSE(y.mean().expand(205, 1), y)
