import itertools
import math
import runpy

import matplotlib.pyplot as plt
import pytest
import torch

from snippets.autograd import by_hand
from snippets.autograd.by_hand import (
    count,
    draw_graph,
    draw_network,
    graph_node,
    local_derivatives,
    slope,
    walk,
)


@pytest.fixture(scope="module")
def page():
    """The names that the module leaves behind when it runs as a program."""
    names = runpy.run_path(by_hand.__file__, run_name="__main__")
    plt.close("all")
    return names


def leaf(value):
    return torch.tensor(value, requires_grad=True)


@pytest.mark.parametrize("sizes", [[4, 5, 5, 4, 1], [2, 3], [3, 1, 2]])
def test_count_agrees_with_a_walk_along_all_paths(sizes):
    layers = torch.nn.Sequential(
        *(torch.nn.Linear(m, n, bias=False) for m, n in zip(sizes, sizes[1:]))
    )
    weights, paths = count(sizes)
    assert weights == sum(p.numel() for p in layers.parameters())
    assert paths == len(list(itertools.product(*(range(n) for n in sizes[2:]))))


def test_network_of_the_page_has_too_many_paths_to_write_down(page):
    linear = [torch.nn.Linear(m, n, bias=False) for m, n in itertools.pairwise(page["sizes"])]
    assert page["weights"] == sum(layer.weight.numel() for layer in linear)
    assert page["paths"] > 10**7
    assert 2 * page["weights"] > 10**6


def test_network_drawing_shows_every_connection_and_lights_only_real_paths():
    sizes = [3, 2, 2, 1]
    fig, ax = plt.subplots()
    draw_network(ax, sizes)
    lines = [line for line in ax.lines if line.get_linestyle() == "-"]
    assert len(lines) == count(sizes)[0]
    assert sum(line.get_color() == "C1" for line in lines) == 2 + 2
    assert sum(line.get_color() == "C0" for line in lines) == 1
    plt.close(fig)


def test_hand_derivatives_of_the_page(page):
    assert (page["de_da"], page["de_db"]) == (2, 5)
    assert (page["a"].grad.item(), page["b"].grad.item()) == (2, 5)
    assert (page["dL_dr"], page["dL_dy_hat"], page["dL_dw"]) == (-4, -4, -8)
    assert page["w"].grad.item() == -8
    assert page["dL_dz"] * 3 == 15 and page["dL_dz"] * 2 == 10


@pytest.mark.parametrize("a0, b0", [(2.0, 1.0), (-1.5, 0.25), (0.0, -1.0)])
def test_paths_are_summed(a0, b0):
    a, b = leaf(a0), leaf(b0)
    ((a + b) * (b + 1)).backward()
    c, d = a0 + b0, b0 + 1
    assert a.grad.item() == pytest.approx(d)
    assert b.grad.item() == pytest.approx(d + c)
    measured = slope(lambda b: (a0 + b) * (b + 1), b0)
    assert b.grad.item() == pytest.approx(measured, abs=1e-6)


def test_one_path_alone_is_wrong(page):
    assert page["de_dc"] * page["dc_db"] == 2 != page["b"].grad.item()


def test_walk_finds_the_real_graph():
    a, b = leaf(2.0), leaf(1.0)
    c = a + b
    d = b + 1
    e = c * d
    made = {(node, source) for node, _, source in walk(e)}
    assert made == {
        (e.grad_fn, c.grad_fn),
        (e.grad_fn, d.grad_fn),
        (c.grad_fn, graph_node(a)),
        (c.grad_fn, graph_node(b)),
        (d.grad_fn, graph_node(b)),
        (d.grad_fn, (d.grad_fn, 1)),
    }
    assert graph_node(e) is e.grad_fn and graph_node(a).variable is a


def test_nodes_answer_upstream_times_local():
    x, w = leaf(2.0), leaf(3.0)
    z = x * w
    assert [g.item() for g in local_derivatives(z.grad_fn)] == [3, 2]
    assert [g.item() for g in z.grad_fn(torch.tensor(5.0))] == [15, 10]
    z.backward(torch.tensor(5.0))
    assert (x.grad.item(), w.grad.item()) == (15, 10)
    r = leaf(-2.0)
    assert [g.item() for g in local_derivatives((r**2).grad_fn)] == [-4]


def test_gradients_belong_to_nodes():
    x = leaf(2.0)
    y = 3 * x * x
    nodes = dict.fromkeys(node for node, _, _ in walk(y))
    assert len(nodes) == 2 and len({type(node) for node in nodes}) == 1
    locals_ = [[g.item() for g in local_derivatives(node) if g is not None] for node in nodes]
    assert locals_ == [[2, 6], [3]]
    y.backward()
    assert x.grad.item() == locals_[0][0] * locals_[1][0] + locals_[0][1]


def test_weight_moved_by_a_hundredth_changes_the_loss_as_announced(page):
    def loss(w):
        return (w * 2 - 4) ** 2

    assert loss(1.01) - loss(1) == pytest.approx(page["dL_dw"] * 0.01, rel=0.01)


def test_two_layers_by_hand(page):
    for name in ("W1", "b1", "W2", "b2"):
        torch.testing.assert_close(page["d" + name], page[name].grad)
        assert page[name].grad.shape == page[name].shape
    torch.testing.assert_close(page["one_layer"], page["Y"].detach())
    kinds = [type(node).__name__ for node in dict.fromkeys(n for n, _, _ in walk(page["Y"]))]
    assert sum("Mm" in kind for kind in kinds) == sum("Add" in kind for kind in kinds) == 2


def test_changing_a_weight_too_early_spoils_the_layer_before(page):
    right, wrong = page["W1"].grad, page["dW1_late"]
    assert not torch.allclose(right, wrong, rtol=0.2)
    assert wrong.shape == right.shape and wrong.isfinite().all()


def test_measured_slope_needs_double_precision():
    def measured(dtype, h):
        at = torch.tensor(1.0, dtype=dtype)
        return slope(lambda w: (w * 2 - 4) ** 2, at, h).item()

    assert measured(torch.float32, 1e-8) == 0
    assert 5e-4 < abs(measured(torch.float32, 1e-4) + 8) < 5e-3
    for h in (1e-1, 1e-4, 1e-8):
        assert measured(torch.float64, h) == pytest.approx(-8, abs=5e-5)
    assert torch.finfo(torch.float32).eps / 2 > 1e-8
    assert slope(math.sin, 0.3) == pytest.approx(math.cos(0.3), abs=1e-9)


@pytest.mark.parametrize("backward", [False, True])
def test_graph_is_drawn_from_inputs_to_result(backward):
    a, b = leaf(2.0), leaf(1.0)
    e = (a + b) * (b + 1)
    fig, ax = plt.subplots()
    names = {graph_node(a): "a", graph_node(b): "b", e.grad_fn: "e"}
    draw_graph(ax, walk(e), names, {(e.grad_fn, 0): "edge"}, {}, backward=backward)
    texts = {text.get_text(): text.get_position() for text in ax.texts}
    assert texts["a"][0] == texts["b"][0] < texts["edge"][0] < texts["MUL\ne"][0]
    assert len(ax.patches) == (5 if backward else 6)  # without the constant
    plt.close(fig)
