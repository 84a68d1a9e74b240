import copy
import runpy
from pathlib import Path
from pickle import UnpicklingError

import matplotlib.pyplot as plt
import numpy as np
import pytest
import torch
from torch import nn, optim

from snippets.workflow import save_load
from snippets.workflow.save_load import (
    Net,
    Surprise,
    fit,
    make_data,
    predict,
    resume,
    save_checkpoint,
)

x, y = make_data()


@pytest.fixture(scope="module")
def model():
    torch.manual_seed(0)
    model = Net()
    fit(model, optim.Adam(model.parameters(), lr=0.03), x, y, 10)
    return model


@pytest.fixture(scope="module")
def page(tmp_path_factory):
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(tmp_path_factory.mktemp("page"))
        names = runpy.run_path(save_load.__file__, run_name="__main__")
        plt.close("all")
    return names


def test_a_state_dict_holds_the_buffers_as_well_and_no_code(model):
    names = set(model.state_dict())
    parameters = {name for name, _ in model.named_parameters()}
    assert names - parameters == {
        "norm.running_mean",
        "norm.running_var",
        "norm.num_batches_tracked",
    }
    assert all(isinstance(value, torch.Tensor) for value in model.state_dict().values())


def test_a_round_trip_gives_equal_predictions_and_running_statistics(model, tmp_path):
    torch.save(model.state_dict(), tmp_path / "net.pt")
    torch.manual_seed(1)
    clone = Net()
    assert not torch.equal(predict(clone, x), predict(model, x))
    weight = clone.hidden.weight
    clone.load_state_dict(torch.load(tmp_path / "net.pt", weights_only=True))
    assert torch.equal(predict(clone, x), predict(model, x))
    assert clone.hidden.weight is weight  # overwritten in place


def test_without_the_buffers_the_predictions_differ(model):
    clone = Net()
    state = {name: p for name, p in model.state_dict().items() if "running" not in name}
    clone.load_state_dict(state, strict=False)
    assert not torch.allclose(predict(clone, x), predict(model, x), atol=0.1)


@pytest.mark.parametrize(
    "thing",
    [torch.arange(3), [torch.arange(3), torch.ones(2)], {"a": torch.ones(2), "lr": 0.1}],
)
def test_tensors_lists_and_dicts_load_by_default(thing, tmp_path):
    torch.save(thing, tmp_path / "thing.pt")
    torch.testing.assert_close(torch.load(tmp_path / "thing.pt"), thing)


@pytest.mark.parametrize("thing", [Net(), Surprise(), np.ones(2), nn.Linear(1, 1), Net])
def test_other_pickles_are_refused_by_default(thing, tmp_path, capsys):
    torch.save(thing, tmp_path / "thing.pt")
    with pytest.raises(UnpicklingError, match="Weights only load failed"):
        torch.load(tmp_path / "thing.pt")
    assert capsys.readouterr().out == ""


def test_a_pickle_runs_code_when_weights_only_is_off(tmp_path, capsys):
    torch.save(Surprise(), tmp_path / "surprise.pt")
    assert torch.load(tmp_path / "surprise.pt", weights_only=False) is None
    assert "run by the file" in capsys.readouterr().out


def test_a_whole_model_needs_its_class_under_the_old_name(model, tmp_path, monkeypatch):
    torch.save(model, tmp_path / "whole.pt")
    loaded = torch.load(tmp_path / "whole.pt", weights_only=False)
    assert torch.equal(predict(loaded, x), predict(model, x))
    monkeypatch.delattr(save_load, "Net")
    with pytest.raises(AttributeError, match="Can't get attribute 'Net'"):
        torch.load(tmp_path / "whole.pt", weights_only=False)


def test_a_resumed_run_equals_the_uninterrupted_one_only_with_all_parts(page):
    losses, runs = page["losses"], page["runs"]
    assert len(losses) == 60 and runs["nothing"] == losses[40:]
    assert runs["optimizer"][0] > 1.5 * losses[40]
    assert max(runs["optimizer"]) > 2 * losses[39]
    assert runs["rng"] != losses[40:]
    assert np.isclose(np.mean(runs["rng"]), np.mean(losses[40:]), rtol=0.2)


def test_the_run_without_the_state_of_adam_comes_back(page):
    late = np.mean(page["runs"]["optimizer"][-5:])
    assert np.isclose(late, np.mean(page["losses"][-5:]), rtol=0.1)


def test_a_checkpoint_restores_epoch_moments_and_random_stream(model, tmp_path):
    model = copy.deepcopy(model)
    optimizer = optim.Adam(model.parameters(), lr=0.03)
    fit(model, optimizer, x, y, 1)
    save_checkpoint(tmp_path / "c.pt", model, optimizer, epoch=1)
    expected = torch.rand(3)
    _, restored, epoch = resume(tmp_path / "c.pt")
    assert epoch == 1 and torch.equal(torch.rand(3), expected)
    torch.testing.assert_close(restored.state_dict()["state"], optimizer.state_dict()["state"])


@pytest.mark.parametrize("scale", [1e-3, 1.0, 1e3])
def test_the_first_step_of_adam_has_nearly_the_length_of_the_learning_rate(scale):
    w = torch.tensor(1.0, requires_grad=True)
    optimizer = optim.Adam([w], lr=0.03)
    (scale * w).backward()
    optimizer.step()
    assert abs(w.item() - 0.97) < 1e-5


def test_plain_sgd_keeps_no_state_and_momentum_does():
    for momentum, entries in ((0, 0), (0.9, 6)):
        twin = Net()
        optimizer = optim.SGD(twin.parameters(), lr=0.01, momentum=momentum)
        fit(twin, optimizer, x, y, 1)
        states = optimizer.state_dict()["state"].values()
        assert sum(s.get("momentum_buffer") is not None for s in states) == entries


def test_a_missing_device_is_an_error_and_map_location_moves_tensors(model, tmp_path):
    path = tmp_path / "net.pt"
    torch.save(model.state_dict(), path)
    if torch.cuda.device_count() < 8:
        with pytest.raises(RuntimeError, match="Attempting to deserialize object on"):
            torch.load(path, map_location="cuda:7")
    on_meta = torch.load(path, map_location="meta")
    assert {t.device.type for t in on_meta.values()} == {"meta"}
    assert on_meta["hidden.weight"].shape == (16, 4)
    on_cpu = torch.load(path, map_location="cpu")
    assert {t.device.type for t in on_cpu.values()} == {"cpu"}


def test_a_missing_folder_is_an_error(model, tmp_path):
    with pytest.raises(RuntimeError, match="Parent directory .* does not exist"):
        torch.save(model.state_dict(), tmp_path / "runs" / "net.pt")
    (tmp_path / "runs").mkdir(parents=True, exist_ok=True)
    (tmp_path / "runs").mkdir(parents=True, exist_ok=True)
    torch.save(model.state_dict(), tmp_path / "runs" / "net.pt")


def test_load_state_dict_wants_a_dictionary_and_returns_a_report(model):
    with pytest.raises(TypeError, match="Expected state_dict to be dict-like"):
        Net().load_state_dict(Path("net.pt"))
    report = Net().load_state_dict(model.state_dict())
    assert not callable(report)


def test_keys_must_match_and_strict_false_leaves_the_layer_random(model):
    old = model.state_dict()
    old["head.weight"] = old.pop("output.weight")
    with pytest.raises(RuntimeError, match="(?s)Missing.*output.weight.*Unexpected.*head"):
        Net().load_state_dict(old)
    torch.manual_seed(1)
    partial = Net()
    untouched = partial.output.weight.clone()
    report = partial.load_state_dict(old, strict=False)
    assert report.missing_keys == ["output.weight"]
    assert torch.equal(partial.output.weight, untouched)
    assert torch.equal(partial.hidden.weight, model.hidden.weight)


def test_the_partly_loaded_model_is_about_as_bad_as_the_mean(page):
    def mse(net):
        return nn.functional.mse_loss(predict(net, x), y)

    assert torch.isclose(mse(page["partial"]), y.var(), rtol=0.1)
    assert mse(page["clone"]) < 0.1 * y.var()


def test_another_size_is_an_error_even_without_strict(model):
    with pytest.raises(RuntimeError, match="size mismatch for hidden.weight"):
        Net(32).load_state_dict(model.state_dict(), strict=False)


def test_a_forward_pass_in_training_mode_changes_later_predictions(model):
    clone = Net()
    clone.load_state_dict(model.state_dict())
    assert clone.training
    with torch.inference_mode():
        assert not torch.allclose(clone(x[:3]), predict(model, x[:3]), atol=0.1)
    assert not torch.equal(predict(clone, x[:3]), predict(model, x[:3]))


def test_eval_returns_the_model_and_makes_dropout_predictions_equal():
    torch.manual_seed(0)
    net = nn.Sequential(nn.Linear(4, 50), nn.Dropout(0.5), nn.Linear(50, 1))
    clone = nn.Sequential(nn.Linear(4, 50), nn.Dropout(0.5), nn.Linear(50, 1))
    clone.load_state_dict(net.state_dict())
    assert not torch.equal(net(x), clone(x))
    assert net.eval() is net and torch.equal(net(x), clone.eval()(x))
