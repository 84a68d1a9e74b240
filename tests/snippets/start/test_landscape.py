import runpy

import matplotlib.pyplot as plt
import pytest
import torch
from sklearn.svm import SVC
from torch import nn

from snippets.start import landscape
from snippets.start.landscape import (
    accuracy,
    by_rules,
    describe,
    learn_code,
    load,
    make_encoder,
    shift,
    standardize,
    train,
)

X_train, y_train, X_test, y_test = load()
P_train, P_test = X_train.flatten(1), X_test.flatten(1)


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
    names = runpy.run_path(landscape.__file__, run_name="__main__")
    plt.close("all")
    return names


def test_split_has_every_image_once():
    assert X_train.shape == (1347, 8, 8) and X_test.shape == (450, 8, 8)
    assert X_train.min() == 0 and X_train.max() == 1
    both = torch.cat([X_train, X_test]).flatten(1).unique(dim=0)
    assert len(both) == 1797
    assert set(y_test.tolist()) == set(range(10))


def test_rules_answer_every_digit_and_depend_on_the_ink():
    guesses = {by_rules(image) for image in X_train}
    assert guesses == set(range(10))
    ring = torch.ones(8, 8)
    ring[2:6, 2:6] = 0
    assert by_rules(ring) == 0


def test_the_less_was_decided_by_hand_the_better_the_accuracy(page):
    scores = list(page["scores"].values())
    assert len(scores) == 4 and scores == sorted(scores)
    assert page["base_rate"] < 0.12 and scores[0] > 4 * page["base_rate"]
    assert min(b - a for a, b in zip(scores, scores[1:])) > 0.03


@pytest.mark.parametrize("seed", [1, 2])
def test_the_order_is_not_a_matter_of_the_seed(seed):
    torch.manual_seed(seed)
    F_train = standardize(describe(X_train), like=describe(X_train))
    F_test = standardize(describe(X_test), like=describe(X_train))
    mapping = nn.Linear(8, 10)
    train(mapping, F_train, y_train, nn.CrossEntropyLoss(), lr=0.05)
    network = nn.Sequential(make_encoder(), nn.Linear(8, 10))
    train(network, P_train, y_train, nn.CrossEntropyLoss(), lr=0.01)
    assert accuracy(network, P_test, y_test) > accuracy(mapping, F_test, y_test) + 0.1


def test_hand_made_features_mean_what_their_names_say():
    image = torch.zeros(1, 8, 8)
    image[0, :4, :4] = 1  # upper left quarter
    ink, upper, left, middle, mirrored, flipped, across, down = describe(image)[0]
    assert (ink, upper, left, middle) == (0.25, 0.5, 0.5, 0.25)
    assert mirrored == flipped == 0.5
    assert across == down == pytest.approx(4 / 56)


def test_standardize_takes_its_statistics_from_the_training_set():
    x = torch.tensor([[1.0], [3.0]])
    torch.testing.assert_close(standardize(x, x).mean(0), torch.zeros(1))
    torch.testing.assert_close(standardize(x, x).std(0), torch.ones(1))
    shifted = standardize(x + 10, like=x)
    assert shifted.min() > 5


def test_autoencoder_needs_no_labels_and_beats_the_mean_image(page):
    assert page["redraw_error"] < page["mean_error"] / 2
    torch.manual_seed(0)
    encoder, autoencoder = learn_code(P_train)
    assert encoder(P_test).shape == (450, 8) and autoencoder(P_test).shape == (450, 64)


def test_training_changes_the_weights_and_lowers_the_loss():
    torch.manual_seed(0)
    model, loss_fn = nn.Linear(64, 10), nn.CrossEntropyLoss()
    before = loss_fn(model(P_train), y_train).item()
    assert train(model, P_train, y_train, loss_fn, lr=0.01, steps=20) < before


def test_svm_is_limited_by_the_features_and_not_by_itself(page):
    assert page["svm_pixels"] > page["scores"]["trained end to end"]
    assert page["svm_features"] < page["svm_pixels"] - 0.1


def test_one_pixel_breaks_both(page):
    assert page["svm_shifted"] < page["svm_pixels"] - 0.3
    assert page["network_shifted"] < page["scores"]["trained end to end"] - 0.3


def test_shift_moves_to_the_right():
    image = torch.zeros(1, 8, 8)
    image[0, 2, 3] = 1
    assert shift(image)[0, 2, 4] == 1 and shift(image).sum() == 1


def test_a_kernel_compares_pixel_with_pixel():
    order = torch.randperm(64, generator=torch.Generator().manual_seed(0))
    plain = SVC().fit(P_train, y_train).score(P_test, y_test)
    shuffled = SVC().fit(P_train[:, order], y_train).score(P_test[:, order], y_test)
    assert plain == pytest.approx(shuffled, abs=0.005)


def test_backpropagation_computes_the_partial_derivative(page):
    assert page["w"].grad.item() == -8
    assert page["difference"] == pytest.approx(-8)


def test_timeline_is_in_order_and_starts_with_neuroscience(page):
    years = [year for year, _, _ in page["events"]]
    fields = [color for _, _, color in page["events"]]
    assert years == sorted(years) and fields[:3] == ["C0"] * 3
    assert all(color == "C1" for year, _, color in page["events"] if year >= 2012)
