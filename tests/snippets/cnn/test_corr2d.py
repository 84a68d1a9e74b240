import numpy as np
import pytest
import torch
import torch.nn.functional as F
from scipy.signal import convolve2d, correlate2d
from torch import nn

from snippets.cnn.corr2d import corr2d
from snippets.common.images import load_images

grid = torch.arange(25.0).reshape(5, 5)
kernel = torch.arange(1.0, 10).reshape(3, 3)
edge = torch.tensor([[1.0, 0.0, -1.0]] * 3)
window = grid[:3, :3]


@pytest.fixture(scope="module")
def images():
    X_train, y_train, _, _ = load_images()
    return X_train[y_train == 7]


@pytest.mark.parametrize("shape, size", [((5, 5), (3, 3)), ((7, 9), (2, 4)), ((4, 6), (4, 6))])
def test_corr2d_agrees_with_pytorch_and_scipy_and_has_the_promised_size(shape, size):
    torch.manual_seed(0)
    x, k = torch.randn(shape), torch.randn(size)
    y = corr2d(x, k)
    assert y.shape == (shape[0] - size[0] + 1, shape[1] - size[1] + 1)
    torch.testing.assert_close(y, F.conv2d(x[None, None], k[None, None])[0, 0])
    np.testing.assert_allclose(y, correlate2d(x, k, mode="valid"), atol=1e-5)


def test_first_output_of_the_example_and_its_flipped_counterpart():
    assert corr2d(grid, kernel)[0, 0] == 366 == (window * kernel).sum()
    assert (window * kernel.flip(0, 1)).sum() == 174
    assert convolve2d(window, kernel, mode="valid").item() == 174
    assert F.conv2d(window[None], kernel[None, None]).item() == 366


def test_neither_the_matrix_product_nor_its_sum_is_the_cross_correlation():
    product = window @ kernel
    assert product.shape == (3, 3)
    assert product.sum() != 366 and 366 not in product


def test_an_output_depends_on_its_patch_only_with_the_kernel_as_gradient():
    x = grid.clone().requires_grad_()
    corr2d(x, kernel)[1, 2].backward()
    expected = torch.zeros(5, 5)
    expected[1:4, 2:5] = kernel
    assert torch.equal(x.grad, expected)


def test_a_linear_layer_does_not_notice_shuffled_pixels_but_a_convolution_does(images):
    torch.manual_seed(0)
    layer, pixels, order = nn.Linear(784, 10), images[0].flatten(), torch.randperm(784)
    shuffled = F.linear(pixels[order], layer.weight[:, order], layer.bias)
    torch.testing.assert_close(layer(pixels), shuffled, atol=1e-5, rtol=1e-5)
    smooth = corr2d(images[0, 0], edge)
    rough = corr2d(pixels[order].reshape(28, 28), edge)
    assert rough.abs().mean() > 1.5 * smooth.abs().mean()


def test_linearity(images):
    a, b = images[0, 0], images[1, 0]
    apart = 2 * corr2d(a, edge) + 3 * corr2d(b, edge)
    torch.testing.assert_close(corr2d(2 * a + 3 * b, edge), apart, atol=1e-5, rtol=0)


def test_two_layers_are_one_unless_an_activation_stands_between(images):
    probe = torch.zeros(5, 5, requires_grad=True)
    corr2d(corr2d(probe, kernel), edge).backward()
    two = corr2d(corr2d(images[0, 0], kernel), edge)
    assert torch.allclose(two, corr2d(images[0, 0], probe.grad), atol=1e-4)
    bent = corr2d(corr2d(images[0, 0], edge).relu(), edge)
    probe.grad = None
    corr2d(corr2d(probe, edge), edge).backward()
    assert not torch.allclose(bent, corr2d(images[0, 0], probe.grad), atol=1e-2)


def test_edge_kernel_is_silent_on_flat_areas_and_signs_the_two_borders():
    x = torch.full((3, 8), 0.3)
    assert corr2d(x, edge).abs().max() < 1e-6
    x[:, 2:5] += 0.5
    y = corr2d(x, edge)[0]
    assert y[:2].max() < 0 < y[3:5].min()  # left border first, then the right one


def test_shape_with_a_size_that_is_not_square():
    conv = nn.Conv2d(3, 4, kernel_size=(3, 5))
    assert conv.weight.shape == (4, 3, 3, 5)
    assert conv(torch.rand(2, 3, 10, 20)).shape == (2, 4, 8, 16)
    assert conv(torch.rand(2, 3, 20, 10)).shape == (2, 4, 18, 6)


def test_channels_last_raises_reshape_scrambles_and_permute_cures():
    photos = torch.rand(2, 10, 20, 3)
    with pytest.raises(RuntimeError, match=r"to have 3 channels, but got 10 channels"):
        nn.Conv2d(3, 4, (3, 5))(photos)
    assert not torch.equal(photos.reshape(2, 3, 10, 20)[:, 0], photos[..., 0])
    assert torch.equal(photos.permute(0, 3, 1, 2)[:, 0], photos[..., 0])


def test_an_image_without_batch_and_channel_raises(images):
    with pytest.raises(RuntimeError, match=r"Expected 3D \(unbatched\) or 4D"):
        F.conv2d(images[0, 0], edge)
