import matplotlib.pyplot as plt
import numpy as np
import pytest
import torch
from torch.utils.data import DataLoader
from torchvision import datasets

from snippets.common.images import load_images
from snippets.data_loading.image_grid import (
    class_names,
    load_data,
    mean_images,
    show_images,
)


@pytest.fixture(autouse=True)
def digits(monkeypatch):
    monkeypatch.delenv("NOTES_DATASET", raising=False)
    yield
    plt.close("all")


def nearest_mean(X, y, X_test):
    means = mean_images(X, y)
    return torch.cdist(X_test.flatten(1), means.flatten(1)).argmin(dim=1)


def test_loaders_shuffle_the_training_images_only():
    train, test = load_data(256)
    X, y = next(iter(train))
    assert X.shape == (256, 1, 28, 28) and X.dtype == torch.float32
    assert y.shape == (256,) and y.dtype == torch.int64
    first, second = [torch.cat([y for _, y in train]) for _ in range(2)]
    assert not torch.equal(first, second)
    assert torch.equal(first.bincount(), second.bincount())
    assert torch.equal(torch.cat([y for _, y in test]), load_images()[3])


def test_ten_names_for_each_dataset():
    assert class_names("MNIST") == class_names("scikit-learn digits") == list("0123456789")
    clothes = class_names("Fashion-MNIST")
    assert len(set(clothes)) == 10
    assert (clothes[0], clothes[9]) == ("T-shirt", "ankle boot")
    assert datasets.FashionMNIST.classes[9] == "Ankle boot"
    assert [name.lower() for name in clothes[1:5]] == [
        name.lower() for name in datasets.FashionMNIST.classes[1:5]
    ]


def test_grid_has_a_titled_image_for_each_item_and_no_axes():
    X, y = next(iter(load_data(18)[0]))
    show_images(X.squeeze(1), [str(int(k)) for k in y], 2, 9)
    axes = plt.gcf().axes
    assert len(axes) == 18 and not any(ax.axison for ax in axes)
    assert [ax.get_title() for ax in axes] == [str(int(k)) for k in y]
    assert all(ax.images[0].get_clim() == (0, 1) for ax in axes)
    np.testing.assert_array_equal(axes[4].images[0].get_array(), X[4, 0])


def test_too_few_images_leave_areas_empty():
    show_images(torch.rand(5, 4, 4), "abcde", 2, 3)
    axes = plt.gcf().axes
    assert [len(ax.images) for ax in axes] == [1, 1, 1, 1, 1, 0]
    assert not axes[5].axison


def test_label_is_an_int_in_torchvision_and_a_tensor_in_the_batch():
    fake = datasets.FakeData(4, (1, 28, 28), transform=lambda image: torch.zeros(1, 28, 28))
    image, label = fake[0]
    assert type(label) is int
    _, y = next(iter(DataLoader(fake, batch_size=4)))
    assert y.dtype == torch.int64
    assert isinstance(load_data(4)[0].dataset[0][1], torch.Tensor)


def test_classes_are_about_equally_frequent():
    _, y_train, _, y_test = load_images()
    for y in (y_train, y_test):
        assert y.bincount().max() < 1.5 * y.bincount().min()


def test_mean_images_agree_with_numpy():
    X, y, _, _ = load_images()
    means = mean_images(X, y)
    assert means.shape == (10, 28, 28)
    expected = X.numpy()[y.numpy() == 3].mean(axis=(0, 1))
    np.testing.assert_allclose(means[3], expected, atol=1e-5)


def test_nearest_mean_is_a_hard_baseline_and_needs_the_right_labels():
    X, y, X_test, y_test = load_images()
    right = (nearest_mean(X, y, X_test) == y_test).float().mean()
    mixed = y[torch.randperm(len(y), generator=torch.Generator().manual_seed(0))]
    wrong = (nearest_mean(X, mixed, X_test) == y_test).float().mean()
    assert right > 0.8 and wrong < 0.3


def test_imshow_refuses_channels_first():
    with pytest.raises(TypeError, match="Invalid shape"):
        plt.imshow(np.zeros((3, 107, 160), dtype=np.uint8))


def test_permute_comes_back_and_reshape_does_not():
    photo = torch.arange(4 * 5 * 3).reshape(4, 5, 3)
    chw = photo.permute(2, 0, 1)
    assert torch.equal(chw.permute(1, 2, 0), photo)
    wrong = chw.reshape(4, 5, 3)
    assert not torch.equal(wrong, photo)
    assert torch.equal(wrong.flatten().sort().values, photo.flatten())


def test_gray_scale_is_stretched_unless_it_is_fixed():
    x = np.linspace(0, 1, 16).reshape(4, 4)
    assert plt.imshow(x).get_clim() == (0, 1)
    assert plt.imshow(x / 10).get_clim() == (0, pytest.approx(0.1))
    assert plt.imshow(x / 10, vmin=0, vmax=1).get_clim() == (0, 1)


def test_notebook_command_is_no_python():
    with pytest.raises(SyntaxError):
        compile("%matplotlib inline", "script.py", "exec")
