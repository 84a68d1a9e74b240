import importlib
import runpy
import sys

import matplotlib.pyplot as plt
import numpy as np
import pytest
import torch
import torchvision

from snippets.start import check_env
from snippets.start.check_env import best_device, error_beside, versions


def test_versions_are_those_that_run():
    table = versions(["torch", "torchvision", "numpy"])["version"]
    assert table["torch"] == torch.__version__.split("+")[0]
    assert table["torchvision"] == torchvision.__version__.split("+")[0]
    assert table["numpy"] == np.__version__


def test_best_device_can_be_used():
    device = best_device()
    assert torch.ones(2, device=device).sum().item() == 2
    if not torch.accelerator.is_available():
        assert device == torch.device("cpu")


def test_decimals_are_float32_and_half_as_long_as_those_of_numpy():
    x = torch.tensor([1.0])
    assert x.dtype == torch.get_default_dtype() == torch.float32
    assert 2 * x.element_size() == np.array([1.0]).itemsize


def test_a_file_named_like_a_package_hides_it():
    message = error_beside("torch.py", "import torch; torch.rand(2)")
    assert message == "AttributeError: module 'torch' has no attribute 'rand'"


def test_a_file_with_another_name_hides_nothing():
    message = error_beside("practice.py", "import math; math.nothing")
    assert message == "AttributeError: module 'math' has no attribute 'nothing'"


def test_a_misspelled_package_is_named_in_the_message():
    with pytest.raises(ModuleNotFoundError, match="matpotlib"):
        importlib.import_module("matpotlib.pyplot")


def test_there_is_no_device_called_gpu():
    with pytest.raises(RuntimeError, match="device type at start of device string: gpu"):
        torch.ones(2, device="gpu")


def test_a_known_device_that_is_absent_fails_with_other_words():
    if torch.cuda.is_available():
        pytest.skip("this machine has a GPU")
    with pytest.raises((RuntimeError, AssertionError), match="NVIDIA|CUDA"):
        torch.ones(2, device="cuda")


def test_runs_as_a_program(capsys):
    runpy.run_path(check_env.__file__, run_name="__main__")
    plt.close("all")
    printed = capsys.readouterr().out
    assert sys.version.split()[0] in printed and torch.__version__ in printed
    assert "torch.float32" in printed and "float64" in printed
