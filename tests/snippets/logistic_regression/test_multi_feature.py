import gzip
import os
import runpy
import warnings
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
import pytest
import torch
from sklearn.datasets import load_breast_cancer, load_diabetes
from sklearn.metrics import balanced_accuracy_score, roc_curve
from torch import nn

from snippets.logistic_regression import multi_feature
from snippets.logistic_regression.multi_feature import (
    draw_product,
    evaluate,
    judge,
    load_patients,
    loss_fn,
    read_diabetes,
    scores_by_loop,
    trade_off,
)


def make_table(n=759, seed=1):
    """A table in the form of the diabetes file: label 0 for the ill."""
    rng = np.random.default_rng(seed)
    table = rng.uniform(-1, 1, (n, 9))
    score = 6 * table[:, 1] + 2 * table[:, 5] - 2 + rng.logistic(size=n)
    table[:, 8] = score < 0
    return table


def write_table(folder, table):
    path = folder / "diabetes" / "diabetes.csv.gz"
    path.parent.mkdir(exist_ok=True)
    with gzip.open(path, "wt") as file:
        np.savetxt(file, table, delimiter=",", fmt="%.6g")
    return path


def run_page(data, folder):
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("NOTES_DATA", str(data))
        patch.chdir(folder)
        names = runpy.run_path(multi_feature.__file__, run_name="__main__")
    plt.close("all")
    return names


REAL = Path(os.environ.get("NOTES_DATA", "data")).absolute()


@pytest.fixture(scope="module", params=["breast_cancer", "made up", "diabetes"])
def page(request, tmp_path_factory):
    """The page on scikit-learn's table, a made-up one, and the real one if present."""
    data = tmp_path_factory.mktemp("data")
    if request.param == "made up":
        write_table(data, make_table())
    if request.param == "diabetes":
        data = REAL
        if not (data / "diabetes" / "diabetes.csv.gz").exists():
            pytest.skip("no diabetes table in NOTES_DATA")
    return run_page(data, tmp_path_factory.mktemp("page"))


def test_without_the_file_class_one_is_malignant(tmp_path, monkeypatch):
    monkeypatch.setenv("NOTES_DATA", str(tmp_path))
    X, y, name = load_patients()
    table = load_breast_cancer()
    assert name == "breast_cancer"
    assert list(table.target_names) == ["malignant", "benign"]
    assert X.shape == (569, 30) and y.shape == (569, 1)
    assert X.dtype == y.dtype == torch.float32
    assert y.sum() == (table.target == 0).sum()


def test_with_the_file_the_labels_are_turned_round(tmp_path, monkeypatch):
    table = make_table()
    write_table(tmp_path, table)
    monkeypatch.setenv("NOTES_DATA", str(tmp_path))
    X, y, name = load_patients()
    assert name == "diabetes" and X.shape == (759, 8) and y.shape == (759, 1)
    assert X.dtype == y.dtype == torch.float32
    np.testing.assert_allclose(X.numpy(), table[:, :8], atol=1e-5)
    assert (y[:, 0].numpy() == 1 - table[:, 8]).all()


def test_the_default_folder_is_data(tmp_path, monkeypatch):
    (tmp_path / "data").mkdir()
    write_table(tmp_path / "data", make_table())
    monkeypatch.delenv("NOTES_DATA", raising=False)
    monkeypatch.chdir(tmp_path)
    assert load_patients()[2] == "diabetes"


def damage(path, how):
    table = make_table()
    if how == "no gzip":
        path.write_text("0.1,0.2\n")
    elif how == "empty":
        path.write_bytes(b"")
    elif how == "cut off":
        path.write_bytes(path.read_bytes()[:-2000])
    elif how == "flipped bytes":
        data = bytearray(path.read_bytes())
        data[500:520] = bytes(20)
        path.write_bytes(bytes(data))
    elif how == "words":
        with gzip.open(path, "wt") as file:
            file.write("age,label\n1,0\n")
    elif how == "rows missing":
        write_table(path.parent.parent, table[:700])
    elif how == "labels":
        table[3, 8] = 0.5
        write_table(path.parent.parent, table)
    elif how == "range":
        table[3, 2] = 120
        write_table(path.parent.parent, table)
    elif how == "nan":
        table[3, 2] = np.nan
        write_table(path.parent.parent, table)


@pytest.mark.parametrize("strict", [True, False])
@pytest.mark.parametrize(
    "how",
    ["no gzip", "empty", "cut off", "flipped bytes", "words", "rows missing"]
    + ["labels", "range", "nan"],
)
def test_a_damaged_table_is_an_error_that_names_the_file(tmp_path, how, strict):
    path = write_table(tmp_path, make_table())
    assert read_diabetes(path).shape == (759, 9)
    damage(path, how)
    with warnings.catch_warnings():
        warnings.simplefilter("error" if strict else "ignore")
        with pytest.raises(RuntimeError, match=r"diabetes\.csv\.gz is damaged"):
            read_diabetes(path)


def test_loop_product_and_layer_agree():
    torch.manual_seed(0)
    X, layer = torch.randn(5, 7), nn.Linear(7, 1)
    w, b = layer.weight.detach().T, layer.bias.detach()
    expected = X.double() @ w.double() + b.double()
    for scores in (scores_by_loop(X, w, b), layer(X), X @ w + b):
        assert scores.shape == (5, 1)
        torch.testing.assert_close(scores.double(), expected, atol=1e-5, rtol=1e-5)


def test_gradient_is_error_times_input():
    torch.manual_seed(0)
    X, y, layer = torch.randn(6, 3), torch.randint(2, (6, 1)).float(), nn.Linear(3, 1)
    logits = layer(X)
    loss_fn(logits, y).backward()
    error = torch.sigmoid(logits.detach()) - y
    torch.testing.assert_close(layer.weight.grad.T, X.T @ error / len(X))


def test_evaluate_counts_right_signs_and_records_nothing():
    logits = torch.tensor([[2.0], [-1.0], [0.5], [-3.0]])
    y = torch.tensor([[1.0], [0.0], [0.0], [1.0]])
    p = torch.sigmoid(logits)
    expected = -torch.log(torch.where(y == 1, p, 1 - p)).mean()
    assert evaluate(nn.Identity(), logits, y) == (pytest.approx(expected.item()), 0.5)


def test_trade_off_agrees_with_scikit_learn(page):
    p, y = page["p"], page["y"][page["test"]]
    thresholds, found, false_alarms = trade_off(p, y)
    all_false, all_found, _ = roc_curve(y[:, 0], p[:, 0], drop_intermediate=False)
    known = {(round(a, 5), round(b, 5)) for a, b in zip(all_false, all_found)}
    for a, b in zip(false_alarms.tolist(), found.tolist()):
        assert (round(a, 5), round(b, 5)) in known
    assert found[0] == false_alarms[0] == 1 and found[-1] == false_alarms[-1] == 0
    assert (found.diff() <= 0).all() and (false_alarms.diff() <= 0).all()
    assert (found >= false_alarms - 0.02).all()  # above the diagonal
    assert found[20] > found[80] and false_alarms[20] > false_alarms[80]
    torch.testing.assert_close(thresholds[50], torch.tensor(0.5))


def test_thresholds_at_one_half_are_logits_at_zero(page):
    y, test, net = page["y"], page["test"], page["net"]
    _, found, spared = judge(net(page["Z"][test]) > 0, y[test])
    assert page["found"][50] == pytest.approx(found)
    assert 1 - page["false_alarms"][50] == pytest.approx(2 * spared - found)


def test_judge_agrees_with_scikit_learn():
    y = torch.tensor([[1.0], [1.0], [0.0], [0.0], [0.0]])
    called = torch.tensor([[True], [False], [False], [False], [True]])
    acc, found, balanced = judge(called, y)
    assert acc == pytest.approx(0.6) and found == 0.5
    assert balanced == pytest.approx(balanced_accuracy_score(y[:, 0], called[:, 0]))


def test_statistics_come_from_the_training_rows_alone(page):
    Z, train, test = page["Z"], page["train"], page["test"]
    d = page["d"]
    torch.testing.assert_close(Z[train].mean(0), torch.zeros(d), atol=1e-4, rtol=0)
    torch.testing.assert_close(Z[train].std(0), torch.ones(d), atol=1e-4, rtol=0)
    assert Z[test].mean(0).abs().max() > 0.05
    assert sorted(torch.cat([train, test]).tolist()) == list(range(page["n"]))


def test_the_model_beats_the_constant(page):
    history = page["history"]
    assert len(history) == 41
    for loss in (page["train_losses"], page["test_losses"]):
        assert loss[-1] < page["baseline"] - 0.1 and loss[0] > page["baseline"]
    for accuracy in (page["train_accs"], page["test_accs"]):
        assert accuracy[-1] > page["base_rate"] + 0.05
    constant = torch.full_like(page["y"][page["test"]], page["share"].logit().item())
    assert loss_fn(constant, page["y"][page["test"]]).item() == pytest.approx(
        page["baseline"], abs=1e-5
    )


def test_the_falling_loss_ends_at_the_constant_and_nobody_is_called_ill(page):
    losses = page["losses"]
    assert losses[-1] < losses[0] - 0.005
    assert abs(losses[-1] - page["constant"]) < 0.01
    deep = multi_feature.make_deep(page["d"], nn.Sigmoid)
    assert isinstance(deep[1], nn.Sigmoid) and isinstance(deep[-1], nn.Linear)


def test_the_cured_network_learns_and_does_not_need_its_layers(page):
    assert page["cured_acc"] > page["base_rate"] + 0.1
    assert page["cured_acc"] <= page["test_accs"][-1]


def test_the_useless_program_looks_good_when_the_class_is_rare(page):
    y, rare, net = page["y"], page["rare"], page["net"]
    acc, found, balanced = judge(page["says_no"], y[rare])
    assert acc > 0.94 and acc > page["base_rate"] and found == 0 and balanced == 0.5
    _, found, balanced = judge(net(page["Z"][rare]) > 0, y[rare])
    assert found > 0.3 and balanced > 0.6
    assert set(rare.tolist()) <= set(page["test"].tolist())


def test_the_missing_file_and_its_namesake(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(FileNotFoundError, match="diabetes.csv not found"):
        np.loadtxt("diabetes.csv", delimiter=",")
    namesake = load_diabetes()
    target = torch.tensor(namesake.target, dtype=torch.float32)
    assert namesake.data.shape == (442, 10) and len(target.unique()) > 100
    assert loss_fn(torch.ones(len(target)), target) < 0


def test_the_figure_shows_the_scores_of_the_batch():
    X, w = torch.arange(24.0).reshape(4, 6) / 10, torch.ones(6, 1)
    draw_product(X, w, torch.tensor([0.5]))
    texts = [text.get_text() for text in plt.gca().texts]
    plt.close("all")
    for score in (X.sum(1) + 0.5).tolist():
        assert f"{score:.2f}" in texts
    assert {"(4, 6)", "(6, 1)", "(4, 1)", "(1,)"} <= set(texts)
