"""Imported once by the process from which all workers are forked, so that no page waits for it."""

# ruff: noqa: F401
import atexit
import gc

import IPython
import matplotlib.pyplot
import pandas
import PIL.Image
import sklearn.datasets
import torch
import torch._dynamo
import torchvision

from livedocs import session

# Whatever is slow the first time; nothing random, whose state the pages would inherit.
REHEARSAL = """
weight = torch.ones(2, requires_grad=True)
optimizer = torch.optim.SGD([weight], lr=0.1)
torch.nn.functional.mse_loss(weight, torch.zeros(2)).backward()
optimizer.step()
figure, axes = matplotlib.pyplot.subplots(figsize=(2, 2), layout="constrained")
axes.plot([1e-4, 1e4], [1, 2], label="$x_1^2$")
axes.set(xscale="log", title="title", xlabel="x", ylabel="y")
axes.contour([[0, 1], [1, 2]])
axes.legend()
pandas.DataFrame({"x": [1.0]})
print(weight, sklearn.datasets.load_digits().images.shape)
"""
IMPORTS = "import matplotlib.pyplot, pandas, sklearn.datasets, torch, torchvision.transforms.v2\n"

session.prepare_worker()
session.run_steps([{"code": IMPORTS + REHEARSAL, "raises": None}])
PIL.Image.init()
gc.collect()
gc.freeze()  # else the first collection in a page copies all of this memory
atexit.register(gc.unfreeze)  # or extension modules complain of what is left
