import runpy

import matplotlib.pyplot as plt
import pytest
import torch
from sklearn.datasets import load_breast_cancer
from torch import nn

from snippets.workflow import demo
from snippets.workflow.demo import evaluate, fit, load_data, loss_fn, make_net, predict


@pytest.fixture(scope="module")
def page(tmp_path_factory):
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(tmp_path_factory.mktemp("page"))
        names = runpy.run_path(demo.__file__, run_name="__main__")
        plt.close("all")
    return names


def test_class_one_is_malignant():
    X, y, names = load_data()
    table = load_breast_cancer()
    assert X.shape == (569, 30) and y.shape == (569, 1) and len(names) == 30
    assert list(table.target_names) == ["malignant", "benign"]
    assert y.sum() == (table.target == 0).sum()
    radius = X[:, names.index("mean radius")]
    assert radius[y[:, 0] == 1].mean() > radius[y[:, 0] == 0].mean()


def test_statistics_come_from_the_training_rows_alone(page):
    Z, train, test = page["Z"], page["train"], page["test"]
    torch.testing.assert_close(Z[train].mean(0), torch.zeros(30), atol=1e-4, rtol=0)
    torch.testing.assert_close(Z[train].std(0), torch.ones(30), atol=1e-4, rtol=0)
    assert Z[test].mean(0).abs().max() > 0.1
    parts = torch.cat([train, page["val"], test])
    assert sorted(parts.tolist()) == list(range(569))


def test_the_loss_equals_the_negative_log_likelihood():
    logits, y = torch.tensor([[2.0], [-1.0]]), torch.tensor([[1.0], [1.0]])
    expected = -torch.log(1 / (1 + torch.exp(-logits))).mean()
    torch.testing.assert_close(loss_fn(logits, y), expected)


def test_accuracy_counts_right_signs():
    class Fixed(nn.Module):
        def forward(self, x):
            return x

    logits = torch.tensor([[2.0], [-1.0], [0.5], [-3.0]])
    y = torch.tensor([[1.0], [0.0], [0.0], [1.0]])
    assert evaluate(Fixed(), logits, y)[1] == 0.5


def test_fit_keeps_a_copy_of_the_epoch_with_the_lowest_validation_loss(page):
    Z, y, train, val = (page[name] for name in ("Z", "y", "train", "val"))
    torch.manual_seed(1)
    net = make_net()
    history, best = fit(net, Z, y, train, val, num_epochs=20)
    assert len(history) == 20 and best["loss"] == min(row[2] for row in history)
    kept = make_net()
    kept.load_state_dict(best["state"])
    assert evaluate(kept, Z[val], y[val])[0] == best["loss"]


def test_the_curves_are_as_told(page):
    history, best = page["history"], page["best"]
    assert 10 < best["epoch"] < len(history)
    assert history[-1][0] < best["loss"] < history[-1][2]
    assert all(row[1] > 0.95 and row[3] > 0.95 for row in history[5:])
    val_accs = [round(row[3], 4) for row in history]
    assert len(set(val_accs)) < 10 < len({row[2] for row in history})
    assert 0.6 < page["base_rate"] < 0.65


def test_the_saved_file_alone_reproduces_the_prediction(page):
    saved, X, Z, test = (page[name] for name in ("saved", "X", "Z", "test"))
    assert set(saved) == {"state", "mean", "std", "features"}
    net = make_net()
    net.load_state_dict(page["best"]["state"])
    net.eval()
    expected = torch.sigmoid(net(Z[test]).detach())
    torch.testing.assert_close(predict(saved, X[test]), expected)
    assert page["probability"] == predict(saved, X[test[:1]]).item()
    assert not predict(saved, X[:2]).requires_grad


def test_the_test_beats_the_base_rate_by_far_and_the_linear_model_by_nothing(page):
    assert page["accuracy"] > 0.94 and page["test_base_rate"] < 0.65
    difference = (page["linear_accuracy"] - page["accuracy"]) * len(page["test"])
    assert round(difference) == 1  # one patient
    wrong = (~page["right"]).sum().item()
    assert page["missed"] + page["false_alarms"] == wrong
    assert (1 - page["accuracy"]) * len(page["test"]) == pytest.approx(wrong, abs=1e-3)


def test_some_wrong_answers_are_sure_ones(page):
    sure = (page["probabilities"] - 0.5).abs() > 0.4
    assert sure.float().mean() > 0.9
    assert (sure & ~page["right"]).sum() >= 2


def test_raw_measurements_make_everybody_ill(page):
    net = make_net()
    net.load_state_dict(page["saved"]["state"])
    X, Z, y, test = (page[name] for name in ("X", "Z", "y", "test"))
    net.eval()
    assert torch.sigmoid(net(Z[test[:1]])).item() < 0.01 and y[test[0]] == 0
    assert torch.sigmoid(net(X[test[:1]])).item() > 0.99
    assert (net(X[test]) > 0).float().mean() > 0.95


def test_dropout_in_use_gives_answers_on_both_sides_of_the_threshold(page):
    doubtful = (page["probabilities"] - 0.5).abs().argmin()
    one = page["Z"][page["test"][doubtful]][None]
    net = make_net()
    net.load_state_dict(page["saved"]["state"])
    torch.manual_seed(0)
    answers = [torch.sigmoid(net(one)).item() for _ in range(6)]
    assert len(set(answers)) == 6 and min(answers) < 0.5 < max(answers)
    net.eval()
    assert net(one).item() == net(one).item()


def test_hidden_relu_keeps_the_layers_from_collapsing():
    torch.manual_seed(0)
    net = make_net().eval()
    a, b, zero = torch.randn(1, 30), torch.randn(1, 30), torch.zeros(1, 30)
    assert not torch.allclose(net(a + b) - net(zero), net(a) + net(b) - 2 * net(zero), atol=1e-3)
