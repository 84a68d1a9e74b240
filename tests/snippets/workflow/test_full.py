import matplotlib.pyplot as plt
import numpy as np
import pytest
import torch
from torch import nn, optim

from snippets.workflow.full import Line, evaluate, fit, make_spring, predict, split

X, y = make_spring()
(X_train, y_train), (X_test, y_test) = split(X, y)
mean, std = X_train.mean(), X_train.std()
train_set, test_set = ((X_train - mean) / std, y_train), ((X_test - mean) / std, y_test)
loss_fn = nn.MSELoss()


@pytest.fixture(scope="module")
def fitted():
    torch.manual_seed(42)
    model = Line()
    optimizer = optim.SGD(model.parameters(), lr=0.03)
    return model, fit(model, loss_fn, optimizer, train_set, test_set, 100)


def test_split_puts_every_sample_into_one_part_with_its_own_label():
    assert X_train.shape == y_train.shape == (40, 1)
    assert X_test.shape == y_test.shape == (10, 1)
    assert sorted(torch.cat([X_train, X_test]).flatten().tolist()) == X.flatten().tolist()
    labels = dict(zip(X.flatten().tolist(), y.flatten().tolist()))
    for inputs, outputs in ((X_train, y_train), (X_test, y_test)):
        assert [labels[x] for x in inputs.flatten().tolist()] == outputs.flatten().tolist()


def test_a_slice_tests_loads_beyond_all_training_loads_and_the_shuffled_split_does_not():
    assert X[40:].min() > X[:40].max()
    assert X_test.min() < X_train.max() and X_test.max() > X_train.min()


def test_statistics_come_from_the_training_part():
    assert abs(train_set[0].mean()) < 1e-6 and abs(train_set[0].std() - 1) < 1e-6
    assert abs(test_set[0].mean()) > 0.1


def test_start_values_of_seed_42():
    torch.manual_seed(42)
    state = Line().state_dict()
    assert list(state) == ["linear.weight", "linear.bias"]
    assert [round(value.item(), 4) for value in state.values()] == [0.7645, 0.83]


def test_history_holds_a_pair_of_floats_per_epoch_and_starts_untrained(fitted):
    model, history = fitted
    assert len(history) == 100
    assert all(isinstance(loss, float) for pair in history for loss in pair)
    torch.manual_seed(42)
    assert history[0][0] == pytest.approx(evaluate(Line(), loss_fn, train_set))
    assert history[-1][1] == evaluate(model, loss_fn, test_set)


def test_losses_every_ten_epochs_are_printed(capsys):
    model = Line()
    fit(model, loss_fn, optim.SGD(model.parameters(), lr=0.03), train_set, test_set, 25)
    assert [line.split()[1] for line in capsys.readouterr().out.splitlines()] == ["0", "10", "20"]


def test_both_losses_start_above_the_baseline_and_end_near_the_noise(fitted):
    _, history = fitted
    baseline = loss_fn(y_train.mean().expand(10, 1), y_test).item()
    assert min(history[0]) > baseline
    assert max(history[-1]) < baseline / 50
    assert 3 < history[-1][1] < history[-1][0] < 6
    assert history[49][0] < 2 * history[-1][0] < history[20][0]


def test_the_test_samples_have_less_noise_than_usual_and_the_minimum_comes_early(fitted):
    noise = ((y_test - 0.7 * X_test - 0.3) ** 2).mean()
    assert noise < 4
    test_losses = [test for _, test in fitted[1]]
    assert test_losses.index(min(test_losses)) < 80 and min(test_losses) < test_losses[-1] - 0.3


def test_the_line_is_that_of_least_squares_and_not_the_true_one(fitted):
    model, _ = fitted
    slope = (model.linear.weight / std).item()
    intercept = (model.linear.bias - slope * mean).item()
    A = np.column_stack([X_train.numpy(), np.ones(40)])
    best = np.linalg.lstsq(A, y_train.numpy(), rcond=None)[0].flatten()
    assert [slope, intercept] == pytest.approx(best.tolist(), abs=0.02)
    assert abs(slope - 0.7) < 0.03 and abs(intercept - 0.3) > 0.5


def test_a_reloaded_copy_predicts_the_same(fitted, tmp_path):
    model, _ = fitted
    torch.save({"model": model.state_dict(), "mean": mean, "std": std}, tmp_path / "s.pt")
    loaded = torch.load(tmp_path / "s.pt")
    copy = Line()
    x = torch.tensor([[25.0], [60.0]])
    assert not torch.equal(predict(copy, x, mean, std), predict(model, x, mean, std))
    copy.load_state_dict(loaded["model"])
    again = predict(copy, x, loaded["mean"], loaded["std"])
    assert torch.equal(again, predict(model, x, mean, std))
    assert (again - (0.7 * x + 0.3)).abs().max() < 1


def test_l1_loss_is_a_mean():
    assert nn.L1Loss()(torch.tensor([1.0, 2.0, 3.0]), torch.zeros(3)) == 2
    assert nn.L1Loss(reduction="sum")(torch.tensor([1.0, 2.0, 3.0]), torch.zeros(3)) == 6


def test_backward_changes_no_parameter_and_adds_gradients_and_step_adds_none():
    model = Line()
    optimizer = optim.SGD(model.parameters(), lr=0.1)
    start = model.linear.weight.item()
    loss_fn(model(train_set[0]), y_train).backward()
    once = model.linear.weight.grad.clone()
    assert model.linear.weight.item() == start
    loss_fn(model(train_set[0]), y_train).backward()
    torch.testing.assert_close(model.linear.weight.grad, 2 * once)
    optimizer.step()
    assert model.linear.weight.item() != start
    torch.testing.assert_close(model.linear.weight.grad, 2 * once)


@pytest.mark.filterwarnings("default")
def test_mismatched_slices_warn_and_raise_and_a_second_colon_repeats_the_training_inputs():
    assert torch.equal(X[:40:], X[:40])
    with (
        pytest.warns(UserWarning, match="Using a target size"),
        pytest.raises(RuntimeError, match=r"tensor a \(40\) must match .* tensor b \(10\)"),
    ):
        nn.L1Loss()(X[:40], y[40:])
    with pytest.raises(ValueError, match="x and y must be the same size"):
        plt.scatter(X_test, y_train)
    plt.close("all")


def test_raw_loads_mislead_a_scaled_model_and_a_single_load_has_no_spread(fitted):
    model, _ = fitted
    x = torch.tensor([[60.0]])
    with torch.inference_mode():
        assert model(x) > 1000
    with pytest.warns(UserWarning, match="degrees of freedom"):
        assert x.std().isnan()


def test_without_scaling_the_same_learning_rate_diverges():
    torch.manual_seed(42)
    model = Line()
    optimizer = optim.SGD(model.parameters(), lr=0.03)
    sets = (X_train, y_train), (X_test, y_test)
    assert not np.isfinite(fit(model, loss_fn, optimizer, *sets, 20)[-1]).any()


def test_a_history_of_tensors_cannot_be_plotted():
    losses = [loss_fn(Line()(train_set[0]), y_train) for _ in range(3)]
    for use in (lambda: torch.stack(losses).numpy(), lambda: plt.plot(losses)):
        with pytest.raises(RuntimeError, match="Can't call numpy"):
            use()
    plt.close("all")


def test_a_legend_needs_labels():
    fig, ax = plt.subplots()
    ax.scatter(X_train, y_train)
    with pytest.warns(UserWarning, match="No artists with labels"):
        ax.legend()
    ax.scatter(X_test, y_test, label="test data")
    assert len(ax.legend().get_texts()) == 1
    plt.close(fig)
