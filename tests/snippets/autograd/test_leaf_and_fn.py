import matplotlib.pyplot as plt
import pytest
import torch
from torch import nn

from snippets.autograd.leaf_and_fn import describe, draw_graph, gradients, kind, walk


def make_loss():
    x, target = torch.tensor(2.0), torch.tensor(10.0)
    w = torch.tensor(3.0, requires_grad=True)
    b = torch.tensor(1.0, requires_grad=True)
    p = w * x
    return w, b, p, (p + b - target) ** 2


def test_leaves_are_what_no_recorded_operation_produced():
    x = torch.tensor(2.0)
    w = torch.tensor(3.0, requires_grad=True)
    table = describe({"x": x, "x * 5": x * 5, "w": w, "w * x": w * x})
    assert table["is_leaf"].tolist() == [True, True, True, False]
    assert table["requires_grad"].tolist() == [False, False, True, True]
    assert table["grad_fn"].tolist()[:3] == ["None"] * 3
    assert kind((w * x).grad_fn).startswith("Mul")


def test_walk_reaches_every_parameter_and_nothing_else():
    w, b, _, loss = make_loss()
    leaves = [node.variable for node, _ in walk(loss.grad_fn) if not node.next_functions]
    assert len(leaves) == 2 and leaves[0] is w and leaves[1] is b


def test_operands_without_gradient_are_none_in_next_functions():
    *_, loss = make_loss()
    entries = [following for node, _ in walk(loss.grad_fn) for following, _ in node.next_functions]
    assert entries.count(None) == 2  # target and x


def test_gradients_on_the_edges_agree_with_backward_and_store_nothing():
    w, b, _, loss = make_loss()
    edges = gradients(loss.grad_fn)
    assert w.grad is None and b.grad is None
    into = {following.variable: g for _, following, _, g in edges if hasattr(following, "variable")}
    loss.backward()
    assert into[w] == w.grad == -12 and into[b] == b.grad == -6


def test_edges_quoted_in_the_text_alternative():
    *_, loss = make_loss()
    edges = gradients(loss.grad_fn)
    assert edges[0][3] == -6 and edges[-2][3] == -12
    assert [g.item() for *_, g in edges if g is not None][:-1] == [-6] * 4


def test_gradients_of_a_shared_leaf_arrive_by_several_edges():
    x = torch.tensor(2.0, requires_grad=True)
    edges = gradients(((x**2) * x).grad_fn)
    arriving = [g.item() for _, following, _, g in edges if hasattr(following, "variable")]
    assert sorted(arriving) == [4, 8]


def test_drawing_shows_every_node_and_leaf():
    w, b, _, loss = make_loss()
    fig, ax = plt.subplots()
    draw_graph(ax, loss.grad_fn, {w: "w", b: "b"})
    words = [text.get_text() for text in ax.texts]
    plt.close(fig)
    assert words.count("AccumulateGrad") == 2 and words.count("no gradient") == 2
    assert {"w", "b", "-6", "-12"} <= set(words)


def test_digits_of_names_number_variants_and_not_objects():
    v = torch.ones(2, 3, requires_grad=True)
    first, second = v.view(3, 2), v.view(6)
    assert kind(first.grad_fn) == kind(second.grad_fn)
    assert first.grad_fn is not second.grad_fn
    assert kind(v.sum().grad_fn) != kind(v.sum(0).grad_fn)


def test_a_layer_ends_in_different_nodes_for_different_shapes():
    layer = nn.Linear(3, 4)
    names = {kind(layer(torch.ones(shape)).grad_fn) for shape in [(2, 3), (5, 2, 3)]}
    assert len(names) == 2


def test_parameters_is_a_generator_of_two_leaves():
    layer = nn.Linear(3, 4)
    generator = layer.parameters()
    assert [p.is_leaf for p in generator] == [True, True] and list(generator) == []


def test_two_products_are_two_nodes_whose_gradients_add_up():
    a = torch.tensor(2.0, requires_grad=True)
    z = 3 * a * a
    last = z.grad_fn
    first = last.next_functions[0][0]
    assert kind(first) == kind(last) and first is not last
    to_product, to_a = last(torch.tensor(1.0))
    to_a_again, nothing = first(to_product)
    z.backward()
    assert nothing is None
    assert to_a == to_a_again == 6 and a.grad == 12


def test_a_tied_layer_gets_the_sum_of_the_gradients_of_two_copies():
    torch.manual_seed(0)
    tied = nn.Linear(3, 3, bias=False)
    copies = [nn.Linear(3, 3, bias=False) for _ in range(2)]
    for copy in copies:
        copy.load_state_dict(tied.state_dict())
    x = torch.randn(5, 3)
    tied(tied(x)).sum().backward()
    copies[1](copies[0](x)).sum().backward()
    both = copies[0].weight.grad + copies[1].weight.grad
    torch.testing.assert_close(tied.weight.grad, both)


def test_gradient_of_twice_the_dot_product():
    x = torch.arange(4.0, requires_grad=True)
    (2 * torch.dot(x, x)).backward()
    assert x.grad.tolist() == [0, 4, 8, 12]


def test_reading_the_gradient_of_a_result_warns_and_gives_none():
    _, _, p, loss = make_loss()
    loss.backward()
    with pytest.warns(UserWarning, match="not a leaf Tensor is being accessed"):
        assert p.grad is None


def test_retain_grad_keeps_the_gradient_if_asked_before_backward():
    _, _, p, loss = make_loss()
    p.retain_grad()
    loss.backward()
    assert p.grad == -6 and not p.is_leaf
    _, _, p, loss = make_loss()
    loss.backward()
    p.retain_grad()
    assert p.grad is None


def test_second_backward_fails_unless_the_graph_was_retained():
    x = torch.arange(4.0, requires_grad=True)
    y = 2 * torch.dot(x, x)
    y.backward(retain_graph=True)
    y.backward()
    assert x.grad.tolist() == [0, 8, 16, 24]
    with pytest.raises(RuntimeError, match="backward through the graph a second time"):
        y.backward()


def test_graphs_without_saved_values_survive_a_second_backward():
    w = torch.tensor(3.0, requires_grad=True)
    b = torch.tensor(1.0, requires_grad=True)
    y = w + b
    y.backward()
    y.backward()
    assert w.grad == b.grad == 2


def fit(inside, retain=False):
    """Gradients of (3 exp(w) - 6)**2 in two steps, between which w becomes 0."""
    w = torch.tensor(1.0, requires_grad=True)
    scale, steps = torch.exp(w), []
    for _ in range(2):
        if inside:
            scale = torch.exp(w)
        w.grad = None
        ((3 * scale - 6) ** 2).backward(retain_graph=retain)
        steps.append(w.grad.item())
        if not retain:
            with torch.no_grad():
                w.zero_()
    return steps


def test_a_part_of_the_graph_outside_the_loop_is_spent_after_one_step():
    with pytest.raises(RuntimeError, match="second time"):
        fit(inside=False)
    first, second = fit(inside=True)
    assert first != second
    assert second == pytest.approx(2 * (3 - 6) * 3)  # by hand at w = 0
    stale, again = fit(inside=False, retain=True)
    assert stale == again  # no error, and no progress


def test_in_place_on_a_leaf_or_a_part_of_it_is_refused():
    w = torch.tensor([1.0, 2.0], requires_grad=True)
    with pytest.raises(RuntimeError, match="leaf Variable that requires grad .* in-place"):
        w += 1
    with pytest.raises(RuntimeError, match="view of a leaf Variable"):
        w[0] = 5.0
    with torch.no_grad():
        w[0] = 5.0
    assert w.tolist() == [5, 2] and w.is_leaf


def test_scaled_random_weights_are_no_leaves():
    start = torch.randn(3, requires_grad=True) * 0.01
    with pytest.raises(ValueError, match="can't optimize a non-leaf Tensor"):
        torch.optim.SGD([start], lr=0.1)
    start.sum().backward()
    with (
        pytest.warns(UserWarning, match="not a leaf"),
        pytest.raises(TypeError, match="'float' and 'NoneType'"),
    ):
        0.1 * start.grad


@pytest.mark.parametrize(
    "make",
    [
        lambda: (torch.randn(3) * 0.01).requires_grad_(),
        lambda: torch.normal(0, 0.01, (3,), requires_grad=True),
    ],
)
def test_weights_scaled_first_can_be_trained(make):
    start = make()
    optimizer = torch.optim.SGD([start], lr=0.1)
    before = start.detach().clone()
    start.sum().backward()
    optimizer.step()
    torch.testing.assert_close(start.detach(), before - 0.1)


def test_a_result_cannot_be_switched_off():
    scaled = torch.randn(3, requires_grad=True) * 0.01
    with pytest.raises(RuntimeError, match="only change requires_grad flags of leaf"):
        scaled.requires_grad = False
