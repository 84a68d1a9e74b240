"""The images of the pages: scikit-learn's digits, MNIST or Fashion-MNIST.

A page includes all four sections: load, digits, files, fetch.

    NOTES_DATASET=mnist NOTES_DATA=data python -m snippets.common.images
"""

# --8<-- [start:load]
import os
import shutil
import socket
import tempfile
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from sklearn.datasets import load_digits
from torchvision import datasets
from torchvision.datasets.utils import check_integrity

NAMES = {
    "digits": "scikit-learn digits",
    "mnist": "MNIST",
    "fashion-mnist": "Fashion-MNIST",
}


def dataset_name():
    """Name of the data set that NOTES_DATASET chooses, as it stands in a sentence."""
    key = os.environ.get("NOTES_DATASET", "digits")
    if key not in NAMES:
        raise ValueError(f"NOTES_DATASET is {key!r}: choose one of {', '.join(NAMES)}")
    return NAMES[key]


def load_images():
    """X_train (n, 1, 28, 28) float32 in [0, 1], y_train (n,) int64, X_test, y_test."""
    name = dataset_name()
    if name == NAMES["digits"]:
        return enlarged_digits()
    dataset = getattr(datasets, name.replace("-", ""))
    return read_torchvision(dataset, os.environ.get("NOTES_DATA", "data"))
# --8<-- [end:load]


# --8<-- [start:digits]
def enlarged_digits():
    """1797 digits of 8x8 pixels, enlarged and shuffled: 75 % to train, 25 % to test."""
    digits = load_digits()
    X = torch.tensor(digits.images, dtype=torch.float32).unsqueeze(1) / 16
    X = F.interpolate(X, size=28, mode="bilinear")  # (1797, 1, 28, 28)
    y = torch.tensor(digits.target)
    order = torch.randperm(len(X), generator=torch.Generator().manual_seed(0))
    train, test = order.tensor_split([len(X) * 3 // 4])
    return X[train], y[train], X[test], y[test]
# --8<-- [end:digits]


# --8<-- [start:files]
def read_torchvision(dataset, root):
    """Images and labels of torchvision's MNIST or FashionMNIST below the folder root.

    Raises RuntimeError with the path of the file that is missing or damaged.
    """
    root = Path(root).expanduser().absolute()
    folder = root / dataset.__name__ / "raw"
    files = [folder / name.removesuffix(".gz") for name, _ in dataset.resources]
    if not all(file.exists() for file in files):
        fetch(dataset, folder)
    for file in files:
        require(is_whole(file), file)
    train, test = dataset(root, train=True), dataset(root, train=False)
    X_train, X_test = train.data.unsqueeze(1) / 255, test.data.unsqueeze(1) / 255
    return X_train, train.targets, X_test, test.targets


def is_whole(file):
    """Whether an unpacked file is as long as the sizes in its header promise."""
    ndim = 3 if "images" in file.name else 1
    sizes = np.fromfile(file, ">i4", count=4)[1 : 1 + ndim]
    return file.stat().st_size == 4 + 4 * ndim + sizes.prod(dtype=int)


def require(whole, file):
    if not whole:
        raise RuntimeError(
            f"{file} is damaged. Delete it, and it is unpacked or downloaded again."
        )
# --8<-- [end:files]


# --8<-- [start:fetch]
def fetch(dataset, folder):
    """Download and unpack in a private folder; what is whole moves to its place."""
    archives = [(folder / name, md5) for name, md5 in dataset.resources]
    present = [(path, md5) for path, md5 in archives if path.exists()]
    for path, md5 in present:
        require(check_integrity(path, md5), path)
    timeout = socket.getdefaulttimeout()
    socket.setdefaulttimeout(10)  # seconds
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=folder) as private:
            raw = Path(private, dataset.__name__, "raw")
            raw.mkdir(parents=True)
            for path, _ in present:
                shutil.copyfile(path, raw / path.name)
            dataset(private, download=True)
            for path in raw.iterdir():
                path.replace(folder / path.name)
    except (OSError, RuntimeError) as error:
        absent = [path.with_suffix("") for path, _ in archives if not path.exists()]
        missing = next((path for path in absent if not path.exists()), folder)
        raise RuntimeError(
            f"{missing} is missing and could not be downloaded ({error}). Copy the "
            f"data set to {folder}, or set NOTES_DATA to the folder that holds it."
        ) from error
    finally:
        socket.setdefaulttimeout(timeout)
# --8<-- [end:fetch]


if __name__ == "__main__":
    X_train, y_train, X_test, y_test = load_images()
    print(f"{dataset_name()}: {len(X_train)} images to train, {len(X_test)} to test")
