import inspect
import math
import random
import runpy

import matplotlib.pyplot as plt
import pytest
import torch

from snippets.autograd import tiny_engine
from snippets.autograd.tiny_engine import (
    Value,
    as_value,
    backward_order,
    doubled,
    order_as_met,
    path_by_path,
    propagate,
    propagate_along,
    propagate_overwriting,
    relu,
    tanh,
)

OPERATIONS = {
    "a + b": lambda a, b, f: a + b,
    "a + 2": lambda a, b, f: a + 2,
    "2 + a": lambda a, b, f: 2 + a,
    "a - b": lambda a, b, f: a - b,
    "a - 2": lambda a, b, f: a - 2,
    "2 - a": lambda a, b, f: 2 - a,
    "-a": lambda a, b, f: -a,
    "a * b": lambda a, b, f: a * b,
    "3 * a": lambda a, b, f: 3 * a,
    "a * 3": lambda a, b, f: a * 3,
    "a**3": lambda a, b, f: a**3,
    "a**2": lambda a, b, f: a**2,
    "a**1": lambda a, b, f: a**1,
    "a**-1": lambda a, b, f: a**-1,
    "relu": lambda a, b, f: f.relu(a) + f.relu(b),
    "tanh": lambda a, b, f: f.tanh(a),
}


def compare(function, *numbers):
    """Value and gradients of function on the tiny engine and on PyTorch."""
    values = [Value(number) for number in numbers]
    result = function(*values, tiny_engine)
    result.backward()
    tensors = [torch.tensor(number, dtype=torch.float64, requires_grad=True) for number in numbers]
    expected = function(*tensors, torch)
    expected.backward()
    assert result.data == pytest.approx(expected.item(), rel=1e-12)
    for value, tensor in zip(values, tensors):
        grad = 0.0 if tensor.grad is None else tensor.grad.item()
        assert value.grad == pytest.approx(grad, rel=1e-9, abs=1e-12)


@pytest.mark.parametrize("name", OPERATIONS)
@pytest.mark.parametrize("numbers", [(2.0, -3.0), (-0.5, 1.5), (1e-3, 40.0)])
def test_each_operation_agrees_with_pytorch(name, numbers):
    compare(OPERATIONS[name], *numbers)


def test_relu_has_slope_zero_at_zero_as_in_pytorch():
    compare(lambda a, f: f.relu(a) * 3, 0.0)
    x = Value(0.0)
    relu(x).backward()
    assert x.grad == 0


def random_expression(rng, size):
    """A function of three leaves and the operations in which results are used again."""
    plan = [(rng.randrange(6), rng.random(), rng.random()) for _ in range(size)]

    def function(a, b, c, f):
        made = [a, b, c]
        for kind, i, j in plan:
            x, y = made[int(i * len(made))], made[int(j * len(made))]
            made.append(
                [
                    lambda x, y: x + y,
                    lambda x, y: x - y,
                    lambda x, y: f.tanh(x) * y,
                    lambda x, y: f.relu(x) - 0.5 * y,
                    lambda x, y: f.tanh(x) ** 2 + y,
                    lambda x, y: 1.5 - x,
                ][kind](x, y)
            )
        result = made[3]
        for value in made[4:]:
            result = result + value
        return result

    return function


@pytest.mark.parametrize("seed", range(60))
def test_random_expressions_agree_with_pytorch(seed):
    rng = random.Random(seed)
    numbers = [rng.uniform(-2, 2) for _ in range(3)]
    compare(random_expression(rng, rng.randint(1, 25)), *numbers)


def test_demo_repeats_the_numbers_found_by_hand(capsys):
    names = runpy.run_path(tiny_engine.__file__, run_name="__main__")
    plt.close("all")
    printed = capsys.readouterr().out
    assert "Value(6, grad=1) Value(2, grad=2) Value(1, grad=5)" in printed
    assert "15.0 10.0" in printed and "-8.0" in printed
    assert (names["a"].grad, names["b"].grad) == (2, 5)
    assert names["difference"] < 1e-14
    wrong, right = names["turns"]
    assert (wrong[names["u"]], right[names["u"]]) == (1, 6)


def test_engine_has_about_sixty_lines():
    parts = (Value, as_value, relu, tanh, backward_order, propagate)
    lines = [line for part in parts for line in inspect.getsource(part).splitlines()]
    assert 55 <= len([line for line in lines if line.strip()]) <= 70


def test_order_has_every_value_once_after_all_its_uses():
    rng = random.Random(3)
    leaves = [Value(rng.uniform(-1, 1)) for _ in range(3)]
    root = random_expression(rng, 30)(*leaves, tiny_engine)
    order = backward_order(root)
    assert order[0] is root and len(set(order)) == len(order)
    assert set(order) == set(order_as_met(root))
    turn = {value: i for i, value in enumerate(order)}
    assert all(turn[s] > turn[v] for v in order for s, _ in v.inputs)


def test_long_chains_need_no_recursion():
    x = total = Value(1.0)
    for _ in range(20_000):
        total = total + x
    total.backward()
    assert x.grad == 20_001


def test_second_backward_adds_up_in_the_leaves_as_in_pytorch():
    a, b = Value(2.0), Value(1.0)
    s, t = (torch.tensor(v, requires_grad=True) for v in (2.0, 1.0))
    e, f = (a + b) * (b + 1), (s + t) * (t + 1)
    for _ in range(2):
        e.backward()
        f.backward(retain_graph=True)
    assert [a.grad, b.grad] == [s.grad.item(), t.grad.item()] == [4, 10]
    assert e.grad == 1


def test_backward_on_a_leaf():
    x = Value(3.0)
    x.backward()
    assert x.grad == 1


def test_equals_keeps_only_one_path():
    a, b = Value(2.0), Value(1.0)
    propagate_overwriting((a + b) * (b + 1))
    assert a.grad == 2 and b.grad in (2, 3)  # one of the two paths, not their sum 5
    x, y = Value(3.0), Value(4.0)
    propagate_overwriting(tanh(x * 0.1) + y * 2)
    assert x.grad == pytest.approx(0.1 * (1 - math.tanh(0.3) ** 2)) and y.grad == 2


def test_order_as_met_visits_too_early():
    x = Value(3.0)
    u = x**2
    v = u * 5
    y = u + v
    assert [n for n in order_as_met(y) if n in (u, v)] == [u, v]
    assert propagate_along(order_as_met(y))[u] == 1 and x.grad == 6
    assert propagate_along(backward_order(y))[u] == 6 and x.grad == 36
    t = torch.tensor(3.0, requires_grad=True)
    (t**2 + 5 * t**2).backward()
    assert t.grad.item() == 36


@pytest.mark.parametrize("n", [1, 4, 9])
def test_path_by_path_is_right_and_exponential(n):
    x, result = doubled(n)
    assert path_by_path(result) == 2 ** (n + 1) - 1
    assert x.grad == 2**n == result.data
    assert len(backward_order(result)) == n + 1
    y, again = doubled(n)
    again.backward()
    assert y.grad == x.grad


def test_only_numbers_are_exponents():
    with pytest.raises(TypeError):
        Value(2.0) ** Value(3.0)
    with pytest.raises(TypeError):
        2 ** Value(3.0)
