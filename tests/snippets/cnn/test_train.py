import pytest
import torch
import torch.nn.functional as F
from torch import nn

from snippets.cnn.train import (
    CNN,
    accuracy,
    check,
    count_parameters,
    flat_features,
    make_mlp,
    predict,
    train,
)
from snippets.common.images import load_images


@pytest.fixture(scope="module")
def data():
    torch.manual_seed(0)
    X_train, y_train, X_test, y_test = load_images()
    val, fit = torch.randperm(len(X_train)).tensor_split([len(X_train) // 6])
    mean, std = X_train[fit].mean(), X_train[fit].std()
    parts = [(X - mean) / std for X in (X_train[fit], X_train[val], X_test)]
    return parts[0], y_train[fit], parts[1], y_train[val], parts[2], y_test


@pytest.fixture(scope="module")
def runs(data):
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    nets, history = {}, {}
    for name, make in {"MLP": make_mlp, "CNN": CNN}.items():
        torch.manual_seed(0)
        nets[name] = make()
        history[name] = train(nets[name], *data[:4], num_epochs=10)
    torch.set_num_threads(threads)
    return nets, history


def test_shapes_along_the_way():
    x, shapes = torch.zeros(2, 1, 28, 28), []
    for layer in CNN().features:
        x = layer(x)
        shapes.append(tuple(x.shape[1:]))
    assert shapes[::3] == [(10, 24, 24), (20, 8, 8)]
    assert shapes[1::3] == [(10, 12, 12), (20, 4, 4)]
    assert x.flatten(1).shape == (2, 320)
    assert CNN()(torch.zeros(2, 1, 28, 28)).shape == (2, 10)


def test_parameter_counts_of_the_text():
    cnn, mlp = CNN(), make_mlp()
    assert [count_parameters(layer) for layer in cnn.features[::3]] == [260, 5020]
    assert (count_parameters(cnn), count_parameters(mlp)) == (8490, 109_386)
    assert 12.5 < count_parameters(mlp) / count_parameters(cnn) < 13.5  # "a thirteenth"


def test_pooling_and_relu_may_change_places():
    x = torch.randn(2, 10, 24, 24)
    assert torch.equal(F.max_pool2d(x, 2).relu(), F.max_pool2d(x.relu(), 2))


def test_fewer_parameters_but_more_multiplications():
    convolutions = 24 * 24 * 10 * 25 + 8 * 8 * 20 * 250 + 3200
    assert convolutions > sum(p.numel() for p in make_mlp().parameters() if p.ndim == 2)


def test_outputs_are_logits():
    torch.manual_seed(0)
    out = CNN()(torch.randn(50, 1, 28, 28))
    assert (out < 0).any() and not torch.allclose(out.sum(1), torch.ones(50))
    certain = F.cross_entropy(torch.eye(10), torch.arange(10))  # after a second softmax
    assert certain.item() == pytest.approx(1.461, abs=1e-3)
    assert F.cross_entropy(100 * torch.eye(10), torch.arange(10)) < 1e-6


def test_the_loss_falls_and_the_cnn_wins(data, runs):
    nets, history = runs
    for losses, accuracies in history.values():
        assert losses[-1] < losses[0] / 5
        assert accuracies[-1] > 5 * (data[3] == data[1].mode().values).float().mean()
    assert history["CNN"][0][-1] < history["MLP"][0][-1]
    assert history["CNN"][1][-1] > history["MLP"][1][-1]
    assert accuracy(nets["CNN"], *data[4:]) > accuracy(nets["MLP"], *data[4:])


def test_the_cnn_suffers_less_from_a_shift(data, runs):
    nets, _ = runs
    X_test, y_test = data[4:]
    shifted = F.pad(X_test, (3, 0), value=X_test.min().item())[..., :28]
    assert torch.equal(shifted[..., 3:], X_test[..., :25])
    after = {name: accuracy(net, shifted, y_test) for name, net in nets.items()}
    assert after["MLP"] + 0.02 < after["CNN"]
    assert after["CNN"] < accuracy(nets["CNN"], X_test, y_test) - 0.05


def test_train_reports_the_mean_over_all_images():
    torch.manual_seed(0)
    X, y = torch.randn(70, 1, 28, 28), torch.randint(10, (70,))  # batches 32, 32, 6
    net = make_mlp()
    before = F.cross_entropy(net(X), y).item()
    losses, _ = train(net, X, y, X, y, num_epochs=1, lr=0.0)
    assert losses[0] == pytest.approx(before, rel=1e-5)


def test_predict_is_argmax_in_evaluation_mode_without_gradients():
    torch.manual_seed(0)
    net = nn.Sequential(nn.Flatten(), nn.Dropout(0.5), nn.Linear(784, 10))
    X = torch.randn(1500, 1, 28, 28)
    assert net.training
    assert torch.equal(predict(net, X), predict(net, X))
    assert not net.training
    assert torch.equal(predict(net, X), net(X).argmax(1))


def test_training_leaves_evaluation_mode_in_every_epoch():
    modes = []

    class Spy(nn.Linear):
        def forward(self, x):
            modes.append(self.training)
            return super().forward(x)

    X, y = torch.randn(32, 784), torch.randint(10, (32,))
    train(Spy(784, 10), X, y, X, y, num_epochs=2)
    assert modes == [True, False, True, False]


def test_wrong_in_features_raises():
    net = nn.Sequential(CNN().features, nn.Flatten(), nn.Linear(500, 10))
    with pytest.raises(RuntimeError, match=r"\(32x320 and 500x10\)"):
        net(torch.zeros(32, 1, 28, 28))


def test_view_mixes_images_where_flatten_raises():
    net, larger = CNN(), torch.rand(16, 1, 32, 32)
    features = net.features(larger)
    assert net.head(features.view(-1, 320)).shape == (25, 10)  # 25 answers to 16 images
    with pytest.raises(RuntimeError, match="16x500"):
        net(larger)


def test_dropout_differs_between_passes_until_eval(data):
    torch.manual_seed(0)
    cnn = CNN()
    net = nn.Sequential(cnn.features, nn.Flatten(), nn.Dropout(0.5), cnn.head)
    with torch.inference_mode():
        assert not torch.equal(net.train()(data[2]), net(data[2]))
        assert torch.equal(net.eval()(data[2]), net(data[2]))
        assert torch.equal(cnn.train()(data[2]), cnn.eval()(data[2]))


def test_percent_d_truncates():
    old = "%d %%"
    assert old % (100 * 0.97) == old % (100 * 0.9799) == "97 %"
    assert f"{0.9799:.2%}" == "97.99%"
    errors = [1 - 0.97, 1 - 0.9799]
    assert errors[1] / errors[0] == pytest.approx(2 / 3, abs=0.01)


def test_best_of_many_coins_looks_better_than_it_is():
    chosen, fresh_scores = [], []
    for seed in range(50):
        torch.manual_seed(seed)
        labels, fresh = torch.randint(2, (2, 200))
        guesses = torch.randint(2, (200, 200))
        scores = (guesses == labels).float().mean(1)
        chosen.append(scores.max())
        fresh_scores.append((guesses[scores.argmax()] == fresh).float().mean())
    assert torch.stack(chosen).mean() > 0.57
    assert abs(torch.stack(fresh_scores).mean() - 0.5) < 0.02


def test_exercise_and_its_check():
    check(flat_features)
    with pytest.raises(AssertionError):
        check(lambda features, size: 320)
    lazy = nn.LazyLinear(10)
    lazy(CNN().features(torch.zeros(1, 1, 28, 28)).flatten(1))
    assert lazy.in_features == 320 == 20 * (((28 - 5 + 1) // 2 - 5 + 1) // 2) ** 2
