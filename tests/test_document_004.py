"""Document 004: tensors and gradients, linear regression, then MNIST with a validation set."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch as pytorch
from documents import DATA, text_of

import tinygrad_lr as torch
import tinygrad_lr.nn as nn
import tinygrad_lr.nn.functional as F
import tinygrad_lr.transforms as transforms
from tinygrad_lr.datasets import MNIST
from tinygrad_lr.utils.data import DataLoader, TensorDataset, random_split

plt = pytest.importorskip("matplotlib.pyplot")

CLIMATE = [[73, 67, 43], [91, 88, 64], [87, 134, 58], [102, 43, 37], [69, 96, 70]]
YIELDS = [[56, 70], [81, 101], [119, 133], [22, 37], [103, 119]]


def prints_as_pytorch(session: Any) -> str:
    text = text_of(session, torch)
    assert text == text_of(session, pytorch)
    return text


# --- Part 1: tensors


def test_its_tensors() -> None:
    def session(package: Any) -> None:
        number = package.tensor(4.0)
        vector = package.tensor([1.0, 2, 3, 4])
        matrix = package.tensor([[5.0, 6], [7, 8], [9, 10]])
        cube = package.tensor([[[11, 12, 13], [13, 14, 15]], [[15, 16, 17], [17, 18, 19.0]]])
        print(repr(number.dtype))
        for t in (number, vector, matrix, cube):
            print(t, t.shape)

    text = prints_as_pytorch(session)
    assert text.startswith("dtype('float32')\ntensor(4.) ()\ntensor([1., 2., 3., 4.]) (4,)\n")


def test_uneven_rows_are_refused() -> None:
    for package in (torch, pytorch):
        with pytest.raises(ValueError, match="length"):
            package.tensor([[5.0, 6, 11], [7, 8], [9, 10]])


def test_its_gradients() -> None:
    def session(package: Any) -> None:
        x = package.tensor(3.0)
        w = package.tensor(4.0, requires_grad=True)
        b = package.tensor(5.0, requires_grad=True)
        print((x, w, b))
        y = w * x + b
        print(y)
        y.backward()
        print("dy/dx:", x.grad)
        print("dy/dw:", w.grad)
        print("dy/db:", b.grad)

    assert prints_as_pytorch(session).splitlines() == [
        "(tensor(3.), tensor(4., requires_grad=True), tensor(5., requires_grad=True))",
        "tensor(17., grad_fn=<AddBackward0>)",
        "dy/dx: None",
        "dy/dw: tensor(3.)",
        "dy/db: tensor(1.)",
    ]


def test_its_functions() -> None:
    def session(package: Any) -> None:
        filled = package.full((3, 2), 42)
        print(filled)
        both = package.cat((package.tensor([[5.0, 6], [7, 8], [9, 10]]), filled))
        print(both)
        sines = package.sin(both)
        print(sines)
        print(sines.reshape(3, 2, 2))

    text = prints_as_pytorch(session)
    assert "tensor([[42, 42],\n        [42, 42],\n        [42, 42]])\n" in text
    assert "        [ 0.4121, -0.5440],\n        [-0.9165, -0.9165],\n" in text


def test_its_numpy() -> None:
    def session(package: Any) -> None:
        x = np.array([[1, 2], [3, 4.0]])
        y = package.from_numpy(x)
        print(y)
        print((x.dtype, y.dtype))
        print(repr(y.numpy()))
        assert np.shares_memory(x, y.numpy())

    assert "dtype=float64)\n(dtype('float64'), dtype('float64'))\n" in prints_as_pytorch(session)


# --- Part 2: linear regression


def test_its_regression_by_hand() -> None:
    start = np.random.default_rng(0).integers(-8, 9, (3, 3)) / 8  # exact in any order of adding

    def session(package: Any) -> None:
        inputs = package.from_numpy(np.array(CLIMATE, dtype="float32"))
        targets = package.from_numpy(np.array(YIELDS, dtype="float32"))
        print(inputs)
        print(targets)
        w = package.tensor(start[:2].tolist(), requires_grad=True)
        b = package.tensor(start[2, :2].tolist(), requires_grad=True)
        print(w)
        print(b)

        def mse() -> Any:
            preds = inputs @ w.t() + b
            print(preds)
            diff = preds - targets
            return package.sum(diff * diff) / diff.numel()

        loss = mse()
        print(loss)
        loss.backward()
        print(w)
        print(w.grad)
        with package.no_grad():
            w -= w.grad * 1e-5
            b -= b.grad * 1e-5
        w.grad.zero_()
        b.grad.zero_()
        print(w.grad)
        print(b.grad)

    text = prints_as_pytorch(session)
    assert "tensor([[0., 0., 0.],\n        [0., 0., 0.]])\ntensor([0., 0.])\n" in text


def test_a_hundred_steps_by_hand() -> None:
    torch.manual_seed(0)
    inputs = torch.from_numpy(np.array(CLIMATE, dtype="float32"))
    targets = torch.from_numpy(np.array(YIELDS, dtype="float32"))
    w = torch.randn(2, 3, requires_grad=True)
    b = torch.randn(2, requires_grad=True)
    losses = []
    for _ in range(100):
        diff = inputs @ w.t() + b - targets
        loss = torch.sum(diff * diff) / diff.numel()
        loss.backward()
        with torch.no_grad():
            w -= w.grad * 1e-5
            b -= b.grad * 1e-5
            w.grad.zero_()
            b.grad.zero_()
        losses.append(loss.item())
    assert losses[-1] < losses[0] / 5


@pytest.fixture(scope="module")
def crops() -> Any:
    """The fifteen rows: the five, and each of them twice more with a little difference."""
    rng = np.random.default_rng(0)
    inputs, targets = np.array(CLIMATE * 3, "float32"), np.array(YIELDS * 3, "float32")
    inputs[5:] += rng.integers(-1, 2, (10, 3))
    targets[5:] += rng.integers(-1, 2, (10, 2))
    return torch.from_numpy(inputs), torch.from_numpy(targets)


def test_its_data_set_and_its_loader(crops: Any) -> None:
    arrays = [t.numpy() for t in crops]

    def session(package: Any) -> None:
        data = package.utils.data
        train_ds = data.TensorDataset(*map(package.from_numpy, arrays))
        print(train_ds[0:3])
        for xb, yb in data.DataLoader(train_ds, 5):
            print(xb)
            print(yb)
            break

    prints_as_pytorch(session)
    for xb, yb in DataLoader(TensorDataset(*crops), 5, shuffle=True):
        assert (xb.shape, yb.shape) == ((5, 3), (5, 2))


def test_its_linear_layer() -> None:
    weight, bias = [[0.5, -0.25, 0.125], [1.5, 0.75, -0.5]], [0.25, -1.5]

    def session(package: Any) -> None:
        model = package.nn.Linear(3, 2)
        with package.no_grad():
            model.weight.copy_(package.tensor(weight))
            model.bias.copy_(package.tensor(bias))
        print(model.weight)
        print(model.bias)
        print(list(model.parameters()))
        loss = package.nn.functional.mse_loss(
            model(package.tensor([[73.0, 67.0, 43.0]])), package.tensor([[56.0, 70.0]])
        )
        print(loss)

    text = prints_as_pytorch(session)
    assert text.startswith("Parameter containing:\ntensor([[ 0.5000, -0.2500,  0.1250],\n")
    assert text.endswith("grad_fn=<MseLossBackward0>)\n")


def test_its_fit(crops: Any, capsys: pytest.CaptureFixture[str]) -> None:
    torch.manual_seed(0)
    model = nn.Linear(3, 2)
    loss_fn = F.mse_loss
    opt = torch.optim.SGD(model.parameters(), lr=1e-5)
    before = loss_fn(model(crops[0]), crops[1]).item()
    for epoch in range(100):
        for xb, yb in DataLoader(TensorDataset(*crops), 5, shuffle=True):
            loss = loss_fn(model(xb), yb)
            loss.backward()
            opt.step()
            opt.zero_grad()
        if (epoch + 1) % 10 == 0:
            print("Epoch [{}/{}], Loss: {:.4f}".format(epoch + 1, 100, loss.item()))  # noqa: UP032
    last = capsys.readouterr().out.splitlines()[-1]
    assert last == f"Epoch [100/100], Loss: {loss.item():.4f}"
    assert loss_fn(model(crops[0]), crops[1]).item() < before / 10
    assert model(torch.tensor([[75, 63, 44.0]])).shape == (1, 2)


def test_a_prediction_names_its_operation() -> None:
    def session(package: Any) -> None:
        model = package.nn.Linear(3, 2)
        with package.no_grad():
            model.weight.zero_()
            model.bias.zero_()
        print(model(package.tensor([[75, 63, 44.0]])))

    assert prints_as_pytorch(session) == "tensor([[0., 0.]], grad_fn=<AddmmBackward0>)\n"


# --- Part 3: MNIST


@pytest.fixture(scope="module")
def dataset() -> Any:
    return MNIST(root=str(DATA), train=True, transform=transforms.ToTensor())


@pytest.fixture(scope="module")
def test_dataset() -> Any:
    return MNIST(root=str(DATA), train=False, transform=transforms.ToTensor())


def test_its_pictures_untransformed() -> None:
    dataset = MNIST(root=str(DATA), download=True)
    assert len(dataset) == 60000
    assert len(MNIST(root=str(DATA), train=False)) == 10000
    for i, digit in ((0, 5), (10, 3)):
        picture, label = dataset[i]
        figure = plt.figure()
        plt.imshow(picture, cmap="gray")
        plt.close(figure)
        assert repr(label) == str(digit)


def test_its_pictures_as_tensors(dataset: Any, capsys: pytest.CaptureFixture[str]) -> None:
    picture, label = dataset[0]
    print(picture.shape, label)
    print(picture[0, 10:15, 10:15])
    print(torch.max(picture), torch.min(picture))
    assert capsys.readouterr().out == (
        "(1, 28, 28) 5\n"
        "tensor([[0.0039, 0.6039, 0.9922, 0.3529, 0.0000],\n"
        "        [0.0000, 0.5451, 0.9922, 0.7451, 0.0078],\n"
        "        [0.0000, 0.0431, 0.7451, 0.9922, 0.2745],\n"
        "        [0.0000, 0.0000, 0.1373, 0.9451, 0.8824],\n"
        "        [0.0000, 0.0000, 0.0000, 0.3176, 0.9412]])\n"
        "tensor(1.) tensor(0.)\n"
    )
    figure = plt.figure()
    plt.imshow(picture[0, 10:15, 10:15], cmap="gray")
    plt.close(figure)


def accuracy(outputs: Any, labels: Any) -> Any:
    _, preds = torch.max(outputs, dim=1)
    return torch.tensor(torch.sum(preds == labels).item() / len(preds))


class MnistModel(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.linear = nn.Linear(784, 10)

    def forward(self, xb: Any) -> Any:
        return self.linear(xb.reshape(-1, 784))

    def training_step(self, batch: Any) -> Any:
        images, labels = batch
        return F.cross_entropy(self(images), labels)

    def validation_step(self, batch: Any) -> Any:
        images, labels = batch
        out = self(images)
        return {"val_loss": F.cross_entropy(out, labels), "val_acc": accuracy(out, labels)}

    def validation_epoch_end(self, outputs: Any) -> Any:
        means = {
            key: torch.stack([x[key] for x in outputs]).mean() for key in ("val_loss", "val_acc")
        }
        return {key: mean.item() for key, mean in means.items()}


def evaluate(model: MnistModel, loader: DataLoader) -> Any:
    return model.validation_epoch_end([model.validation_step(batch) for batch in loader])


@pytest.fixture(scope="module")
def split(dataset: Any) -> Any:
    torch.manual_seed(0)
    return random_split(dataset, [50000, 10000])


def test_its_model(split: Any, capsys: pytest.CaptureFixture[str]) -> None:
    train_ds, val_ds = split
    assert (len(train_ds), len(val_ds)) == (50000, 10000)
    train_loader = DataLoader(train_ds, 128, shuffle=True)

    linear = nn.Linear(784, 10)
    print(linear.weight.shape, linear.bias.shape)
    for images, _ in train_loader:
        with pytest.raises(RuntimeError, match="shape"):  # pictures are not yet rows of pixels
            linear(images)
        break

    model = MnistModel()
    print(model.linear)
    assert [type(p) for p in model.parameters()] == [nn.Parameter, nn.Parameter]
    for images, labels in train_loader:  # noqa: B007
        print(images.shape)
        outputs = model(images)
        break
    print("outputs.shape : ", outputs.shape)
    probs = F.softmax(outputs, dim=1)
    max_probs, preds = torch.max(probs, dim=1)
    print(preds.shape, max_probs.shape, labels.shape)
    assert capsys.readouterr().out == (
        "(10, 784) (10,)\n"
        "Linear(in_features=784, out_features=10, bias=True)\n"
        "(128, 1, 28, 28)\n"
        "outputs.shape :  (128, 10)\n"
        "(128,) (128,) (128,)\n"
    )
    assert torch.sum(probs[0]).item() == pytest.approx(1, abs=1e-6)
    assert repr(accuracy(outputs, labels)).startswith("tensor(0.")


def test_its_batch_prints_as_pytorch_s() -> None:
    scores = np.random.default_rng(0).normal(size=(128, 10)).astype("float32")

    def session(package: Any) -> None:
        outputs = package.from_numpy(scores).requires_grad_()
        print("Sample outputs :\n", outputs[:2].data)
        probs = package.nn.functional.softmax(outputs, dim=1)
        print("Sample probabilities:\n", probs[:2].data)
        max_probs, preds = package.max(probs, dim=1)
        print(preds)
        print(max_probs.data)
        print(package.tensor(package.sum(preds == preds.flatten()).item() / len(preds)))

    prints_as_pytorch(session)


def test_the_largest_probabilities_name_their_operation() -> None:
    def session(package: Any) -> None:
        probs = package.tensor([[0.25, 0.75], [0.5, 0.125]], requires_grad=True)
        print(package.max(probs, dim=1)[0])

    assert prints_as_pytorch(session) == "tensor([0.7500, 0.5000], grad_fn=<MaxBackward0>)\n"


def test_the_loss_names_its_operation() -> None:
    def session(package: Any) -> None:
        scores = package.zeros(4, 10, requires_grad=True)
        loss_fn = package.nn.functional.cross_entropy
        print(loss_fn(scores, package.tensor([7, 4, 7, 0])))

    assert prints_as_pytorch(session) == "tensor(2.3026, grad_fn=<NllLossBackward0>)\n"


def test_its_training(split: Any, test_dataset: Any, capsys: pytest.CaptureFixture[str]) -> None:
    train_loader, val_loader = DataLoader(split[0], 128, shuffle=True), DataLoader(split[1], 128)
    torch.manual_seed(0)
    model = MnistModel()
    results = [evaluate(model, val_loader)]
    assert list(results[0]) == ["val_loss", "val_acc"]
    assert results[0]["val_acc"] < 0.3
    optimizer = torch.optim.SGD(model.parameters(), 0.001)
    for epoch in range(3):
        for batch in train_loader:
            model.training_step(batch).backward()
            optimizer.step()
            optimizer.zero_grad()
        result = evaluate(model, val_loader)
        results.append(result)
        print(
            "Epoch [{}], val_loss: {:.4f}, val_acc: {:.4f}".format(
                epoch, result["val_loss"], result["val_acc"]
            )
        )
    assert capsys.readouterr().out.splitlines()[-1].startswith("Epoch [2], val_loss: 1.")
    # The document's first three epochs, give or take what chance does to them.
    assert [r["val_loss"] for r in results[1:]] == pytest.approx([1.96, 1.68, 1.48], abs=0.1)
    assert [r["val_acc"] for r in results[1:]] == pytest.approx([0.615, 0.727, 0.759], abs=0.08)
    figure = plt.figure()
    plt.plot([result["val_acc"] for result in results], "-x")
    plt.xlabel("epoch")
    plt.ylabel("accuracy")
    plt.close(figure)

    # Single pictures, and the whole of the test set.
    img, label = test_dataset[0]
    print("Shape:", img.shape)
    figure = plt.figure()
    plt.imshow(img[0], cmap="gray")
    plt.close(figure)
    _, preds = torch.max(model(img.unsqueeze(0)), dim=1)
    print("Label:", label, ", Predicted:", preds[0].item())
    assert capsys.readouterr().out == "Shape: (1, 28, 28)\nLabel: 7 , Predicted: 7\n"
    assert [test_dataset[i][1] for i in (10, 193, 1839)] == [0, 9, 2]
    result = evaluate(model, DataLoader(test_dataset, batch_size=256))
    assert result["val_acc"] == pytest.approx(results[-1]["val_acc"], abs=0.05)
