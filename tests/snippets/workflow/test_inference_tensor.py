import pytest
import torch
from torch import nn, optim

from snippets.workflow.inference_tensor import fit_head, make, make_features, outcome, uses

FORBIDDEN = {"w * t", "t.mul_(2)", "t.requires_grad_()", "t._version"}


def test_only_the_results_of_inference_mode_are_marked():
    plain, marked = make(torch.no_grad), make(torch.inference_mode)
    assert torch.equal(plain, marked)
    assert not plain.requires_grad and not marked.requires_grad
    assert not plain.is_inference() and marked.is_inference()


@pytest.mark.parametrize("name", list(uses(None)))
def test_table_of_uses(name):
    use = uses(torch.ones(3, requires_grad=True))[name]
    assert outcome(use, make(torch.no_grad)) == "ok"
    assert outcome(use, make(torch.inference_mode).clone()) == "ok"
    expected = "RuntimeError" if name in FORBIDDEN else "ok"
    assert outcome(use, make(torch.inference_mode)) == expected


def test_the_messages():
    t, w = make(torch.inference_mode), torch.ones(3, requires_grad=True)
    with pytest.raises(RuntimeError, match="cannot be saved for backward.*clone.*no_grad"):
        w * t
    with pytest.raises(RuntimeError, match="Inplace update to inference tensor.*clone"):
        t[0] = 5.0
    with pytest.raises(RuntimeError, match="Setting requires_grad=True on inference tensor"):
        t.requires_grad_()
    with pytest.raises(RuntimeError, match="do not track version counter"):
        _ = t._version


def test_a_clone_made_outside_is_ordinary_and_one_made_inside_is_not():
    t = make(torch.inference_mode)
    with torch.inference_mode():
        assert t.clone().is_inference()
    assert not t.clone().is_inference() and not (t * 1).is_inference()
    assert t.detach().is_inference() and t.view(3, 1).is_inference()


def test_a_layer_cannot_train_on_inference_tensors_and_can_on_clones_or_under_no_grad():
    X, marked = make_features(torch.inference_mode)
    _, plain = make_features(torch.no_grad)
    y = torch.sin(2 * X[:, :1]) + X[:, 1:]
    with pytest.raises(RuntimeError, match="cannot be saved for backward"):
        fit_head(marked, y)
    losses = fit_head(plain, y)
    assert fit_head(marked.clone(), y) == losses
    assert losses[-1] < y.var(correction=0) / 2 < losses[0]


def test_mse_saves_both_operands():
    w, t = torch.ones(3, requires_grad=True), make(torch.inference_mode)
    with pytest.raises(RuntimeError, match="cannot be saved for backward"):
        nn.MSELoss()(w, t)


@pytest.mark.parametrize("depth", [1, 2])
def test_a_model_built_under_inference_mode_cannot_be_trained(depth):
    with torch.inference_mode():
        model = nn.Sequential(*(nn.Linear(2, 2) for _ in range(depth)))
    assert all(p.is_inference() for p in model.parameters())
    optimizer = optim.SGD(model.parameters(), lr=0.1)
    with pytest.raises(RuntimeError, match="nference tensor"):
        model(torch.ones(3, 2)).sum().backward()
        optimizer.step()


def test_recording_can_be_switched_on_inside_no_grad_only():
    w = torch.ones(3, requires_grad=True)
    with torch.no_grad(), torch.enable_grad():
        assert (w * 2).requires_grad
    with torch.inference_mode(), torch.enable_grad():
        assert not (w * 2).requires_grad


@pytest.mark.parametrize("region", [torch.no_grad, torch.inference_mode])
def test_exceptions_pass_through_and_the_grad_mode_is_restored(region):
    with pytest.raises(ValueError, match="bad sample"), region():
        assert not torch.is_grad_enabled()
        raise ValueError("bad sample")
    assert torch.is_grad_enabled() and not torch.is_inference_mode_enabled()
    with pytest.raises(TypeError, match="context manager"), region:
        pass


def test_inference_model_is_no_name():
    assert not hasattr(torch, "inference_model")
