import runpy

import matplotlib.pyplot as plt
import numpy as np
import pytest
import torch
from sklearn.decomposition import PCA

from snippets.start import curse
from snippets.start.curse import (
    grid_table,
    make_layers,
    make_sheet,
    nearest_accuracy,
    nearest_to_mean,
    occupied_cells,
    project,
    split_accuracy,
)


@pytest.fixture(scope="module", autouse=True)
def one_thread():
    """As on the pages: many small steps are faster so, and the same everywhere."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


@pytest.fixture(scope="module")
def page():
    """Names of the page after its code ran once."""
    names = runpy.run_path(curse.__file__, run_name="__main__")
    plt.close("all")
    return names


def test_cells_grow_as_a_power_of_ten():
    table = grid_table(1000, dims=range(1, 5))
    assert table["cells"].tolist() == [10, 100, 1000, 10000]
    assert (table["occupied"] <= np.minimum(table["cells"], 1000)).all()


def test_one_sample_per_cell_is_counted_once():
    X = torch.tensor([[0.01, 0.01], [0.09, 0.05], [0.11, 0.05], [0.99, 0.99]])
    assert occupied_cells(X) == 3


def test_as_many_samples_as_cells_leave_a_share_of_1_over_e_empty(page):
    empty = 1 - page["table"]["occupied"][3] / 1000
    assert empty == pytest.approx(np.exp(-1), abs=0.04)
    assert page["table"]["occupied"][2] == 100
    assert page["table"]["occupied"][6] > 990


def test_the_figure_shows_a_line_fuller_than_the_square(page):
    assert page["line"] / 10 > 3 * page["square"] / 100


def test_nearest_to_mean_agrees_with_a_direct_computation():
    X = torch.tensor([[0.0], [1.0], [3.0]])
    assert nearest_to_mean(X) == pytest.approx((1 + 1 + 2) / 3 / 2)


def test_the_nearest_neighbor_moves_away_with_every_dimension(page):
    ratios = page["ratios"]
    assert ratios == sorted(ratios) and ratios[0] < 0.01 and ratios[-1] > 0.9


def test_digits_are_as_close_as_random_points_with_eight_features(page):
    at = dict(zip(page["dims"], page["ratios"]))
    assert page["digits_ratio"] < at[64] - 0.3
    assert page["digits_ratio"] == pytest.approx(at[8], abs=0.05)


def test_nearest_accuracy_reads_the_label_of_the_neighbor():
    X = torch.tensor([[0.0], [10.0], [1.0], [9.0]])
    assert nearest_accuracy(X, torch.tensor([0, 1, 0, 1]), train=2) == 1
    assert nearest_accuracy(X, torch.tensor([0, 1, 0, 0]), train=2) == 0.5


def test_useless_features_drown_the_useful_ones(page):
    accuracies = list(page["accuracies"].values())
    assert accuracies == sorted(accuracies, reverse=True)
    assert accuracies[0] > 0.97 and accuracies[-1] < 0.4


def test_projection_is_principal_component_analysis():
    sheet, _ = make_sheet()
    pca = PCA(2).fit(sheet.numpy())
    flat, kept = project(sheet, 2)
    assert kept == pytest.approx(pca.explained_variance_ratio_.sum(), abs=1e-5)
    expected = pca.transform(sheet.numpy())
    np.testing.assert_allclose(flat.abs().numpy(), np.abs(expected), atol=1e-4)


def test_projection_looks_at_the_training_rows_only():
    X = torch.randn(50, 4, generator=torch.Generator().manual_seed(0))
    changed = X.clone()
    changed[40:] *= 100
    torch.testing.assert_close(project(X, 2, 40)[0][:40], project(changed, 2, 40)[0][:40])


def test_projection_of_the_sheet_beats_leaving_out_a_feature(page):
    assert page["kept"] > 0.99 and page["naive"] < 0.8


def test_eight_numbers_of_the_digits_cost_some_accuracy_and_little(page):
    assert 0.9 < page["eight"] < page["accuracies"][0]
    assert list(page["shares"].values()) == sorted(page["shares"].values())


def test_the_largest_variance_may_be_useless():
    X, y = make_layers()
    z, kept = project(X, 1)
    assert kept > 0.95 and split_accuracy(z[:, 0], y) < 0.6
    assert split_accuracy(X[:, 1], y) > 0.99


def test_law_of_large_numbers_does_not_care_about_the_number_of_features():
    torch.manual_seed(0)
    errors = [torch.rand(10_000, n).mean(0).sub(0.5).abs().mean().item() for n in (1, 100)]
    assert max(errors) < 0.01
