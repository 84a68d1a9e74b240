import numpy as np
import pytest
import torch
from torch import nn

from snippets.linear_regression.nn_linear_math import count_layers, four_forms, linear


def make_layer(d=4, m=2):
    torch.manual_seed(1)
    return nn.Linear(d, m)


def test_weight_has_outputs_first():
    layer = make_layer()
    assert layer.weight.shape == (2, 4) and layer.bias.shape == (2,)
    assert layer(torch.ones(1, 4)).shape == (1, 2)


def test_ones_give_row_sums_plus_bias_and_rounded_terms_only_nearly_so():
    layer = make_layer()
    y = layer(torch.ones(4)).tolist()
    exact = (layer.weight.sum(dim=1) + layer.bias).tolist()
    assert y == pytest.approx(exact, abs=1e-6)
    rounded = [
        sum(round(v.item(), 4) for v in (*row, b)) for row, b in zip(layer.weight, layer.bias)
    ]
    assert rounded == pytest.approx(y, abs=1e-3)
    assert f"{rounded[0]:.4f}" == f"{y[0]:.4f}"
    assert f"{rounded[1]:.4f}" != f"{y[1]:.4f}", "the page says so of the second"


@pytest.mark.parametrize("shape", [(4,), (1, 4), (5, 4), (2, 3, 4), (2, 5, 3, 4)])
def test_formula_agrees_with_the_layer_and_numpy_for_any_leading_dims(shape):
    layer, x = make_layer(), torch.randn(shape)
    y = linear(x, layer.weight, layer.bias)
    assert y.shape == (*shape[:-1], 2)
    torch.testing.assert_close(y, layer(x))
    weight, bias = layer.weight.detach().numpy(), layer.bias.detach().numpy()
    oracle = np.einsum("...d,md->...m", x.numpy(), weight) + bias
    np.testing.assert_allclose(y.detach().numpy(), oracle, rtol=1e-5, atol=1e-6)


def test_every_vector_goes_through_on_its_own():
    layer, x = make_layer(), torch.randn(2, 3, 4)
    for i in range(2):
        for j in range(3):
            torch.testing.assert_close(layer(x)[i, j], layer(x[i, j]))
    flat = layer(x.reshape(-1, 4))
    torch.testing.assert_close(flat.reshape(2, 3, 2), layer(x))


def test_four_forms_hold_the_same_numbers_in_different_shapes():
    layer, x = make_layer(), torch.randn(4)
    forms = four_forms(x, layer.weight, layer.bias)
    assert [tuple(y.shape) for y in forms.values()] == [(1, 2), (2, 1), (2,), (2,)]
    for y in forms.values():
        torch.testing.assert_close(y.flatten(), layer(x))


def test_affine_map_is_not_additive_and_without_bias_it_is():
    def f(x):
        return 2 * x + 3

    assert f(1) + f(2) == 12 and f(3) == 9
    u, v = torch.randn(4), torch.randn(4)
    layer = make_layer()
    torch.testing.assert_close(layer(u) + layer(v) - layer(u + v), layer.bias)
    pure = nn.Linear(4, 2, bias=False)
    assert pure.bias is None
    torch.testing.assert_close(pure(u) + pure(v), pure(u + v))


def test_layers_are_counted_by_weights():
    assert count_layers(nn.Sequential(nn.Linear(4, 2))) == 1
    deeper = nn.Sequential(nn.Linear(4, 8), nn.Sigmoid(), nn.Linear(8, 1))
    assert count_layers(deeper) == 2
    numbers = sum(param.numel() for param in make_layer(4, 2).parameters())
    assert numbers == 4 * 2 + 2


def test_wrong_number_of_features():
    with pytest.raises(RuntimeError, match=r"\(2x3 and 4x2\)"):
        make_layer()(torch.ones(2, 3))


@pytest.mark.parametrize("dtype, name", [(torch.float64, "Double"), (torch.int64, "Long")])
def test_wrong_dtype(dtype, name):
    layer, x = make_layer(), torch.ones(2, 4, dtype=dtype)
    with pytest.raises(RuntimeError, match=f"got {name} and Float"):
        layer(x)
    assert layer(x.float()).shape == (2, 2)


def test_square_weight_hides_a_missing_transpose():
    layer, x = make_layer(3, 3), torch.tensor([1.0, 2.0, 3.0])
    wrong = x @ layer.weight + layer.bias
    assert wrong.shape == layer(x).shape
    assert not torch.allclose(wrong, layer(x), atol=0.1)
    with pytest.raises(RuntimeError):
        torch.ones(5, 4) @ make_layer(4, 2).weight


def test_lower_case_name_does_not_exist():
    with pytest.raises(AttributeError, match="has no attribute 'linear'"):
        nn.linear(4, 2)
    layer, x = make_layer(), torch.randn(5, 4)
    by_function = nn.functional.linear(x, layer.weight, layer.bias)
    torch.testing.assert_close(by_function, layer(x))
