"""What an optimizer is given, put into one form and checked: parameters, groups, states.

All errors begin with the name of the optimizer, `of`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, TypeAlias

from ..device import Array
from ..errors import ShapeError
from ..graph import Value
from ..tensor import Tensor
from ..warned import warn
from .options import NUMBERS, PAIRS, Group, Options


class _Required:
    def __repr__(self) -> str:
        return "<required parameter>"


required: _Required = _Required()  # as a default: each group has to have a value of its own

Params: TypeAlias = Iterable[Tensor] | Iterable[tuple[str, Tensor]] | Iterable[Options]


# ------------------------------------------------------------------------------ groups, parameters


def groups_in(of: str, params: object) -> list[Any]:
    """The groups in `params`, as an optimizer is given them."""
    if isinstance(params, Value):
        raise TypeError(f"{of}: expected an iterable of Tensors, got one Tensor; write [tensor]")
    if not isinstance(params, Iterable):
        raise TypeError(
            f"{of}: expected an iterable of Tensors, got {type(params).__name__}; for a model pass "
            "model.parameters()"
        )
    if isinstance(params, dict):
        raise TypeError(
            f"{of}: expected an iterable of Tensors, got a dict; pass model.parameters(), or a "
            "list of groups [{'params': ...}]"
        )
    given = list(params)
    return given if given and isinstance(given[0], dict) else [{"params": given}]


def group_of(of: str, group: object, defaults: Options) -> Group:
    """One group, as an optimizer is given it, with `defaults` for the options left out."""
    if not isinstance(group, dict):
        raise TypeError(
            f"{of}: expected groups {{'params': ...}} only, got {type(group).__name__} beside them"
        )
    if "params" not in group:
        raise ValueError(f"{of}: a group needs 'params', this one has {sorted(group)}")
    for name in set(group) - {*defaults, "params"}:
        if _is_misspelt(str(name), defaults):
            raise ValueError(f"{of}: a group has no option {name!r};\nit has {sorted(defaults)}")
    params = _listed(of, group["params"])
    pairs = [p for p in params if isinstance(p, tuple) and len(p) == 2]
    made = {**group, "params": params}
    if pairs:
        if len(pairs) < len(params):
            raise ValueError(f"{of}: either all parameters have a name, or none has")
        made["params"] = [parameter for _, parameter in pairs]
        made["param_names"] = [name for name, _ in pairs]
    made |= {name: value for name, value in defaults.items() if name not in made}
    for name, value in made.items():
        if value is required:
            raise ValueError(
                "parameter group didn't specify a value of required optimization parameter " + name
            )
    return Group(made)


def _is_misspelt(name: str, defaults: Options) -> bool:
    """Whether `name` seems to mean one of the options. (Names of one's own are kept.)"""
    from difflib import get_close_matches  # rarely needed, and Python is slow to import it

    return name == "learning_rate" or bool(get_close_matches(name, list(defaults), 1, 0.85))


def _listed(of: str, params: object) -> list[Any]:
    """The "params" of a group, one Tensor or several, as a list; what is in it is checked later."""
    if isinstance(params, Value):
        return [params]
    if isinstance(params, (set, frozenset)):
        raise TypeError(
            f"{of}: the 'params' of a group are numbered in their order, and a set has none; pass "
            "a list"
        )
    if not isinstance(params, Iterable):
        raise TypeError(
            f"{of}: the 'params' of a group must be Tensors, got {type(params).__name__}; for a "
            "model pass model.parameters()"
        )
    return list(params)


def check_any_moves(of: str, groups: Sequence[Group]) -> None:
    """Raise ValueError if there is no parameter, or none that requires grad."""
    parameters = [parameter for group in groups for parameter in group["params"]]
    if not parameters:
        raise ValueError(
            f"{of}: got no parameters to optimize; was model.parameters() already used up, or does "
            "the model keep its modules in a plain list? (use Sequential)"
        )
    if not any(parameter.requires_grad for parameter in parameters):
        raise ValueError(
            f"{of}: parameter 0 does not require grad, nor does any other, so nothing would ever "
            "change; make them with requires_grad=True"
        )


def check_parameters(of: str, known: Sequence[Tensor], new: Sequence[Any]) -> None:
    """Raise TypeError or ValueError if one of the `new` is no leaf, or is given twice."""
    for i, parameter in enumerate(new, len(known)):
        _check_parameter(of, i, parameter)
    every = [*known, *new]
    if len(set(every)) != len(every):
        i = next(i for i, parameter in enumerate(every) if parameter in {*every[:i]})
        raise ValueError(f"{of}: parameter {i} is given twice, and would move twice; give it once")


def _check_parameter(of: str, i: int, parameter: object) -> None:
    """Raise TypeError or ValueError unless `parameter` is a leaf Tensor."""
    if not isinstance(parameter, Tensor):
        raise TypeError(
            f"{of}: parameter {i} must be a Tensor, got {type(parameter).__name__}; for a model "
            "pass model.parameters()"
        )
    if not parameter.is_leaf:
        raise ValueError(
            f"{of}: parameter {i} is no leaf, it was computed by {parameter.grad_fn};\n"
            "optimize the tensor it was computed from (to move one, use parameter.data = "
            "parameter.data.to(...))"
        )


def check_names(of: str, groups: Sequence[Group]) -> None:
    """Raise ValueError if some of the `groups` have names of their parameters, and others none."""
    if len({"param_names" in group for group in groups}) > 1:
        raise ValueError(f"{of}: either all groups have names of their parameters, or none has")


# ------------------------------------------------------------------------------------------- a step


def warn_if_nothing_moves(of: str, groups: Sequence[Group]) -> None:
    """Warn whoever calls step() if no parameter has a gradient."""
    parameters = [p for group in groups for p in dict.__getitem__(group, "params")]
    if all(parameter._grad is None for parameter in parameters):
        warn(
            f"{of}.step(): no parameter has a gradient, so nothing changed; call loss.backward() "
            "first, and make sure that the loss was computed from these parameters (not from "
            "copies of them, nor under no_grad)",
            UserWarning,
        )


def check_writeable(of: str, parameters: Sequence[Tensor]) -> None:
    """Raise RuntimeError if one that has a gradient cannot be written to."""
    for parameter in parameters:
        p = parameter.array
        if parameter._grad is not None and not getattr(p.flags, "writeable", True):
            raise RuntimeError(
                f"{of}.step: a parameter of shape {p.shape} is in read-only memory (an expanded "
                "tensor, or an array that somebody else protects);\n"
                "give it memory of its own: parameter.data = parameter.data.clone()"
            ) from None


def misfit(of: str, p: Array, grad: Array) -> ShapeError:
    """The error for a gradient that does not have its parameter's shape."""
    return ShapeError(
        f"{of}.step: a parameter has shape {p.shape}, its gradient {grad.shape}; call zero_grad() "
        "after replacing its data"
    )


def outgrown(of: str, p: Array, kept: Array) -> ShapeError:
    """The error for what is kept of a parameter that had another shape."""
    return ShapeError(
        f"{of}.step: a parameter has shape {p.shape}, and in earlier steps had {kept.shape}; make "
        "a new optimizer after replacing its data"
    )


# ------------------------------------------------------------------------------------------ a state


def parts_of(of: str, state_dict: Any, defaults: Options) -> tuple[list[Options], dict[Any, Any]]:
    """The groups and the state in `state_dict`, which may be anything: ValueError then.

    The keys of the state are whatever int() makes numbers of.
    """
    needed = {name for name in defaults if name in NUMBERS or name in PAIRS}
    try:
        groups, state = state_dict["param_groups"], state_dict["state"]
        whole = all(set(group) >= {"params", *needed} for group in groups)
        whole = whole and all(int(n) >= 0 for group in groups for n in group["params"])
        whole = whole and all(isinstance(entry, Mapping) for entry in state.values())
        whole = whole and all(int(number) >= 0 for number in state)
    except (KeyError, TypeError, AttributeError, IndexError, ValueError, OverflowError):
        whole = False
    if not whole:
        raise ValueError(
            f"{of}.load_state_dict: expected what {of}.state_dict() gives: 'param_groups', each "
            f"with {sorted(['params', *needed])}, and 'state', with what is kept of each "
            "parameter;\n"
            "nothing was loaded"
        )
    return groups, state


def check_sizes(of: str, groups: Sequence[Options], loaded: Sequence[Options]) -> None:
    """Raise ValueError if the groups of a state have other numbers of parameters."""
    ours, theirs = ([len(group["params"]) for group in some] for some in (groups, loaded))
    if ours != theirs:
        raise ValueError(
            f"{of}.load_state_dict: this optimizer has groups of {ours} parameters, the state has "
            f"{theirs}; nothing was loaded"
        )


def check_entry(
    of: str, number: object, entry: Options, parameter: Tensor | None, keeps: Sequence[str]
) -> None:
    """Raise ValueError unless the `entry` of a state is of a parameter of this shape.

    What `keeps` names are Tensors of its shape; "step" is a number, in a Tensor or not.
    """
    if parameter is None:
        raise ValueError(
            f"{of}.load_state_dict: the state has something of parameter {number}, which does not "
            "exist; nothing was loaded"
        )
    for name in [name for name in keeps if name in entry]:
        value, wanted = entry[name], () if name == "step" else parameter.shape
        is_number = name == "step" and isinstance(value, (int, float))
        shape = () if is_number else getattr(value, "shape", None)
        if shape is None or tuple(shape) != wanted:
            what = "is no Tensor" if shape is None else f"has shape {tuple(shape)}"
            raise ValueError(
                f"{of}.load_state_dict: the {name} of parameter {number} {what}, the parameter has "
                f"{parameter.shape}; nothing was loaded"
            )


def loaded(group: Options, state: Options, defaults: Options) -> Options:
    """What a group of an optimizer becomes when it is given the `state` of one."""
    kept = {"param_names": group["param_names"]} if "param_names" in group else {}
    kept |= dict(defaults)  # which the state of an older version may lack
    missing = {name: value for name, value in kept.items() if name not in state}
    return dict(Group({**state, **missing, "params": group["params"]}))
