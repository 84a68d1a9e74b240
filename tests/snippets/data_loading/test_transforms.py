import numpy as np
import pytest
import torch
from sklearn.datasets import load_sample_image
from torch.utils.data import DataLoader
from torchvision import transforms
from torchvision.transforms import v2

from snippets.common.images import load_images
from snippets.data_loading.transforms import Images, final_loss, to_float

to_tensor = v2.Compose([v2.ToImage(), v2.ToDtype(torch.float32, scale=True)])


@pytest.fixture(scope="module")
def data():
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv("NOTES_DATASET", raising=False)
        return load_images()


@pytest.mark.parametrize("shape", [(5, 7), (5, 7, 1), (5, 7, 3)])
def test_by_hand_equals_both_generations_of_torchvision(shape):
    image = np.random.default_rng(0).integers(0, 256, shape, dtype=np.uint8)
    x = to_float(image)
    assert x.shape == (shape[2] if len(shape) == 3 else 1, 5, 7)
    assert x.dtype == torch.float32
    torch.testing.assert_close(x, to_tensor(image).as_subclass(torch.Tensor))
    torch.testing.assert_close(x, transforms.ToTensor()(image))


def test_limits_of_bytes_become_0_and_1():
    assert to_float(np.array([[0, 255]], dtype=np.uint8)).tolist() == [[[0, 1]]]


def test_height_stays_before_width():
    photo = load_sample_image("flower.jpg")
    x = to_float(photo)
    assert x.shape == (3, 427, 640)
    assert x[2, 10, 20].item() == pytest.approx(photo[10, 20, 2] / 255)


def test_training_statistics_standardize_training_images_exactly_and_others_nearly(data):
    X_train, _, X_test, _ = data
    mean, std = X_train.mean().item(), X_train.std().item()
    standardize = v2.Normalize([mean], [std])
    Z = standardize(X_train)
    torch.testing.assert_close(Z, (X_train - mean) / std)
    assert abs(Z.mean()) < 1e-4 and abs(Z.std() - 1) < 1e-4
    Z = standardize(X_test)
    assert 1e-4 < abs(Z.mean()) < 0.1 and 1e-4 < abs(Z.std() - 1) < 0.1


def test_range_with_the_numbers_of_mnist():
    black_white = torch.tensor([0.0, 1.0]).reshape(1, 1, 2)
    z = v2.Normalize((0.1307,), (0.3081,))(black_white)
    assert z.flatten().tolist() == pytest.approx([-0.4242, 2.8215], abs=1e-4)


def test_numbers_of_mnist_do_not_fit_other_images(data):
    z = v2.Normalize((0.1307,), (0.3081,))(data[0])
    assert z.mean() > 0.3


def test_variance_in_place_of_the_standard_deviation(data):
    X = data[0]
    z = v2.Normalize([X.mean().item()], [X.var().item()])(X)
    torch.testing.assert_close(z.std(), 1 / X.std())


def test_standardizing_keeps_the_share_of_the_background(data):
    X = data[0]
    z = (X - X.mean()) / X.std()
    shares = [x.eq(x.min()).float().mean() for x in (X, z)]
    assert shares[0] == shares[1] > 0.2


def test_bytes_fail_at_every_rate_fractions_and_standardized_pixels_learn(data):
    X, y = data[0][:1000], (data[1][:1000] >= 5).float().unsqueeze(1)
    inputs = {"bytes": 255 * X, "fractions": X, "standardized": (X - X.mean()) / X.std()}
    rates = [10.0**k for k in range(-6, 1)]
    curves = {name: [final_loss(Z.flatten(1), y, lr) for lr in rates] for name, Z in inputs.items()}
    assert min(curves["bytes"]) > 2 * np.log(2)
    assert min(curves["fractions"]) < 0.8 * np.log(2)
    assert min(curves["standardized"]) < min(curves["fractions"])
    assert np.argmin(curves["standardized"]) == np.argmin(curves["fractions"]) - 1


def test_dataset_applies_the_transform_at_every_fetch():
    calls = []

    def transform(image):
        calls.append(1)
        return to_float(image)

    images = np.zeros((6, 28, 28), dtype=np.uint8)
    dataset = Images(images, torch.arange(6), transform)
    assert len(dataset) == 6 and not calls
    for _ in range(2):
        for X, y in DataLoader(dataset, batch_size=3):
            assert X.shape == (3, 1, 28, 28) and y.dtype == torch.int64
    assert len(calls) == 12


def test_conversion_without_scale_keeps_0_to_255_and_normalize_accepts_it():
    image = np.full((2, 2), 255, dtype=np.uint8)
    x = v2.Compose([v2.ToImage(), v2.ToDtype(torch.float32)])(image)
    assert x.max() == 255
    assert v2.Normalize([0.1307], [0.3081])(x).max() > 800


def test_normalize_refuses_bytes():
    with pytest.raises(TypeError, match="should be a float tensor"):
        v2.Normalize([0.5], [0.5])(torch.zeros(1, 2, 2, dtype=torch.uint8))


def test_statistics_of_one_image_remove_its_brightness():
    x = torch.rand(1, 8, 8, generator=torch.Generator().manual_seed(0))
    alone = [(z - z.mean()) / z.std() for z in (x, x / 2)]
    assert not torch.allclose(x, x / 2)
    torch.testing.assert_close(*alone)


def test_three_means_need_channels_first_and_turn_gray_into_three_channels():
    imagenet = v2.Normalize([0.485, 0.456, 0.406], [0.229, 0.224, 0.225])
    with pytest.raises(RuntimeError, match="must match the size of tensor b"):
        imagenet(torch.rand(42, 64, 3))
    assert imagenet(torch.rand(3, 42, 64)).shape == (3, 42, 64)
    assert imagenet(torch.rand(1, 28, 28)).shape == (3, 28, 28)


def test_v2_to_tensor_is_deprecated():
    with pytest.warns(UserWarning, match="deprecated"):
        v2.ToTensor()
