import copy
from contextlib import nullcontext

import pytest
import torch
from torch import nn

from snippets.workflow.modes import careless, evaluate, make_clouds, make_net, probe, train


@pytest.mark.parametrize("training", [True, False])
@pytest.mark.parametrize("recording", [True, False])
def test_each_switch_moves_its_own_columns(training, recording):
    assert probe(training, recording) == {
        "training": training,
        "requires_grad": recording,
        "dropout": "on" if training else "off",
        "statistics": "updated" if training else "kept",
    }


def test_no_grad_gives_the_same_table(monkeypatch):
    expected = [probe(training, False) for training in (True, False)]
    monkeypatch.setattr(torch, "inference_mode", torch.no_grad)
    assert [probe(training, False) for training in (True, False)] == expected


def test_dropout_zeroes_and_doubles_keeps_the_mean_and_is_off_in_eval():
    torch.manual_seed(0)
    drop, x = nn.Dropout(0.5), torch.ones(10_000)
    assert set(drop(x).tolist()) == {0.0, 2.0}
    assert drop(x).mean().item() == pytest.approx(1, abs=0.05)
    assert torch.equal(drop.eval()(x), x)


def test_batch_norm_standardizes_with_the_batch_or_with_the_stored_pair():
    bn, batch = nn.BatchNorm1d(1), torch.tensor([[10.0], [20.0], [30.0]])
    out = bn(batch)
    torch.testing.assert_close(out, (batch - 20) / (batch.var(correction=0) + 1e-5).sqrt())
    assert bn.running_mean.item() == 2.0
    assert bn.running_var.item() == pytest.approx(10.9)
    out = bn.eval()(batch)
    torch.testing.assert_close(out, (batch - 2) / (bn.running_var + 1e-5).sqrt())
    assert bn.running_mean.item() == 2.0


def test_running_mean_is_an_exponential_average_and_momentum_none_a_plain_one():
    torch.manual_seed(0)
    data = 5 + 2 * torch.randn(200, 1)
    moving, average = nn.BatchNorm1d(1), nn.BatchNorm1d(1, momentum=None)
    expected = torch.zeros(1)
    for batch in data.split(10):
        moving(batch), average(batch)
        expected = 0.9 * expected + 0.1 * batch.mean()
    torch.testing.assert_close(moving.running_mean, expected)
    torch.testing.assert_close(average.running_mean, data.mean(dim=0))
    assert moving.running_mean < data.mean() - 0.4
    weights = [0.1 * 0.9**k for k in range(20)]
    means = [batch.mean().item() for batch in reversed(data.split(10))]
    assert sum(w * m for w, m in zip(weights, means)) == pytest.approx(expected.item(), abs=1e-5)


def test_eval_records_and_train_unfreezes_nothing():
    net = make_net().eval()
    out = net(torch.randn(8, 4))
    assert out.requires_grad
    out.sum().backward()
    assert net[2].weight.grad is not None
    net[2].requires_grad_(False)
    net.train()
    assert not net[2].weight.requires_grad and net[0].weight.requires_grad


@pytest.mark.parametrize("region", [nullcontext, torch.no_grad, torch.inference_mode])
def test_a_forward_pass_changes_statistics_in_training_mode_only_and_parameters_never(region):
    for training in (True, False):
        net = make_net().train(training)
        old = {name: value.clone() for name, value in net.state_dict().items()}
        with region():
            net(torch.randn(8, 4) + 3)
        changed = {n for n, v in net.state_dict().items() if not torch.equal(old[n], v)}
        statistics = {f"0.{name}" for name, _ in net[0].named_buffers()}
        assert changed == (statistics if training else set())
        assert len(statistics) == 3


def test_evaluate_counts_samples_restores_the_mode_and_touches_nothing():
    net = make_net()
    X, y = make_clouds(50, seed=3)
    train(net, X, y, num_epochs=5)
    for training in (True, False):
        net.train(training)
        old = {name: value.clone() for name, value in net.state_dict().items()}
        uneven = evaluate(net, [(X[:47], y[:47]), (X[47:], y[47:])])
        assert uneven == pytest.approx(evaluate(net, [(X, y)]))
        assert net.training is training and net[1].training is training
        assert all(torch.equal(old[n], v) for n, v in net.state_dict().items())


def test_in_training_mode_the_score_depends_on_the_batch_and_in_evaluation_mode_it_does_not():
    net = make_net()
    train(net, *make_clouds(400, seed=1))
    X, y = make_clouds(400, seed=2)
    good, bad = [], []
    for size in (2, 20, 400):
        batches = list(zip(X.split(size), y.split(size)))
        good.append(evaluate(net, batches))
        bad.append(careless(copy.deepcopy(net), batches))
    assert len(set(good)) == 1 and good[0] > 0.9
    assert max(bad[:2]) < 0.6 < bad[2] < good[0] - 0.05


def test_an_evaluation_in_training_mode_spoils_the_next_one():
    net = make_net()
    train(net, *make_clouds(400, seed=1))
    X, y = make_clouds(400, seed=2)
    batches = list(zip(X.split(2), y.split(2)))
    before = evaluate(net, batches)
    careless(net, batches)
    assert evaluate(net, batches) < before - 0.05


def test_a_batch_of_one_raises_in_training_mode_only():
    net = make_net()
    with pytest.raises(ValueError, match="Expected more than 1 value per channel"):
        net(torch.ones(1, 4))
    assert net.eval()(torch.ones(1, 4)).shape == (1, 1)
