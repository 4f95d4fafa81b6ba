"""PyTorch's samples of every operator whose name exists here, in seven dtypes, in both frameworks.

A call agrees if both frameworks refuse it, so that who catches PyTorch's error catches ours; or if
values, dtypes, shapes, requires_grad, the gradients of all tensors, and in float64 the second
gradients, are equal. (Where float16 or float32 has rounded them apart, what PyTorch gives in
float64 decides: ours may be twice as far from it as PyTorch's.) operator_samples.py makes the
calls: samples with and without elements and dimensions, contiguous and not, of mixed dtypes, and
wrong ones; as functions, methods, in place and as Python's operators. What does not agree is in one
of the tables below, with its reason.

The ordinary run makes two calls in each dtype, ``-m thorough`` all of them:
``pytest -n 0 -m thorough -s tests/test_operator_samples.py -k figures`` prints how many agree.
"""

from __future__ import annotations

import collections
import functools
import itertools
import random
import re
import warnings
from collections.abc import Iterator

import pytest
import torch
from operator_samples import DTYPES, INFOS, SPELLINGS, difference, samples, wrong_samples

# Each line: the operator ("" for any), and what is in the difference; and why it stays.

NOT_OFFERED = {
    ("embedding", r"max_norm, scale_grad_by_freq and sparse are not"): "they are for large tables",
}

ON_PURPOSE = {
    ("", r"works here, .* there: .*(got \(int, Tensor\)|Tensor, not int)"): (
        "a number may stand before the tensor"
    ),
    ("", r"holds integers from"): "integers that do not fit are refused, not wrapped",
    ("", r"(matmul|linear): cannot compute with booleans"): "there too, but of those with elements",
    ("softmax", r"needs floats, and this tensor is"): "the same",
    ("log_softmax", r"needs floats, and this tensor is"): "the same",
    ("softmin", r"needs floats, and this tensor is"): "the same",
    ("randn_like", r"draws floats, not"): "there only where there are elements",
    ("bernoulli", r"needs floats, and this tensor is"): "the same",
    ("normal", r"works here, .* must be float, not Tensor"): "tensors of no dimensions are numbers",
    ("pow", r"works here, .* there: Subtraction"): (
        "PyTorch's rule for a power that is a mask subtracts 1 from the mask, which it refuses"
    ),
    ("pow", r"^gradient: .*(inf|nan).* there"): (
        "in float16 PyTorch's rule overflows on the way to a gradient that float16 holds"
    ),
    ("__rpow__", r"integers cannot be raised to a negative power"): (
        "PyTorch gives 0, but refuses it where the exponent is a number"
    ),
    ("__rdiv__", r"value: "): "PyTorch multiplies by 1 / x, which it takes in the dtype of x",
    ("where", r"must be a bool Tensor, not uint8"): "which PyTorch warns of",
    ("hardtanh", r"min_val .* is greater than max_val"): "PyTorch's hardtanh_ does not look",
    ("hardsigmoid", r"^gradient: "): "in float64 PyTorch's sixth is one of float32",
    ("mse_loss", r"convert one with \.to"): "a target of another dtype is more often an oversight",
    ("topk", r"^value: \[[\d ]+\] here"): (
        "of equal elements the first is taken; in PyTorch it is not said which"
    ),
    ("kthvalue", r"^value: \[[\d ]+\] here"): "the same",
    ("kthvalue", r"cannot compute with booleans"): "there too, but for a single one",
    ("mode", r"^value: \[\d+\] here"): "the last of equal elements; there of 3000 it is another",
    ("sort", r"of 8000$"): "stable here; there not when there are many",
    ("argsort", r"of 8000$"): "the same",
    ("msort", r"of 8000$"): "the same, and the gradient goes there",
    ("logcumsumexp", r"gradient: .*, [12]?\d of 125$"): (
        "PyTorch takes the logarithm of g, and loses digits where that is near 0"
    ),
    ("cov", r"weights cannot be negative"): "to look at them is to wait, on a GPU",
    ("cumsum", r"result is int64"): "of one boolean; of more PyTorch refuses it too",
    ("cumprod", r"result is int64"): "the same",
    ("batch_norm", r"needs (floats, got|\(N, C\) or)"): (
        "PyTorch takes integers, and a vector, of no elements"
    ),
    ("dropout", r"needs floats, got"): "PyTorch takes integers, where all of them are left out",
    ("alpha_dropout", r"needs floats, got"): "the same",
    ("binary_cross_entropy_with_logits", r"^value: float\d+ .* here, float\d+ "): (
        "PyTorch gives the dtype of the target"
    ),
    ("soft_margin_loss", r"^(value|gradient|second gradient): "): (
        "PyTorch negates targets of uint8, which makes 255 of 1; and e^x overflows there"
    ),
    ("smooth_l1_loss", r"cannot compute with booleans"): "PyTorch refuses them in float64 only",
    ("poisson_nll_loss", r"^value: "): "PyTorch takes the logarithm of an integer in float32",
    ("poisson_nll_loss", r"^gradient: .*nan.* there"): "PyTorch masks it after the logarithm of 0",
    ("binary_cross_entropy", r"^second gradient: "): "PyTorch adds 1e-12 to what it divides by",
    ("normalize", r"^(second )?gradient: .*(inf|0\.0019|\[0\.\]).* there"): (
        "of one number it is 1 but for rounding; and in float16 PyTorch rounds, or overflows"
    ),
    ("linalg.norm", r"^second gradient: .*nan.* there"): "at 0 PyTorch's rule is 0 / 0",
    ("linalg.svd", r"^value: "): "a vector may have either sign: LAPACK's version decides",
    ("linalg.eigh", r"^value: "): "the same",
    ("linalg.matrix_rank", r"must be a finite number|is ambiguous"): "tolerances are numbers",
    ("linalg.pinv", r"^gradient: .* 0\. "): "of the half that is looked at; there of both",
    ("linalg.svdvals", "and this is float16"): "there too, but of no elements",
    ("linalg.pinv", "rtol must be a finite number"): "tolerances are numbers",
    ("argmax", r"does not support bool"): "where the first True is, is a question one asks",
    ("argmin", r"does not support bool"): "where the first False is, is a question one asks",
    ("", r"(beta|alpha) must be an integer for tensors of"): "0.2 times integers is 0 there",
    ("cdist", r"works here, .*not implemented"): "not in every dtype there",
    ("addbmm", r"addbmm_: the result .* cannot be stored"): "PyTorch makes the tensor larger",
    ("addr", r"works here, .*must have the same dtype"): "it takes most pairs of dtypes there too",
    ("tensordot", r"cannot compute with booleans"): "PyTorch refuses all but pairs of size 1",
    ("inner", r"cannot compute with booleans"): "there too, but of those that lie apart in memory",
    ("pad", r"works here, .*pad.d\" not implemented for 'Bool'"): "a mask has borders as well",
    ("", r"works here, .* there: the derivative for 'inplace version of"): (
        "acosh_ and its like have the gradient that acosh has"
    ),
    ("round", r"works here, .* there: \"round_vml_cpu\" not"): "special.round is round",
    ("float_power", r"works here, .* requires dtype Double"): "in place it stays what it is",
    ("atan2", r"^gradient: "): "PyTorch squares the uint8, which overflows",
    ("logaddexp", r"works here, .* there: Subtraction"): "and its rule subtracts a mask",
    ("logical_and", r"^gradient: "): "PyTorch hands it on, as if nothing had been written",
    ("logical_or", r"^gradient: "): "the same",
    ("logical_not", r"^gradient: "): "the same",
    ("", r"\(out=\): the result has shape"): "PyTorch warns, and gives out another shape",
    ("", r"works here, .*Expected out tensor to have dtype"): "it is cast, as in other functions",
    ("logical_xor", r"^gradient: "): "the same",
    ("logaddexp2", r"works here, .* there: Subtraction"): "the same",
}

OF_ZERO = {  # what rounding leaves of a gradient that is 0: the processor decides whether it shows
    ("cov", r"^gradient: .*, \d of 2$"): "for the weights of two observations",
    ("layer_norm", r"gradient: .*, 1 of [12]$"): "of so few",
    ("group_norm", r"^gradient: .*, 2 of 2$"): "the same",
}

ONLY_LONG = {  # what only PyTorch's larger set of samples, that of --long, has
    ("", r"no complex "): "there are no complex numbers",
    ("", r"no (torch.bfloat16|memory_format torch.channels_last_3d)"): "nor these",
    ("", r"expected a Tensor, got (int|float|bool)"): "one of the two must be a tensor",
    ("", r"works here, .*derivative for aten::remainder"): "of the second argument too",
    ("", r"^requires_grad: False here, True there"): "what eq_ and its like leave is a constant",
    ("index_copy", r"^gradient: \[0\. .* here"): "of several for one place the last one stays",
    ("xlogy", r"^value: "): "PyTorch rounds a number to float32",
    ("copysign", r"^second gradient: .*nan"): "of infinity or nan; at 0 PyTorch's rule is 0 / 0",
    ("atan2", r"^second gradient: .*nan.* there"): "at 0 PyTorch's rule is 0 / 0",
    ("float_power", r"^second gradient: .*nan.* there"): "at 0 PyTorch's rule is 0 * inf",
    ("sinc", r"^second gradient: "): "the same; and beside 0 what cancels is rounded",
    ("mish", r"^second gradient: .*nan.* there"): "far from 0 PyTorch's rule is inf / inf",
    ("softshrink", r"^gradient: .*\[0\. .* there"): "of nan, which has no gradient",
    ("hardshrink", r"^gradient: .*\[0\. .* there"): "the same",
    ("elu", r"^gradient: \[nan"): "the same",
    ("selu", r"^gradient: \[nan"): "the same",
    ("celu", r"^gradient: "): "the same; and in float64 PyTorch takes 1 / alpha in float32",
    ("prelu", r"^gradient: "): "the same",
    ("prelu", r"^second gradient: "): "at 0 PyTorch's second rule takes the slope 1, its first not",
    ("hardtanh", r"^gradient: \[0\."): "of nan, which has no gradient",
    ("relu6", r"^gradient: \[0\."): "the same",
    ("pow", r"integers cannot be raised to a negative power"): "as with __rpow__",
    ("pow", r"^second gradient: .*nan.* there"): "PyTorch's rule is 0 * inf at a base of 0",
    ("__rpow__", r"^second gradient: "): "the same; and at an exponent of 0 it leaves out 1 / base",
    ("__rdiv__", r"^gradient: "): "in float16 the one overflows or rounds where the other does not",
}

REASONS = NOT_OFFERED | ON_PURPOSE | OF_ZERO


def reason(name: str, found: str, long: bool) -> tuple[str, str] | None:
    """The line of the tables that explains what was found for an operator."""
    name = name.removeprefix("nn.functional.")
    for line in REASONS | ONLY_LONG if long else REASONS:
        if line[0] in ("", name) and re.search(line[1], found, re.DOTALL):
            return line
    return None


@pytest.fixture(scope="module", autouse=True)
def one_thread() -> Iterator[None]:
    """These arrays are small, and a second thread of PyTorch's waits for its turn in a loop."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(threads)


@functools.cache
def results(
    full_name: str, most: int | None = None, long: bool = False
) -> list[tuple[str, str, str | None]]:
    """Of calls of an operator: the dtype, what it was, and how the frameworks differ.

    All of them, or at `most` so many of each dtype, and of the wrong ones: the same each time.
    """
    info, out = INFOS[full_name], []
    drawn = random.Random(full_name)
    for name, dtype in [*DTYPES.items(), ("float32", None)]:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # PyTorch's, about how it makes them
            makers = samples(info, dtype, long) if dtype else wrong_samples(info)
            calls = list(itertools.product(makers, SPELLINGS[full_name]))
        for make, spelling in calls if most is None else drawn.sample(calls, min(most, len(calls))):
            if spelling.fits(call := make()):
                found = difference(info.name, spelling, call)
                out.append((name, f"{spelling.name} {call}", found))
    return out


def check_agreement(full_name: str, most: int | None = None, long: bool = False) -> None:
    name = INFOS[full_name].name
    differ = [(call, found) for _, call, found in results(full_name, most, long) if found]
    unexplained = [f"{call}\n  {found}" for call, found in differ if not reason(name, found, long)]
    assert not unexplained, f"{len(unexplained)} differ:\n" + "\n".join(unexplained[:20])


FEW = 2  # calls in each dtype, and wrong ones, in the ordinary run


@pytest.mark.parametrize("full_name", INFOS)
def test_some_samples_agree(full_name: str) -> None:
    check_agreement(full_name, most=FEW)


@pytest.mark.parametrize("full_name", ["nn.functional.hinge_embedding_loss", "addbmm"])
def test_the_samples_are_the_same_in_every_run(full_name: str) -> None:
    """Whatever Python's generator and PyTorch's have drawn before: a failure can be had again."""

    def drawn() -> list[str]:
        made = [make() for make in samples(INFOS[full_name], torch.float32)]
        return [f"{sample} {sample.tensors}" for sample in made]

    first = drawn()
    random.seed(1)
    torch.default_generator.manual_seed(1)
    assert drawn() == first


# ------------------------------------------------------------------------------------- all of them


@pytest.mark.thorough
@pytest.mark.parametrize("full_name", INFOS)
def test_all_samples_agree(full_name: str, long: bool) -> None:
    check_agreement(full_name, long=long)


LISTED = "the dtypes that PyTorch lists for the operator"


def counted(long: bool) -> dict[str, collections.Counter[str]]:
    """By dtype: how many calls agree, are not offered, and differ on purpose."""
    figures: dict[str, collections.Counter[str]] = collections.defaultdict(collections.Counter)
    for full_name, info in INFOS.items():
        for dtype, _, found in results(full_name, long=long):
            line = reason(info.name, found, long) if found else None
            what = "not offered" if line in NOT_OFFERED else "differ on purpose"
            figures[dtype][what if line else "agree"] += 1
            if DTYPES[dtype] in info.supported_dtypes("cpu"):
                figures[LISTED][what if line else "agree"] += 1
    return figures


@pytest.mark.thorough
def test_every_reason_is_needed(long: bool) -> None:
    needed = {
        reason(info.name, found, long)
        for full_name, info in INFOS.items()
        for _, _, found in results(full_name, long=long)
        if found
    }
    expected = NOT_OFFERED | ON_PURPOSE | (ONLY_LONG if long else {})
    stale = [line for line in expected if line not in needed]
    assert not stale, f"nothing differs so any more: {stale}"


@pytest.mark.thorough
def test_figures(long: bool) -> None:
    figures = counted(long)
    listed = figures.pop(LISTED)
    assert set(figures) == set(DTYPES)
    figures |= {"all dtypes": sum(figures.values(), collections.Counter()), LISTED: listed}
    for dtype, counts in figures.items():
        share = counts["agree"] / counts.total()
        print(f"{dtype}: {dict(counts)} of {counts.total()}, {share:.2%} agree")
    assert all(counts["agree"] > 0.97 * counts.total() for counts in figures.values())
    assert listed["agree"] >= 0.99 * listed.total() or long
