import pytest
import torch

from snippets.linear_algebra.vectorize import (
    no_loop,
    one_loop,
    seconds,
    squared_distances,
    squared_distances_product,
    three_loops,
    two_loops,
)

VERSIONS = [three_loops, two_loops, one_loop, no_loop]


@pytest.fixture
def one_thread():
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(threads)


def numbers(*shape):
    return torch.randn(*shape, generator=torch.Generator().manual_seed(0))


@pytest.mark.parametrize("version", VERSIONS)
def test_all_versions_compute_the_product(version):
    A, B = numbers(4, 5), numbers(5, 3)
    torch.testing.assert_close(version(A, B)[0], A @ B)


def test_each_loop_removed_divides_the_passes():
    A, B = numbers(4, 5), numbers(5, 3)
    assert [version(A, B)[1] for version in VERSIONS] == [4 * 5 * 3, 4 * 3, 4, 1]


@pytest.mark.parametrize("version", VERSIONS[:2])
def test_the_product_is_at_least_ten_times_faster(version, one_thread):
    A, B = numbers(16, 16), numbers(16, 16)
    assert seconds(lambda: version(A, B)) > 10 * seconds(lambda: A @ B, 1000)


def test_a_thousand_additions_cost_far_less_than_a_thousand_calls(one_thread):
    one, thousand = numbers(1), numbers(1000)
    small = seconds(lambda: one + one, 1000)
    assert seconds(lambda: thousand + thousand, 1000) < 100 * small


def test_a_dot_product_replaces_squares_and_mean():
    x, y = numbers(2, 1_000_000)
    d = x - y
    torch.testing.assert_close(torch.dot(d, d) / len(d), (d**2).mean(), rtol=1e-4, atol=0)


@pytest.mark.parametrize("distances", [squared_distances, squared_distances_product])
def test_distances_agree_with_cdist(distances):
    X, Y = numbers(7, 5), numbers(9, 5) + 1
    torch.testing.assert_close(distances(X, Y), torch.cdist(X, Y) ** 2, rtol=1e-4, atol=1e-4)


def test_broadcasting_builds_all_differences():
    X, Y = numbers(20, 5), numbers(30, 5)
    assert (X.unsqueeze(1) - Y).numel() == 5 * squared_distances(X, Y).numel()


def test_the_product_formula_loses_small_distances_far_from_the_origin():
    near = torch.tensor([[1000.0, 1000.0], [1000.1, 1000.0]])
    assert squared_distances(near, near)[0, 1].item() == pytest.approx(0.01, rel=0.01)
    assert squared_distances_product(near, near)[0, 1] == 0
    centered = near - near.mean(dim=0)
    cured = squared_distances_product(centered, centered)[0, 1]
    assert cured.item() == pytest.approx(0.01, rel=0.01)
    squared = (near[0] ** 2).sum()
    assert torch.nextafter(squared, squared + 1) - squared >= 0.125


def test_a_growing_tensor_writes_half_a_million_numbers_for_a_thousand():
    grown, copied = torch.empty(0), 0
    for i in range(1000):
        grown = torch.cat([grown, torch.tensor([float(i)])])
        copied += len(grown)
    assert copied == 1000 * 1001 / 2 and torch.equal(grown, torch.arange(1000.0))


def test_einsum_writes_all_products():
    A, B, batch = numbers(4, 4), numbers(4, 4).T, numbers(5, 4, 4)
    torch.testing.assert_close(torch.einsum("ij,jk->ik", A, B), A @ B)
    torch.testing.assert_close(torch.einsum("bij,jk->bik", batch, B), batch @ B)
    torch.testing.assert_close(torch.einsum("ij,ij->i", A, B), (A * B).sum(dim=1))
    torch.testing.assert_close(torch.einsum("i,j->ij", A[0], B[0]), torch.outer(A[0], B[0]))
