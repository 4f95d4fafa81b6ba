"""Document 000: a notebook that trains logistic regression on MNIST, with Variable and .cuda()."""

from __future__ import annotations

import collections.abc
from typing import Any

import pytest
from documents import DATA

import tinygrad_lr as torch
import tinygrad_lr.datasets as dsets
import tinygrad_lr.nn as nn
import tinygrad_lr.transforms as transforms
from tinygrad_lr.autograd import Variable

plt = pytest.importorskip("matplotlib.pyplot")


class Scores(nn.Module):
    def __init__(self, pixels: int, digits: int) -> None:
        super(Scores, self).__init__()  # noqa: UP008  (as the document has it)
        self.linear = nn.Linear(pixels, digits)

    def forward(self, x: Any) -> Any:
        return self.linear(x)


def cuda(thing: Any) -> Any:
    """The document's ``.cuda()``, where there is a GPU."""
    return thing.cuda() if torch.cuda.is_available() else thing


@pytest.fixture(scope="module")
def train() -> Any:
    return dsets.MNIST(root=str(DATA), train=True, transform=transforms.ToTensor(), download=True)


@pytest.fixture(scope="module")
def test() -> Any:
    return dsets.MNIST(root=str(DATA), train=False, transform=transforms.ToTensor())


def test_its_pictures(train: Any, test: Any) -> None:
    assert len(train) == 60000
    picture, digit = test[0]
    assert picture.size() == (1, 28, 28)
    figure = plt.figure()
    plt.imshow(picture.numpy().reshape(28, 28), cmap="gray")
    plt.close(figure)
    assert repr(digit) == "7"


def test_its_loaders(train: Any, test: Any) -> None:
    assert 3000 / (len(train) / 100) == 5.0
    batches = torch.utils.data.DataLoader(dataset=train, batch_size=100)
    assert len(batches) == 600
    assert isinstance(batches, collections.abc.Iterable)
    batches = torch.utils.data.DataLoader(dataset=test, batch_size=100, shuffle=False)
    assert isinstance(batches, collections.abc.Iterable)


def test_its_parameters_print_as_pytorch_s() -> None:
    torch.manual_seed(0)  # other numbers may need wider columns, and so more lines
    model = Scores(28 * 28, 10)
    weight, bias = list(model.parameters())
    assert repr([weight, bias]) == f"[{weight}, {bias}]"
    lines = repr(weight).splitlines()
    assert lines[0] == "Parameter containing:"
    assert lines[1].startswith("tensor([[")
    assert lines[4] == "        ...,"
    assert len(lines) == 9  # three rows, the gap, three rows, and the line of requires_grad
    assert lines[-1] == "       requires_grad=True)"
    assert repr(bias).startswith("Parameter containing:\ntensor([")
    assert repr(bias).endswith(", requires_grad=True)")


def test_its_training(train: Any, test: Any, capsys: pytest.CaptureFixture[str]) -> None:
    torch.manual_seed(0)
    model = cuda(Scores(28 * 28, 10))
    criterion = nn.CrossEntropyLoss()
    optimizer = torch.optim.SGD(model.parameters(), lr=0.001)
    batches = torch.utils.data.DataLoader(dataset=train, batch_size=100)
    tests = torch.utils.data.DataLoader(dataset=test, batch_size=100, shuffle=False)
    for step, (images, labels) in enumerate(batches, 1):
        images = Variable(cuda(images.view(-1, 28 * 28)))
        labels = Variable(cuda(labels))
        optimizer.zero_grad()
        loss = criterion(model(images), labels)
        loss.backward()
        optimizer.step()
        if step % 300 == 0:
            correct, total = 0, 0
            for images, labels in tests:
                images = Variable(cuda(images.view(-1, 28 * 28)))
                _, predicted = torch.max(model(images).data, 1)
                total += labels.size(0)
                correct += (cuda(predicted) == cuda(labels)).sum()
            share = correct / total * 100
            print(f"Iteration: {step}, Loss: {loss.item()}, Accurracy: {share}")
            assert share > 45

    # A number is printed as Python prints it, also when it comes from a tensor's format().
    first, second = capsys.readouterr().out.splitlines()
    assert second == f"Iteration: 600, Loss: {loss.item()}, Accurracy: {share.item()}"
    assert first.startswith("Iteration: 300, Loss: ")

    images, labels = next(iter(tests))
    _, predicted = torch.max(model(Variable(cuda(images.view(-1, 28 * 28)))).data, 1)
    right = (cuda(predicted) == cuda(labels)).sum() / len(predicted) * 100
    print(right.cpu(), "% testing accuracy")
    assert capsys.readouterr().out == f"tensor({right.item():.0f}.) % testing accuracy\n"
