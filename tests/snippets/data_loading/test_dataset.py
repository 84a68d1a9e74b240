import numpy as np
import pytest
import torch
import torch.nn.functional as F
from torch import nn
from torch.utils.data import DataLoader, Dataset, TensorDataset
from torchvision import datasets

from snippets.data_loading.dataset import LevelDataset, SalaryDataset, Squares, write_salaries


@pytest.fixture(scope="module")
def path(tmp_path_factory):
    path = tmp_path_factory.mktemp("data") / "salaries.csv"
    write_salaries(path)
    return path


def test_file_holds_a_header_and_one_row_per_sample(path):
    lines = path.read_text().splitlines()
    assert lines[0] == "years,hours,courses,team,salary" and len(lines) == 206


def test_items_agree_with_the_file(path):
    dataset = SalaryDataset(path)
    table = np.genfromtxt(path, delimiter=",", skip_header=1)
    assert len(dataset) == len(table) == 205
    for i in (0, 100, 204):
        x, y = dataset[i]
        assert x.shape == (4,) and y.shape == (1,) and x.dtype == y.dtype == torch.float32
        np.testing.assert_allclose(torch.cat([x, y]), table[i], rtol=1e-6)


def test_the_salary_depends_on_the_features(path):
    dataset = SalaryDataset(path)
    X = torch.cat([dataset.X, torch.ones(205, 1)], dim=1)
    fitted = X @ torch.linalg.lstsq(X, dataset.y).solution
    assert (fitted - dataset.y).var() < dataset.y.var() / 5


def test_loader_adds_a_dimension_and_leaves_a_last_batch(path):
    shapes = [(X.shape, y.shape) for X, y in DataLoader(SalaryDataset(path), 32, shuffle=True)]
    assert shapes == [((32, 4), (32, 1))] * 6 + [((13, 4), (13, 1))]


def test_tensor_dataset_is_the_same(path):
    dataset = SalaryDataset(path)
    pairs = TensorDataset(dataset.X, dataset.y)
    assert len(pairs) == len(dataset)
    for i in range(205):
        assert all(map(torch.equal, pairs[i], dataset[i]))


@pytest.mark.parametrize("name", ["MNIST", "FashionMNIST", "CIFAR10"])
def test_torchvision_data_sets_are_datasets(name):
    cls = getattr(datasets, name)
    assert issubclass(cls, Dataset)
    assert "__getitem__" in dir(cls) and "__len__" in dir(cls)


def test_no_picture_object_can_be_stacked():
    from PIL import Image

    pictures = [(Image.new("L", (28, 28)), 0)] * 2
    with pytest.raises(TypeError, match="batch must contain tensors"):
        next(iter(DataLoader(pictures, batch_size=2)))


def test_without_length_shuffling_fails_at_once_and_order_at_the_first_batch():
    with pytest.raises(TypeError, match="object of type 'Squares' has no len"):
        DataLoader(Squares(), batch_size=4, shuffle=True)
    loader = DataLoader(Squares(), batch_size=4)
    with pytest.raises(TypeError, match="object of type 'Squares' has no len"):
        next(iter(loader))
    assert not hasattr(Dataset, "__len__")


def test_double_features_do_not_fit_a_layer(path):
    X = torch.from_numpy(np.loadtxt(path, delimiter=",", skiprows=1)[:, :-1])
    assert X.dtype == torch.float64
    with pytest.raises(RuntimeError, match="must have the same dtype, but got Double and Float"):
        nn.Linear(4, 1)(X)
    assert nn.Linear(4, 1)(X.float()).shape == (205, 1)


def test_flat_label_gives_a_perfect_prediction_a_large_loss(path):
    y = SalaryDataset(path).y[:32, 0]
    perfect = y.reshape(-1, 1)
    broadcast = ((perfect - y) ** 2).mean()
    assert broadcast == pytest.approx(2 * y.var(correction=0).item(), rel=1e-4) and broadcast > 50
    with pytest.warns(UserWarning, match="Using a target size"):
        warned = nn.MSELoss()(perfect, y)
    torch.testing.assert_close(warned, broadcast)
    assert nn.MSELoss()(perfect, y.reshape(-1, 1)) == 0
    with pytest.raises(ValueError, match="must be the same as input size"):
        nn.BCEWithLogitsLoss()(perfect, y)


def test_one_hot_by_hand_agrees_except_in_type():
    for level in torch.arange(3):
        by_hand, by_torch = torch.eye(3)[level], F.one_hot(level, num_classes=3)
        assert torch.equal(by_hand, by_torch.float())
        assert by_hand.dtype == torch.float32 and by_torch.dtype == torch.int64


def test_integer_one_hot_breaks_cross_entropy_and_an_index_does_not(path):
    X, target = next(iter(DataLoader(LevelDataset(path), batch_size=3)))
    assert target.shape == (3, 3) and target.dtype == torch.int64
    assert len(target.argmax(1).unique()) > 1
    scores, loss_fn = nn.Linear(4, 3)(X), nn.CrossEntropyLoss()
    with pytest.raises(RuntimeError, match="Expected floating point type for target with class"):
        loss_fn(scores, target)
    torch.testing.assert_close(loss_fn(scores, target.float()), loss_fn(scores, target.argmax(1)))


def test_levels_are_cut_at_50_and_70(path):
    dataset = LevelDataset(path)
    for i in range(len(dataset)):
        expected = int(dataset.y[i] > 50) + int(dataset.y[i] > 70)
        assert dataset[i][1].tolist() == np.eye(3, dtype=int)[expected].tolist()
    assert {dataset[i][1].argmax().item() for i in range(205)} == {0, 1, 2}


def test_one_hot_of_single_labels_needs_the_number_of_classes():
    items = [F.one_hot(torch.tensor(level)) for level in (0, 2)]
    assert [len(item) for item in items] == [1, 3]
    with pytest.raises(RuntimeError, match="equal size"):
        next(iter(DataLoader(items, batch_size=2)))
