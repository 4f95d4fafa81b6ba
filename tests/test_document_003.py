"""Document 003: linear regression by hand and with nn, then softmax regression on Fashion-MNIST."""

from __future__ import annotations

import random
from collections.abc import Iterator
from typing import Any

import pytest
import torch as pytorch
from documents import needs_fashion, text_of

import tinygrad_lr as torch
import tinygrad_lr as torchvision
from tinygrad_lr import nn, transforms
from tinygrad_lr.utils import data

plt = pytest.importorskip("matplotlib.pyplot")

TRUE_W, TRUE_B = [2, -3.4], 4.444


@pytest.fixture(scope="module")
def points() -> tuple[Any, Any]:
    """A thousand points on a plane, with a little noise."""
    torch.manual_seed(0)
    w = torch.tensor(TRUE_W)
    x = torch.zeros(size=(1000, len(w))).normal_()
    y = torch.matmul(x, w) + TRUE_B
    y += torch.zeros(size=y.shape).normal_(std=0.01)
    return x, y


# --- Linear regression by hand


def test_its_points(points: Any) -> None:
    x, y = points
    assert repr((x[0], y[0])) == f"({x[0]!r}, {y[0]!r})"
    assert repr(y[0]) == f"tensor({y[0].item():.4f})"
    figure = plt.figure()
    plt.scatter(x[:, 1].numpy(), y.numpy(), 1)
    plt.close(figure)


def batches(size: int, x: Any, y: Any) -> Iterator[tuple[Any, Any]]:
    order = list(range(len(x)))
    random.shuffle(order)
    for i in range(0, len(x), size):
        rows = torch.tensor(order[i : min(i + size, len(x))])
        yield x[rows], y[rows]


def test_a_batch_prints_as_pytorch_s(points: Any) -> None:
    x, y = (t.numpy() for t in next(batches(10, *points)))

    def session(package: Any) -> None:
        print(package.from_numpy(x), "\n", package.from_numpy(y))
        print([package.from_numpy(x), package.from_numpy(y)])

    assert text_of(session, torch) == text_of(session, pytorch)


def test_its_regression_by_hand(points: Any, capsys: pytest.CaptureFixture[str]) -> None:
    torch.manual_seed(0)
    random.seed(0)
    w = torch.normal(0, 0.01, size=(2, 1), requires_grad=True)
    b = torch.zeros(1, requires_grad=True)

    def loss_of(x: Any, y: Any) -> Any:
        predicted = torch.matmul(x, w) + b
        return (predicted - y.reshape(predicted.shape)) ** 2 / 2

    for epoch in range(5):
        for x, y in batches(10, *points):
            loss_of(x, y).mean().backward()
            for parameter in (w, b):
                parameter.data.sub_(0.03 * parameter.grad / 10)
                parameter.grad.data.zero_()
        with torch.no_grad():
            loss = loss_of(*points)
            print(f"epoch {epoch + 1}, loss {float(loss.mean())}")

    # 500 small steps (the gradient of a mean, divided by the batch size once more) go a good part
    # of the way: each takes 0.3 percent of what is left.
    lines = capsys.readouterr().out.splitlines()
    assert [line.split(",")[0] for line in lines] == [f"epoch {i}" for i in range(1, 6)]
    losses = [float(line.split()[-1]) for line in lines]
    assert losses == sorted(losses, reverse=True)
    assert losses[-1] < 2
    for learned, true in zip([*w.flatten().tolist(), b.item()], [*TRUE_W, TRUE_B]):
        assert learned == pytest.approx(true * (1 - 0.997**500), rel=0.1)


# --- Linear regression with nn


def test_its_loader_and_its_network(points: Any) -> None:
    torch.manual_seed(0)
    loader = data.DataLoader(data.TensorDataset(*points), 10, shuffle=True)
    batch = next(iter(loader))
    assert type(batch) is list
    assert [t.shape for t in batch] == [(10, 2), (10,)]
    net = nn.Sequential(nn.Linear(2, 1))
    net[0].weight.data.uniform_(0.0, 0.01)
    net[0].bias.data.fill_(0)
    assert ((0 <= net[0].weight) & (net[0].weight < 0.01)).all()
    assert net[0].bias.item() == 0


def test_its_loss_over_every_pair_is_refused(points: Any) -> None:
    """PyTorch warns, and the document's loss stays at 16.2; here it is an error that says why."""
    features, labels = points
    net = nn.Sequential(nn.Linear(2, 1))
    with pytest.raises(RuntimeError, match=r"would broadcast to \(1000, 1000\)"):
        nn.MSELoss()(net(features), labels)


def softmax(x: Any) -> Any:
    exp = torch.exp(x)
    return exp / torch.sum(exp, dim=1, keepdim=True)


def accuracy(scores: Any, y: Any) -> float:
    return float((scores.argmax(axis=1).type(torch.float32) == y.type(torch.float32)).sum())


def cross_entropy(scores: Any, y: Any) -> Any:
    return -torch.log(scores[range(len(scores)), y])


def test_its_small_results_print_as_pytorch_s() -> None:
    def session(package: Any) -> None:
        x = package.tensor([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]])
        print((package.sum(x, dim=0, keepdim=True), package.sum(x, dim=1, keepdim=True)))
        scores = package.tensor([[0.1, 0.3, 0.6], [0.3, 0.2, 0.5]])
        print(scores[[0, 1], [0, 2]])
        y = package.tensor([0, 2])
        print(-package.log(scores[range(len(scores)), y]))
        same = scores.argmax(axis=1).type(package.float32) == y.type(package.float32)
        print(same, float(same.sum()) / len(y))

    text = text_of(session, torch)
    assert text == text_of(session, pytorch)
    assert text.startswith(
        "(tensor([[5., 7., 9.]]), tensor([[ 6.],\n        [15.]]))\ntensor([0.1000, 0.5000])\n"
    )
    assert text.endswith(" 0.5\n")


@needs_fashion
def test_its_pictures_of_clothes(tmp_path: Any) -> None:
    train = torchvision.datasets.FashionMNIST(
        root=str(tmp_path), train=True, transform=transforms.ToTensor(), download=True
    )
    x, y = next(iter(data.DataLoader(train, batch_size=5)))
    assert [train.classes[int(i)] for i in y] == [
        "Ankle boot",
        "T-shirt/top",
        "T-shirt/top",
        "Dress",
        "T-shirt/top",
    ]
    figure, axes = plt.subplots(1, 5, figsize=(10, 50))
    for ax, picture in zip(axes.flatten(), x.reshape(5, 28, 28)):
        assert "numpy" in dir(picture)
        ax.imshow(picture.numpy())
    plt.close(figure)


def clothes(root: str, batch_size: int, resize: Any = None) -> tuple[Any, Any]:
    steps = [transforms.Resize(resize)] if resize else []
    trans = transforms.Compose([*steps, transforms.ToTensor()])
    train = torchvision.datasets.FashionMNIST(root=root, train=True, transform=trans, download=True)
    test = torchvision.datasets.FashionMNIST(root=root, train=False, transform=trans, download=True)
    return (
        data.DataLoader(train, batch_size, shuffle=True, num_workers=4),
        data.DataLoader(test, batch_size, shuffle=False, num_workers=4),
    )


@needs_fashion
def test_its_softmax_regression(tmp_path: Any) -> None:
    train, test = clothes(str(tmp_path), 256)
    assert (len(train), len(test)) == (235, 40)
    torch.manual_seed(0)
    w = torch.normal(0, 0.01, size=(784, 10), requires_grad=True)
    b = torch.zeros(10, requires_grad=True)

    def net(x: Any) -> Any:  # the document adds b to the probabilities; that is its affair
        return softmax(torch.matmul(x.reshape((-1, 784)), w) + b)

    x, y = next(iter(test))
    assert (x.shape, y.shape) == ((256, 1, 28, 28), (256,))
    assert "...," in repr(net(x))
    assert repr(net(x)).endswith("grad_fn=<DivBackward0>)")
    cross_entropy(net(x), y).mean().backward()
    with torch.no_grad():
        before = cross_entropy(net(x), y).mean().item()
        w -= 0.1 * w.grad
        b -= 0.1 * b.grad
        assert cross_entropy(net(x), y).mean().item() < before

    right = sum(accuracy(net(x), y) for x, y in test)
    count = sum(len(y) for _, y in test)
    assert count == 10000
    assert 0.1 < right / count < 0.9


def test_the_size_it_forgets_to_call_cannot_be_added_up() -> None:
    # evaluate_accuracy adds up y.size, without the brackets: PyTorch has no number there either.
    with pytest.raises(TypeError, match=r"float\(\) argument must be a string or a real number"):
        float(torch.tensor([0, 2]).size)
