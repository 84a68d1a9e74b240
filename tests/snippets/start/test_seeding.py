import random
import runpy

import matplotlib.pyplot as plt
import numpy as np
import pytest
import torch

from snippets.start import seeding
from snippets.start.seeding import coin_score, orders, sum_in_parts


@pytest.fixture(scope="module")
def page():
    """Names of the page after its code ran once."""
    names = runpy.run_path(seeding.__file__, run_name="__main__")
    plt.close("all")
    return names


def test_no_seed_and_one_seed_both_give_two_different_draws(page):
    assert not torch.equal(page["a"], page["b"])
    assert not torch.equal(page["c"], page["d"])


def test_one_seed_fixes_the_whole_stream(page):
    torch.manual_seed(42)
    torch.testing.assert_close(torch.rand(8), torch.cat([page["c"], page["d"]]))


def test_seeding_again_starts_afresh(page):
    assert torch.equal(page["e"], page["f"]) and torch.equal(page["c"], page["e"])


def test_a_generator_is_not_disturbed(page):
    assert torch.equal(page["first"], page["c"]) and torch.equal(page["second"], page["d"])


def test_one_more_draw_moves_everything_up(page):
    assert torch.equal(page["moved"][:3], page["c"][1:])
    assert not torch.equal(page["moved"], page["c"])


def test_torch_does_not_seed_numpy_or_random():
    torch.manual_seed(42)
    first = np.random.rand(), random.random()
    torch.manual_seed(42)
    second = np.random.rand(), random.random()
    assert first[0] != second[0] and first[1] != second[1]
    same = [np.random.default_rng(42).random(2) for _ in range(2)]
    assert (same[0] == same[1]).all()


def test_addition_in_floating_point_is_not_associative():
    assert (0.1 + 0.2) + 0.3 != 0.1 + (0.2 + 0.3)


def test_parts_change_last_digits_only():
    numbers = torch.rand(1_000_000, generator=torch.Generator().manual_seed(0))
    exact = numbers.double().sum().item()
    sums = [sum_in_parts(numbers, parts).item() for parts in range(1, 17)]
    assert len(set(sums)) > 1
    assert all(total == pytest.approx(exact, rel=1e-6) for total in sums)
    assert sum_in_parts(torch.arange(10.0), 3).item() == 45


def test_threads_are_as_they_were_and_change_last_digits_at_most(page):
    before = torch.get_num_threads()
    totals = []
    for threads in (1, 2, 4):
        torch.set_num_threads(threads)
        totals.append(page["numbers"].sum().item())
    torch.set_num_threads(before)
    assert page["before"] == before
    assert max(totals) - min(totals) < 1e-6 * page["exact"]


def test_a_seed_in_the_loop_ends_the_shuffling():
    first, second, third = orders(3, reseed=True)
    assert first == second == third
    assert len({tuple(row) for row in orders(3, reseed=False)}) == 3
    assert orders(3, reseed=False) == orders(3, reseed=False)
    assert sorted(first) == list(range(6))


def test_the_best_of_many_seeds_looks_like_skill(page):
    assert np.mean(page["scores"]) == pytest.approx(0.5, abs=0.02)
    assert page["scores"][page["best"]] == max(page["scores"]) >= 0.62
    assert coin_score(page["best"]) == page["scores"][page["best"]]


def test_the_lucky_seed_is_no_better_on_new_tosses(page):
    generator = torch.Generator().manual_seed(page["best"])
    tosses, guesses = torch.randint(0, 2, (2, 100_000), generator=generator)
    assert (tosses == guesses).float().mean().item() == pytest.approx(0.5, abs=0.01)


def test_an_unknown_name_stops_the_program():
    with pytest.raises(NameError, match="'RANDOM' is not defined"):
        exec("RANDOM_SEED = 42\ntorch.manual_seed(RANDOM)", {"torch": torch})
