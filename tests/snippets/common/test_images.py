import gzip
import hashlib
import os
import struct
from pathlib import Path
from urllib.error import URLError

import pytest
import torch
from torchvision.datasets import MNIST

from snippets.common.images import dataset_name, load_images

ROOT = Path(__file__).parents[3]
FILES = [name.removesuffix(".gz") for name, _ in MNIST.resources]


def idx(kind, n):
    """A whole file in MNIST's format with n images or labels."""
    if kind == "images":
        return struct.pack(">4i", 2051, n, 28, 28) + bytes(range(256)) * 49 * (n // 16)
    return struct.pack(">2i", 2049, n) + bytes(i % 10 for i in range(n))


@pytest.fixture
def raw(tmp_path, monkeypatch):
    """The folder of unpacked fake MNIST files; any download fails at once."""

    def no_network(*args, **kwargs):
        raise URLError("no network in tests")

    monkeypatch.setenv("NOTES_DATASET", "mnist")
    monkeypatch.setenv("NOTES_DATA", str(tmp_path))
    monkeypatch.setattr("torchvision.datasets.utils.download_url", no_network)
    folder = tmp_path / "MNIST" / "raw"
    folder.mkdir(parents=True)
    for name in FILES:
        kind = "images" if "images" in name else "labels"
        (folder / name).write_bytes(idx(kind, 32 if "train" in name else 16))
    return folder


def pack(raw, monkeypatch, keep=()):
    """Replace the unpacked files by archives whose checksums torchvision accepts."""
    resources = []
    for name in FILES:
        archive = raw / f"{name}.gz"
        archive.write_bytes(gzip.compress((raw / name).read_bytes()))
        resources.append((archive.name, hashlib.md5(archive.read_bytes()).hexdigest()))
        if name not in keep:
            (raw / name).unlink()
    monkeypatch.setattr(MNIST, "resources", resources)


def test_default_is_digits_of_28x28_the_same_each_time(monkeypatch):
    monkeypatch.delenv("NOTES_DATASET", raising=False)
    X_train, y_train, X_test, y_test = load_images()
    assert X_train.shape == (1347, 1, 28, 28) and X_test.shape == (450, 1, 28, 28)
    assert X_train.dtype == torch.float32 and y_train.dtype == torch.int64
    assert X_train.min() == 0 and 0.9 < X_train.max() <= 1
    assert set(y_train.tolist()) == set(y_test.tolist()) == set(range(10))
    assert torch.equal(load_images()[1], y_train)
    assert dataset_name() == "scikit-learn digits"


def test_digits_are_shuffled_and_no_test_image_is_trained_on(monkeypatch):
    monkeypatch.delenv("NOTES_DATASET", raising=False)
    X_train, y_train, X_test, _ = load_images()
    assert y_train[:10].tolist() != list(range(10))
    distances = torch.cdist(X_test.flatten(1), X_train.flatten(1))
    assert distances.min() > 0.1


@pytest.mark.parametrize("name", ["cifar", "", "MNIST"])
def test_unknown_name_lists_the_three(monkeypatch, name):
    monkeypatch.setenv("NOTES_DATASET", name)
    with pytest.raises(ValueError, match="digits, mnist, fashion-mnist"):
        load_images()


def test_unpacked_files_are_read_in_order_and_scaled(raw):
    X_train, y_train, X_test, y_test = load_images()
    assert X_train.shape == (32, 1, 28, 28) and X_test.shape == (16, 1, 28, 28)
    assert X_train.dtype == torch.float32 and y_train.dtype == torch.int64
    assert X_train[0, 0, 0, :3].tolist() == pytest.approx([0, 1 / 255, 2 / 255])
    assert X_train.max() == 1
    assert y_test.tolist() == [i % 10 for i in range(16)]


def test_fashion_mnist_has_a_folder_of_its_own(raw, monkeypatch):
    monkeypatch.setenv("NOTES_DATASET", "fashion-mnist")
    raw.parent.rename(raw.parent.with_name("FashionMNIST"))
    assert len(load_images()[0]) == 32
    assert dataset_name() == "Fashion-MNIST"


@pytest.mark.parametrize("name", FILES)
@pytest.mark.parametrize("length", [0, 3, 10, -1])
def test_truncated_file_is_named(raw, name, length):
    (raw / name).write_bytes((raw / name).read_bytes()[:length])
    with pytest.raises(RuntimeError) as error:
        load_images()
    assert str(raw / name) in str(error.value) and "Delete it" in str(error.value)


def test_file_that_is_too_long_is_named(raw):
    with open(raw / FILES[1], "ab") as file:
        file.write(b"x")
    with pytest.raises(RuntimeError, match="train-labels-idx1-ubyte is damaged"):
        load_images()


def test_missing_file_is_named_with_the_reason_and_the_ways_out(raw):
    (raw / FILES[2]).unlink()
    with pytest.raises(RuntimeError) as error:
        load_images()
    assert str(error.value).startswith(str(raw / FILES[2]))
    for part in ("no network in tests", "Copy", "NOTES_DATA"):
        assert part in str(error.value)


def test_missing_folder_is_an_error_that_names_it(raw, monkeypatch):
    monkeypatch.setenv("NOTES_DATA", str(raw / "nowhere"))
    with pytest.raises(RuntimeError, match="train-images-idx3-ubyte"):
        load_images()


def test_folder_that_cannot_be_made_is_an_error_that_names_it(raw, monkeypatch):
    monkeypatch.setenv("NOTES_DATA", str(raw / FILES[0]))  # a file
    with pytest.raises(RuntimeError, match="NOTES_DATA"):
        load_images()


def test_archives_are_unpacked_without_the_network(raw, monkeypatch):
    pack(raw, monkeypatch)
    monkeypatch.setattr("torchvision.datasets.utils.download_url", only_if_present)
    assert len(load_images()[0]) == 32
    assert sorted(os.listdir(raw)) == sorted(FILES + [f"{name}.gz" for name in FILES])


def only_if_present(url, root, filename, md5):
    assert hashlib.md5(Path(root, filename).read_bytes()).hexdigest() == md5


@pytest.mark.parametrize("end", [-5, -1, 0])
def test_damaged_archive_is_named_and_nothing_is_unpacked(raw, monkeypatch, end):
    pack(raw, monkeypatch)
    archive = raw / f"{FILES[2]}.gz"
    archive.write_bytes(archive.read_bytes()[:end] + b"?")
    with pytest.raises(RuntimeError) as error:
        load_images()
    assert str(archive) in str(error.value) and "Delete it" in str(error.value)
    assert not any((raw / name).exists() for name in FILES)


def test_timeout_is_set_for_the_download_and_restored(raw, monkeypatch):
    import socket

    seen = []

    def hang(*args, **kwargs):
        seen.append(socket.getdefaulttimeout())
        raise TimeoutError("timed out")

    (raw / FILES[0]).unlink()
    monkeypatch.setattr("torchvision.datasets.utils.download_url", hang)
    before = socket.getdefaulttimeout()
    with pytest.raises(RuntimeError, match="timed out"):
        load_images()
    assert seen == [10] and socket.getdefaulttimeout() == before


def test_real_mnist(monkeypatch):
    root = Path(os.environ.get("NOTES_DATA", ROOT / "data"))
    if not (root / "MNIST" / "raw" / FILES[0]).exists():
        pytest.skip(f"no unpacked MNIST below {root}: set NOTES_DATA to its folder")
    monkeypatch.setenv("NOTES_DATASET", "mnist")
    monkeypatch.setenv("NOTES_DATA", str(root))
    X_train, y_train, X_test, y_test = load_images()
    assert X_train.shape == (60_000, 1, 28, 28) and X_test.shape == (10_000, 1, 28, 28)
    assert y_train[:5].tolist() == [5, 0, 4, 1, 9]
    assert X_train.mean().item() == pytest.approx(0.1307, abs=1e-4)
    assert X_train.std().item() == pytest.approx(0.3081, abs=1e-4)
