"""Captured steps on the double of CuPy: test_device.py runs this in a process of its own.

While the double captures, nothing that was there before changes, and what is made holds garbage
until the graph is launched, as on a GPU. So equal results mean that the graph alone makes them.
"""

import cupy
import numpy as np
import pytest

import tinygrad_lr as tg
from tinygrad_lr import nn, optim
from tinygrad_lr.cuda import kernels
from tinygrad_lr.nn import functional as F

BATCHES, BATCH = 12, 8
RNG = np.random.default_rng(0)
X = RNG.standard_normal((BATCHES, BATCH, 4)).astype(np.float32)
Y = RNG.integers(0, 3, (BATCHES, BATCH))


class Run:
    """A network, its optimizer, and the step that trains it, all on the GPU."""

    def __init__(self, **options):
        tg.manual_seed(1)
        self.model = nn.Sequential(nn.Linear(4, 5), nn.Sigmoid(), nn.Linear(5, 3)).to("gpu")
        self.optimizer = optim.SGD(self.model.parameters(), lr=0.5, **options)

    def step(self, x, y):
        self.optimizer.zero_grad()
        loss = F.cross_entropy(self.model(x), y)
        loss.backward()
        self.optimizer.step()
        return loss

    def weights(self):
        return [p.tolist() for p in self.model.parameters()]

    def gradients(self):
        return [None if p.grad is None else p.grad.tolist() for p in self.model.parameters()]


def batches():
    for x, y in zip(X, Y):
        yield tg.tensor(x, device="gpu"), tg.tensor(y, device="gpu")


def batch(i=0):
    return tg.tensor(X[i], device="gpu"), tg.tensor(Y[i], device="gpu")


# ------------------------------------------------------------------------------ the same as without

OPTIONS = [
    {},
    {"momentum": 0.9},
    {"momentum": 0.9, "dampening": 0.5, "weight_decay": 0.1},
    {"momentum": 0.5, "nesterov": True},
    {"weight_decay": 0.1},
]


@pytest.mark.parametrize("options", OPTIONS)
def test_a_captured_step_gives_the_bits_of_the_step_itself(options):
    eager, run = Run(**options), Run(**options)
    captured = tg.cuda.graph(run.step)
    for x, y in batches():
        assert captured(x, y).item() == eager.step(x, y).item()
        assert run.weights() == eager.weights()
        assert run.gradients() == eager.gradients()
    mine, wanted = run.optimizer.state_dict(), eager.optimizer.state_dict()
    assert mine["param_groups"] == wanted["param_groups"]
    for i, state in wanted["state"].items():
        assert mine["state"][i]["momentum_buffer"].tolist() == state["momentum_buffer"].tolist()


def test_python_runs_twice_and_no_more():
    run, calls = Run(), []
    captured = tg.cuda.graph(lambda x, y: (calls.append(1), run.step(x, y))[1])
    assert "not yet captured" in repr(captured)
    for x, y in batches():
        captured(x, y)
    assert len(calls) == 2
    assert "not yet" not in repr(captured)


@pytest.mark.parametrize("at_once", [2, 3])
def test_many_steps_in_one_graph(at_once):
    eager, run = Run(momentum=0.9), Run(momentum=0.9)

    def several(x, y):
        losses = tg.zeros(at_once, device="gpu")
        for i in range(at_once):
            losses[i] = run.step(x[i], y[i])
        return losses

    captured = tg.cuda.graph(several)
    for i in range(0, BATCHES, at_once):
        x, y = tg.tensor(X[i : i + at_once]).to("gpu"), tg.tensor(Y[i : i + at_once]).to("gpu")
        wanted = [eager.step(x[j], y[j]).item() for j in range(at_once)]
        assert captured(x, y).tolist() == wanted
        assert run.weights() == eager.weights()


def test_batches_gathered_from_data_on_the_device():
    x, y = tg.tensor(X.reshape(-1, 4), device="gpu"), tg.tensor(Y.reshape(-1), device="gpu")
    eager, run = Run(), Run()

    def step_of(run):
        return lambda rows: run.step(x[rows], y.index_select(0, rows))

    captured, plain = tg.cuda.graph(step_of(run)), step_of(eager)
    for _ in range(5):
        rows = tg.tensor(RNG.integers(0, len(y), 8), device="gpu")
        assert captured(rows).item() == plain(rows).item()
    assert run.weights() == eager.weights()


def test_results_survive_the_next_call_and_have_no_graph():
    run = Run()
    captured = tg.cuda.graph(run.step)
    losses = [captured(x, y) for x, y in batches()]
    eager = Run()
    assert [loss.item() for loss in losses] == [eager.step(x, y).item() for x, y in batches()]
    assert not any(loss.requires_grad for loss in losses)


def test_what_a_step_may_return():
    captured = tg.cuda.graph(lambda x, y: {"sum": x + 1.0, "both": (x, [y, None, "text"])})
    for x, y in batches():
        out = captured(x, y)
        assert out["sum"].tolist() == (x + 1.0).tolist()
        assert out["both"][0].tolist() == x.tolist()
        assert out["both"][1][0].tolist() == y.tolist()
        assert out["both"][1][1:] == [None, "text"]


def test_a_step_without_arguments_that_counts():
    count = tg.zeros(1, device="gpu")
    captured = tg.cuda.graph(lambda: count.add_(1.0))
    assert [captured().item() for _ in range(5)] == [1.0, 2.0, 3.0, 4.0, 5.0]


def test_evaluation_can_be_captured_too():
    run = Run()

    @tg.no_grad()
    def right(x, y):
        return (run.model(x).argmax(dim=1) == y).sum()

    captured = tg.cuda.graph(right)
    for x, y in batches():
        assert captured(x, y).item() == right(x, y).item()


def test_two_captured_steps_take_turns_on_one_model():
    run, eager = Run(momentum=0.9), Run(momentum=0.9)
    one, other = tg.cuda.graph(run.step), tg.cuda.graph(run.step)
    for i, (x, y) in enumerate(batches()):
        step = one if i % 2 else other
        assert step(x, y).item() == eager.step(x, y).item()
    assert run.weights() == eager.weights()


# ------------------------------------------------------------------------------------ the gradients


def zero_first(run, x, y):
    return run.step(x, y)


def zero_last(run, x, y):
    loss = F.cross_entropy(run.model(x), y)
    loss.backward()
    run.optimizer.step()
    run.optimizer.zero_grad()
    return loss


def zero_in_place(run, x, y):
    run.optimizer.zero_grad(set_to_none=False)
    loss = F.cross_entropy(run.model(x), y)
    loss.backward()
    run.optimizer.step()
    return loss


def accumulate(run, x, y):
    loss = F.cross_entropy(run.model(x), y)
    loss.backward()
    return loss


def twice(run, x, y):
    run.optimizer.zero_grad()
    F.cross_entropy(run.model(x), y).backward()
    loss = F.cross_entropy(run.model(x * 2.0), y)
    loss.backward()
    run.optimizer.step()
    return loss


@pytest.mark.parametrize("clear", ["never", "before some", "in place"])
@pytest.mark.parametrize("step", [zero_first, zero_last, zero_in_place, accumulate, twice])
def test_gradients_are_cleared_and_added_up_as_without_a_graph(step, clear):
    eager, run = Run(), Run()
    captured = tg.cuda.graph(lambda x, y: step(run, x, y))
    for i, (x, y) in enumerate(batches()):
        for one in (eager, run):
            if clear == "before some" and i % 3 == 0:
                one.optimizer.zero_grad()
            if clear == "in place" and i % 4 == 3:
                one.optimizer.zero_grad(set_to_none=False)
            if step is accumulate and i % 2:
                one.optimizer.step()
        assert captured(x, y).item() == step(eager, x, y).item()
        assert run.weights() == eager.weights()
        assert run.gradients() == eager.gradients()


def test_gradients_of_a_leaf_that_no_optimizer_has():
    def both(w, x):
        w.grad = None
        (w * x * x).sum().backward()
        return w.grad * 2.0

    w = tg.tensor([2.0, 3.0, 5.0, 7.0], device="gpu", requires_grad=True)
    captured = tg.cuda.graph(lambda x: both(w, x))
    for x, _ in batches():
        wanted = (x * x).sum(dim=0)
        assert captured(x).tolist() == (wanted * 2.0).tolist()
        assert w.grad.tolist() == wanted.tolist()


def test_backward_sees_what_a_replay_has_overwritten():
    run = Run()
    captured = tg.cuda.graph(run.step)
    for x, y in batches():
        x.requires_grad_()  # so that the gradient of the first layer needs its weight
        loss = F.cross_entropy(run.model(x), y)
        captured(x.detach(), y)
        with pytest.raises(RuntimeError, match="modified by an inplace operation since: "):
            loss.backward()


# ------------------------------------------------------------------------- what is refused, and how


def test_another_shape_is_refused():
    run = Run()
    captured = tg.cuda.graph(run.step)
    for x, y in batches():
        captured(x, y)
        before = run.weights()
        with pytest.raises(tg.ShapeError) as error:
            captured(x[:5], y[:5])
        assert str(error.value) == (
            "cuda.graph: the step was captured for (8, 4) float32, (8,) int64, and is now given "
            "(5, 4) float32, (5,) int64; call the step itself for a batch of another size, or "
            "capture one step for each size"
        )
        with pytest.raises(tg.ShapeError, match=r"is now given \(8, 4\) float64"):
            captured(x.double(), y)
        with pytest.raises(tg.ShapeError, match=r"is now given \(8, 4\) float32; call"):
            captured(x)
        assert run.weights() == before


def test_arguments_that_are_no_gpu_tensors_are_refused():
    captured = tg.cuda.graph(Run().step)
    x, y = batch()
    with pytest.raises(tg.DeviceError, match=r"argument 1 is on the cpu.*\.to\('gpu'\)"):
        captured(x, y.cpu())
    with pytest.raises(TypeError, match="argument 0 is a ndarray; a captured step takes Tensors"):
        captured(X[0], y)
    with pytest.raises(TypeError, match="argument 1 is a int"):
        captured(x, 3)
    with pytest.raises(ValueError, match=r"argument 0 requires grad.*detach\(\)ed"):
        captured(x.clone().requires_grad_(), y)


ASKING, SENDING = "cannot ask the GPU for a value", "sends nothing from the host to the GPU"
MASK, HOST = r"pick by a mask, x\[mask\].*where\(", "cannot be captured .*needs the host in between"

REFUSED = {
    "item": (lambda x: x.sum().item(), ASKING),
    "float": (lambda x: float(x.sum()), ASKING),
    "tolist": (lambda x: x.tolist(), ASKING),
    "cpu": (lambda x: x.cpu(), ASKING),
    "print": (lambda x: print(x), ASKING),
    "format": (lambda x: f"{x.sum():.2f}", ASKING),
    "if": (lambda x: 1 if x.sum() > 0 else 2, ASKING),
    "a Tensor as an index": (lambda x: x[x[0].argmax()], ASKING),
    "tensor": (lambda x: x + tg.tensor([1.0, 2.0, 3.0, 4.0], device="gpu"), SENDING),
    "to": (lambda x: x + tg.ones(4).to("gpu"), SENDING),
    "randn": (lambda x: x + tg.randn(8, 4, device="gpu"), SENDING),
    "normal_": (lambda x: tg.zeros(3, device="gpu").normal_(), SENDING),
    "list as an index": (lambda x: x[[0, 1]], SENDING),
    "loader": (
        lambda x: next(iter(tg.utils.data.DataLoader(tg.utils.data.TensorDataset(x)))),
        SENDING,
    ),
    "stack of many": (lambda x: tg.stack([x] * 9), "join more than 8 tensors"),
    "cat of many": (lambda x: tg.cat([x] * 9), "join more than 8 tensors"),
    "mask": (lambda x: x[x > 0], MASK),
    "nll_loss": (lambda x: F.nll_loss(x, tg.zeros(8, dtype="int64", device="gpu")), HOST),
    "batched matmul": (lambda x: tg.stack([x, x]) @ tg.stack([x.T, x.T]), HOST),
    "nested": (lambda x: (lambda g: (g(x), g(x)))(tg.cuda.graph(lambda x: x + 1.0)), "of another"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_cannot_be_captured_is_refused_in_words_and_leaves_no_trace(name, capsys):
    action, words = REFUSED[name]
    run, eager = Run(momentum=0.9), Run(momentum=0.9)

    def step(x, y):
        loss = run.step(x, y)
        action(x)
        return loss

    captured = tg.cuda.graph(step)
    (x, y), (x2, y2) = batch(0), batch(1)
    assert captured(x, y).item() == eager.step(x, y).item()  # the first call may do anything
    for _ in range(2):
        with pytest.raises(tg.cuda.CaptureError, match=words):
            captured(x2, y2)
        assert (run.weights(), run.gradients()) == (eager.weights(), eager.gradients())
        assert cupy.cuda.get_current_stream() is cupy.cuda.Stream.null
    for x, y in batches():  # everything else goes on as if nothing had been tried
        assert run.step(x, y).item() == eager.step(x, y).item()
    assert run.weights() == eager.weights()


def test_a_mistake_in_the_step_is_raised_as_it_is():
    run, wrong = Run(), []

    def step(x, y):
        loss = run.step(x, y)
        if wrong:
            raise KeyError("mine")
        return loss

    captured = tg.cuda.graph(step)
    x, y = batch()
    captured(x, y)
    wrong.append(True)
    before = run.weights(), run.gradients()
    with pytest.raises(KeyError, match="mine"):
        captured(x, y)
    assert (run.weights(), run.gradients()) == before
    wrong.clear()
    captured(x, y)
    assert run.weights() != before[0]


def test_a_mistake_in_the_first_call_leaves_it_the_first():
    calls = []

    def step(x):
        calls.append(1)
        if len(calls) == 1:
            raise KeyError("mine")
        return x * 2.0

    captured = tg.cuda.graph(step)
    x, _ = batch()
    with pytest.raises(KeyError):
        captured(x)
    for _ in range(3):
        assert captured(x).tolist() == (x * 2.0).tolist()
    assert len(calls) == 3


def test_what_works_in_a_step_although_it_looks_like_a_transfer():
    def step(x):
        y = tg.zeros(8, 4, device="gpu")
        y[0] = 7.0
        y.fill_(2).add_(x)
        y[:, 1] = 0
        y = y + tg.ones(4, device="gpu") + tg.zeros_like(x)
        return tg.where(x > 0, y, 0.0).clamp(0, 9) + x.max() + len(x) + x.shape[1]

    captured = tg.cuda.graph(step)
    for x, _ in batches():
        assert captured(x).tolist() == step(x).tolist()


# ------------------------------------------------------------------ what can have changed meanwhile


def captured_run(**options):
    run = Run(**options)
    captured = tg.cuda.graph(run.step)
    for i in range(3):
        captured(*batch(i))
    return run, captured


@pytest.mark.parametrize(
    ("name", "value"), [("lr", 0.1), ("momentum", 0.1), ("weight_decay", 0.3), ("nesterov", True)]
)
def test_a_changed_option_of_the_optimizer_is_noticed(name, value):
    run, captured = captured_run(momentum=0.9)
    then = run.optimizer.param_groups[0][name]
    run.optimizer.param_groups[0][name] = value
    before = run.weights()
    with pytest.raises(tg.cuda.CaptureError, match=rf"{name} is {value} now, but was {then} when"):
        captured(*batch())
    assert run.weights() == before
    again = tg.cuda.graph(run.step)
    for x, y in batches():
        again(x, y)
    run.optimizer.param_groups[0][name] = then
    captured(*batch())


def test_moved_parameters_are_noticed():
    run, captured = captured_run()
    run.model.to("cpu").to("gpu")
    with pytest.raises(tg.cuda.CaptureError, match=r"shape \(5, 4\).*other memory.*model\.to"):
        captured(*batch())


def test_a_loaded_optimizer_is_noticed_and_a_loaded_model_is_used():
    run, captured = captured_run(momentum=0.9)
    fresh = Run(momentum=0.9)
    run.model.load_state_dict(fresh.model.state_dict())  # into the memory that is there
    assert captured(*batch()).item() == fresh.step(*batch()).item()
    run.optimizer.load_state_dict(fresh.optimizer.state_dict())
    with pytest.raises(tg.cuda.CaptureError, match=r"optimizer\.load_state_dict"):
        captured(*batch())


def test_weights_changed_outside_between_two_calls_are_used():
    run, eager = Run(), Run()
    captured = tg.cuda.graph(run.step)
    for x, y in batches():
        assert captured(x, y).item() == eager.step(x, y).item()
        for one in (run, eager):
            with tg.no_grad():
                for p in one.model.parameters():
                    p.mul_(0.5)
    assert run.weights() == eager.weights()


# ----------------------------------------------------------------------------------------- the rest


def test_a_call_moves_nothing_between_host_and_device():
    _, captured = captured_run(momentum=0.9)
    x, y = batch()
    before = dict(cupy.transfers)
    captured(x, y)
    assert cupy.transfers == before


def test_what_comes_before_is_as_before():
    # A capture that is the first to need a constant must not leave it behind, still unwritten.
    from tinygrad_lr import autograd

    autograd._ones.clear()
    w = tg.tensor([1.0, 2.0], device="gpu", requires_grad=True)

    calls = []

    def step(x):
        calls.append(1)
        if len(calls) == 1:
            return x
        w.grad = None
        (w * x).sum().backward()
        return w.grad * 1.0

    captured = tg.cuda.graph(step)
    x = tg.tensor([3.0, 4.0], device="gpu")
    captured(x), captured(x)
    (w * w).sum().backward()
    assert autograd._ones


def test_a_double_that_computes_while_it_captures_would_be_noticed():
    x = tg.zeros(3, device="gpu")
    stream = cupy.cuda.Stream(non_blocking=True)
    with stream:
        stream.begin_capture()
        x.array[...] = 1.0
        made = x.array + 1.0
        kernels.sgd(x.array, x.array, 0.5, 0.0)
        graph = stream.end_capture()
    assert x.tolist() == [0.0, 0.0, 0.0]
    assert np.isnan(made.get()).all()
    graph.launch()
    assert x.tolist() == [0.5, 0.5, 0.5]
    assert made.tolist() == [2.0, 2.0, 2.0]
