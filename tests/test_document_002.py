"""Document 002: a network with one hidden layer of sigmoids on MNIST."""

from __future__ import annotations

from typing import Any

import pytest
from documents import DATA

import tinygrad_lr as torch
import tinygrad_lr.datasets as dsets
import tinygrad_lr.nn as nn
import tinygrad_lr.transforms as transforms

plt = pytest.importorskip("matplotlib.pyplot")


class Network(nn.Module):
    def __init__(self, pixels: int, hidden: int, digits: int) -> None:
        super().__init__()
        self.fc1 = nn.Linear(pixels, hidden)
        self.sigmoid = nn.Sigmoid()
        self.fc2 = nn.Linear(hidden, digits)

    def forward(self, x: Any) -> Any:
        return self.fc2(self.sigmoid(self.fc1(x)))


def test_its_data_set_prints_as_torchvision_s(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(DATA.parent)
    train = dsets.MNIST(root="./data", train=True, transform=transforms.ToTensor(), download=True)
    assert repr(train).splitlines() == [
        "Dataset MNIST",
        "    Number of datapoints: 60000",
        "    Root location: ./data",
        "    Split: Train",
        "    StandardTransform",
        "Transform: ToTensor()",
    ]
    assert len(train) == 60000
    assert 5 * len(train) // 128 == 2343
    assert capsys.readouterr() == ("", "")  # the files were there, nothing is said of them


def test_its_model_prints_as_pytorch_s() -> None:
    assert repr(Network(28 * 28, 100, 10)).splitlines() == [
        "Network(",
        "  (fc1): Linear(in_features=784, out_features=100, bias=True)",
        "  (sigmoid): Sigmoid()",
        "  (fc2): Linear(in_features=100, out_features=10, bias=True)",
        ")",
    ]


def test_its_training(capsys: pytest.CaptureFixture[str]) -> None:
    root = str(DATA)
    train = dsets.MNIST(root=root, train=True, transform=transforms.ToTensor(), download=True)
    test = dsets.MNIST(root=root, train=False, transform=transforms.ToTensor())
    loader = torch.utils.data.DataLoader(dataset=train, batch_size=128, shuffle=True)
    tests = torch.utils.data.DataLoader(dataset=test, batch_size=128, shuffle=False)
    torch.manual_seed(0)
    model = Network(28 * 28, 100, 10)
    criterion = nn.CrossEntropyLoss()
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)

    iteration, losses = 0, []
    for _ in range(2):
        for _, (images, labels) in enumerate(loader):
            images = images.view(-1, 28 * 28).requires_grad_()
            optimizer.zero_grad()
            loss = criterion(model(images), labels)
            loss.backward()
            optimizer.step()
            iteration += 1
            losses.append(loss.item())
            if iteration % 500 == 0:
                correct = total = 0
                for images, labels in tests:
                    images = images.view(-1, 28 * 28).requires_grad_()
                    _, predicted = torch.max(model(images).data, 1)
                    total += labels.size(0)
                    correct += (predicted == labels).sum()
                accuracy = 100 * correct / total
                print(f"Iteration: {iteration}. Loss: {losses[-1]}. Accuracy: {accuracy}")

    assert len(losses) == 2 * 469
    line = capsys.readouterr().out
    assert line == f"Iteration: 500. Loss: {losses[499]}. Accuracy: {accuracy.item()}\n"
    assert losses[499] == pytest.approx(0.64, abs=0.2)  # the document's, which chance moves
    assert accuracy.item() == pytest.approx(86.4, abs=2)
    figure = plt.figure()
    plt.plot(losses)
    plt.close(figure)
