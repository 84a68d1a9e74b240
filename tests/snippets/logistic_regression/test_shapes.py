import math

import pytest
import torch
from torch import nn

from snippets.logistic_regression.shapes import (
    X,
    best_threshold,
    check,
    features,
    make_model,
    mammal,
    names,
    set_by_hand,
)

y = mammal.unsqueeze(1).float()


@pytest.fixture
def model():
    torch.manual_seed(0)
    return make_model()


def probabilities():
    with torch.inference_mode():
        return torch.sigmoid(set_by_hand(make_model())(X))


def test_rows_are_animals_and_columns_are_features():
    assert X.shape == (len(names), len(features)) == (5, 6)
    assert X.dtype == torch.float32 and mammal.dtype == torch.int64


def test_neurons_are_outputs_and_inputs_are_columns(model):
    assert model[0].weight.shape == (4, 6)
    assert model[2].weight.shape == (1, 4)
    with pytest.raises(RuntimeError, match="shapes cannot be multiplied"):
        model(X.T)


@pytest.mark.parametrize("n", [1, 5, 100])
def test_as_many_rows_out_as_in(model, n):
    p = torch.sigmoid(model(torch.randn(n, 6)))
    assert p.shape == (n, 1)
    assert ((p > 0) & (p < 1)).all()


def test_hand_made_weights_compute_what_the_page_says():
    model = set_by_hand(make_model())
    hair, feathers, eggs, milk, fins, legs = X.T
    expected = [hair + milk, feathers + eggs, fins - milk, legs - 2]
    expected = torch.stack(expected, dim=1).clamp(min=0)
    torch.testing.assert_close(model[:2](X), expected)
    assert (X[:, 5] < 2).any() and (expected[:, 3] == 0).any()
    signs = model[2].weight.sign().flatten().tolist()
    assert signs == [1, -1, -1, 1]


def test_only_the_dolphin_is_missed_at_one_half_and_found_at_a_fifth():
    p = probabilities().flatten()
    wrong = [n for n, hit in zip(names, (p > 0.5) == (mammal == 1)) if not hit]
    assert wrong == ["dolphin"] and p[3] > 0.4
    assert torch.equal((p > best_threshold(4, 1)).long(), mammal)
    assert (p > best_threshold(40, 1)).all()


@pytest.mark.parametrize("costs", [(1, 1), (4, 1), (40, 1), (1, 3)])
def test_threshold_has_the_lower_expected_cost_on_both_sides(costs):
    missed, false = costs
    t = best_threshold(missed, false)
    for p in torch.linspace(0.005, 0.995, 100).tolist():
        yes, no = (1 - p) * false, p * missed
        assert (yes < no) == (p > t)


def test_equal_costs_mean_one_half_and_score_zero():
    assert best_threshold(3, 3) == 0.5
    assert math.log(0.5 / (1 - 0.5)) == 0


def test_target_shape_must_match(model):
    with pytest.raises(ValueError, match=r"Target size .* must be the same as input"):
        nn.BCEWithLogitsLoss()(model(X), mammal)
    with pytest.raises(ValueError, match="deprecated"):
        nn.BCELoss()(torch.sigmoid(model(X)), mammal.float())


def test_integer_targets_are_refused_and_floats_accepted(model):
    with pytest.raises(RuntimeError, match="Float can't be cast to .* Long"):
        nn.BCEWithLogitsLoss()(model(X), mammal.unsqueeze(1))
    logits = model(X)
    p = torch.sigmoid(logits)
    by_hand = -(y * p.log() + (1 - y) * (1 - p).log()).mean()
    torch.testing.assert_close(nn.BCEWithLogitsLoss()(logits, y), by_hand)


def test_integer_features_are_refused(model):
    with pytest.raises(RuntimeError, match="same dtype"):
        model(X.long())


def test_accuracy_against_a_vector_compares_everything():
    p = probabilities()
    hits = (p > 0.5) == mammal
    assert hits.shape == (5, 5)
    right = ((p > 0.5) == (y == 1)).float().mean().item()
    assert right == pytest.approx(0.8)
    assert abs(hits.float().mean().item() - right) > 0.2


def test_squeeze_without_a_dimension_loses_the_batch_of_one(model):
    assert model(X[:1]).squeeze().shape == ()
    assert model(X[:1]).squeeze(1).shape == (1,)
    loss_fn = nn.BCEWithLogitsLoss()
    with pytest.raises(ValueError, match="must be the same"):
        loss_fn(model(X[:1]).squeeze(), mammal[:1].float())
    loss_fn(model(X[:1]).squeeze(1), mammal[:1].float())


def test_two_linear_layers_are_one_and_relu_prevents_it():
    torch.manual_seed(0)
    two = nn.Sequential(nn.Linear(6, 4), nn.Linear(4, 1))
    zero = torch.zeros(1, 6)
    a, b = torch.randn(1, 6), torch.randn(1, 6)

    def gap(f):
        return (f(a) + f(b) - f(a + b) - f(zero)).abs().item()

    assert gap(two) < 1e-5
    assert gap(set_by_hand(make_model())) > 1e-2


def test_check_accepts_the_solution_and_refuses_near_misses():
    check(nn.Sequential(nn.Linear(8, 1), nn.Sigmoid()))
    for wrong, message in [
        (nn.Linear(8, 1), "not a probability"),
        (nn.Sequential(nn.Linear(8, 2), nn.Sigmoid()), "rows in"),
        (nn.Sequential(nn.Linear(8, 1), nn.Sigmoid(), nn.Flatten(0)), "rows in"),
        (nn.Sequential(nn.Linear(8, 4), nn.Linear(4, 1), nn.Sigmoid()), "one layer"),
    ]:
        with pytest.raises(AssertionError, match=message):
            check(wrong)


def test_follow_up_gives_the_same_loss_on_the_logit():
    torch.manual_seed(0)
    answer = nn.Sequential(nn.Linear(8, 1), nn.Sigmoid())
    x, one = torch.randn(1, 8), torch.ones(1, 1)
    assert answer(x).shape == (1, 1) and isinstance(answer(x).item(), float)
    torch.testing.assert_close(
        nn.BCELoss()(answer(x), one), nn.BCEWithLogitsLoss()(answer[:1](x), one)
    )
