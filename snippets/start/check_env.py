"""Setting up: versions, number type, device, and how the pages of this site are made.

    python -m snippets.start.check_env
"""

# --8<-- [start:imports]
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import torch
# --8<-- [end:imports]

from snippets.start.landscape import arrow, box


# --8<-- [start:versions]
import sys
from importlib.metadata import version


def versions(packages):
    """Installed version of each package, one row each."""
    installed = [version(name) for name in packages]
    return pd.DataFrame({"version": installed}, index=packages)
# --8<-- [end:versions]


# --8<-- [start:device]
def best_device():
    """The accelerator of this machine, such as cuda or mps; the CPU if it has none."""
    accelerator = torch.accelerator.current_accelerator(check_available=True)
    return accelerator or torch.device("cpu")
# --8<-- [end:device]


# --8<-- [start:shadow]
import subprocess
import tempfile
from pathlib import Path


def error_beside(filename, code):
    """Last line of the error that `code` meets in a folder with a file of this name."""
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, filename).write_text("answer = 42\n")
        command = [sys.executable, "-c", code]
        run = subprocess.run(command, cwd=folder, capture_output=True, text=True)
    return run.stderr.splitlines()[-1].split(" (")[0]
# --8<-- [end:shadow]


if __name__ == "__main__":
    # --8<-- [start:show_versions]
    print("Python", sys.version.split()[0], " torch", torch.__version__)
    versions(["torch", "torchvision", "numpy", "pandas", "matplotlib", "scikit-learn"])
    # --8<-- [end:show_versions]

    # --8<-- [start:show_device]
    device = best_device()
    x = torch.tensor([[1.0, 2.0], [3.0, 4.0]], device=device)
    print(x.dtype, x.device, " NumPy:", np.array([1.0, 2.0]).dtype)
    print(x @ x)
    # --8<-- [end:show_device]

    # --8<-- [start:plot_site]
    fig, ax = plt.subplots(figsize=(6.4, 2.7))
    box(ax, 0.8, 1.5, "tested code", 1.5, 0.6, "C1")
    box(ax, 3.0, 1.5, "one run", 1.5, 0.6, "C0")
    arrow(ax, (1.55, 1.5), (2.25, 1.5))
    pages = {"English page": 2.5, "Chinese page": 1.5, "notebooks": 0.5}
    for text, y in pages.items():
        box(ax, 5.5, y, text, 1.7, 0.6, "C2")
        arrow(ax, (3.75, 1.5), (4.65, y))
    ax.text(3.0, 0.95, "outputs and figures", color="C0", ha="center", va="top")
    ax.set(xlim=(0, 6.4), ylim=(0.1, 2.9))
    ax.axis("off");
    # --8<-- [end:plot_site]
