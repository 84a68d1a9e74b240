import pytest
import torch

from snippets.autograd.detach_nograd import chain, fold, numbers_kept, outcome
from snippets.autograd.leaf_and_fn import gradients, kind, walk


def test_one_operand_that_requires_a_gradient_is_enough():
    x, w = torch.tensor(2.0), torch.tensor(3.0, requires_grad=True)
    assert not (x * 5).requires_grad and (w * x + 1).requires_grad
    assert not (w > 1).requires_grad


@pytest.mark.parametrize(
    "start, value, slope", [(0.8, 0.8, 1), (6.0, 0.75, 0.125), (-6.0, 2.25, -0.375)]
)
def test_gradient_follows_the_branch_that_ran(start, value, slope):
    a = torch.tensor(start, requires_grad=True)
    result = fold(a)
    result.backward()
    assert result.item() == pytest.approx(value) and a.grad.item() == slope
    assert result.item() == pytest.approx(slope * start)


def test_the_graph_holds_one_node_per_executed_halving():
    def halvings(start):
        result = fold(torch.tensor(start, requires_grad=True))
        return sum(kind(node).startswith("Div") for node, _ in walk(result.grad_fn))

    assert [halvings(start) for start in (1.5, 6.0, -6.0)] == [1, 3, 3]


def test_gradient_of_fold_agrees_with_a_finite_difference_away_from_jumps():
    for start in (-7.3, -3.1, -0.4, 0.3, 1.7, 5.2):
        a = torch.tensor(start, dtype=torch.float64, requires_grad=True)
        assert torch.autograd.gradcheck(fold, a)


def test_fold_jumps_where_autograd_reports_a_slope():
    left, right = fold(torch.tensor(1.0)), fold(torch.tensor(1.0001))
    assert abs(left - right) > 0.4
    a = torch.tensor(1.0, requires_grad=True)
    fold(a * 1).backward()
    assert a.grad == 1


def test_slopes_range_from_minus_three_to_one_and_shrink_outwards():
    def slope(start):
        a = torch.tensor(start, requires_grad=True)
        fold(a).backward()
        return a.grad.item()

    assert [slope(s) for s in (0.5, 1.5, 3.0, 7.0)] == [1, 0.5, 0.25, 0.125]
    assert [slope(-s) for s in (0.5, 1.5, 3.0, 7.0)] == [-3, -1.5, -0.75, -0.375]


def test_detach_shares_memory_and_can_require_a_gradient_again():
    w = torch.tensor([1.0, 2.0], requires_grad=True)
    d = w.detach()
    d[0] = 5
    assert w.tolist() == [5, 2] and not d.requires_grad
    d.requires_grad_()
    (3 * d).sum().backward()
    assert d.is_leaf and d.grad.tolist() == [3, 3] and w.grad is None


def test_a_detached_factor_is_a_constant():
    x = torch.tensor(2.0, requires_grad=True)
    u = x**2
    tracked, cut = u * x, u.detach() * x
    assert tracked == cut
    assert len([e for e in gradients(tracked.grad_fn) if hasattr(e[1], "variable")]) == 2
    assert [e[1] is None for e in gradients(cut.grad_fn)] == [True, False]
    tracked.backward()
    assert x.grad == 12  # 3 x**2
    x.grad = None
    cut.backward()
    assert x.grad == 4  # u


def test_results_under_no_grad_have_no_past_and_operands_keep_their_flag():
    w = torch.tensor(3.0, requires_grad=True)
    with torch.no_grad():
        y = w * 3
    assert not y.requires_grad and y.is_leaf and y.grad_fn is None and w.requires_grad


def test_recording_keeps_one_activation_per_step_and_no_grad_none():
    torch.manual_seed(0)
    h = torch.randn(32, 64)
    for depth in (1, 4, 8):
        weights = [(torch.randn(64, 64) / 8).requires_grad_() for _ in range(depth)]
        assert numbers_kept(h, weights) == depth * h.numel()
        with torch.no_grad():
            assert numbers_kept(h, weights) == 0


def test_chain_applies_one_matrix_after_the_other():
    torch.manual_seed(0)
    h, A, B = torch.randn(3, 2), torch.randn(2, 2), torch.randn(2, 2)
    torch.testing.assert_close(chain(h, [A, B]), torch.tanh(torch.tanh(h @ A) @ B))


def test_inference_tensors_stay_outside_the_graph_and_their_clones_do_not():
    w = torch.tensor(3.0, requires_grad=True)
    with torch.inference_mode():
        y = w * 3
    assert not y.requires_grad and y.is_inference() and not y.clone().is_inference()
    with pytest.raises(RuntimeError, match="Inference tensors cannot be saved for backward"):
        w * y
    with pytest.raises(RuntimeError, match="not allowed"):
        y.requires_grad_()
    (w * y.clone()).backward()
    assert w.grad == 9


def test_results_of_no_grad_may_meet_autograd_later():
    w = torch.tensor(3.0, requires_grad=True)
    with torch.no_grad():
        y = w * 3
    (w * y).backward()
    assert w.grad == 9


def test_data_makes_the_gradient_wrong_in_silence():
    w = torch.tensor([2.0], requires_grad=True)
    loss = (w**2).sum()
    w.data.mul_(10)
    loss.backward()
    assert w.grad == 40 and w._version == 0


def test_the_same_change_under_no_grad_is_noticed():
    w = torch.tensor([2.0], requires_grad=True)
    loss = (w**2).sum()
    with torch.no_grad():
        w.mul_(10)
    assert w._version == 1
    with pytest.raises(RuntimeError, match="modified by an inplace operation"):
        loss.backward()


@pytest.mark.parametrize(
    "take, expected",
    [
        (lambda w: w, (True, True, "RuntimeError")),
        (lambda w: w.detach(), (False, True, "RuntimeError")),
        (lambda w: w.data, (False, True, "40")),
        (lambda w: w.clone(), (True, False, "4")),
        (lambda w: w.detach().clone(), (False, False, "4")),
    ],
)
def test_only_data_is_wrong_and_silent(take, expected):
    assert outcome(take) == expected


def test_a_snapshot_needs_a_clone():
    w = torch.tensor([1.0], requires_grad=True)
    shared, kept = w.detach(), w.detach().clone()
    with torch.no_grad():
        w += 1
    assert shared == 2 and kept == 1


def test_a_loss_computed_under_no_grad_has_no_graph():
    w = torch.tensor([1.0], requires_grad=True)
    with torch.no_grad():
        loss = (w**2).sum()
    with pytest.raises(RuntimeError, match="does not require grad"):
        loss.backward()
