"""Imported once by the process from which all workers are forked, so that no page waits for it."""

# ruff: noqa: F401
import IPython
import matplotlib.pyplot
import pandas
import sklearn.datasets
import torch
import torch._dynamo
import torchvision

import livedocs.session

livedocs.session.prepare_worker()
