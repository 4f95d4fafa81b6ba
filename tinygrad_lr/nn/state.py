"""The state of a module: its parameters and buffers by name, and how they are put back."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from ..creation import as_tensor
from ..device import is_array
from ..errors import ShapeError
from ..tensor import Tensor
from .parameter import Parameter, UninitializedParameter

# By these a class of PyTorch's says what else its state is. Here nobody calls them.
NOT_CALLED = ("get_extra_state", "set_extra_state", "_save_to_state_dict", "_load_from_state_dict")


class _IncompatibleKeys(NamedTuple):
    """Which names load_state_dict() has not found in the state, and which not in the model."""

    missing_keys: list[str]
    unexpected_keys: list[str]

    def __repr__(self) -> str:
        if not self.missing_keys and not self.unexpected_keys:
            return "<All keys matched successfully>"
        missing, unexpected = self
        return f"_IncompatibleKeys(missing_keys={missing}, unexpected_keys={unexpected})"


class Place(NamedTuple):
    """Where a module holds a parameter or a buffer."""

    module: Any
    name: str
    value: Tensor


def places(module: Any) -> Iterator[tuple[str, Place]]:
    """All that belongs to the state of `module`, by each of its dotted names.

    Of each module its parameters, then its buffers that are persistent. NotImplementedError for a
    class that has more to say of its state.
    """
    for path, part in module.named_modules(remove_duplicate=False):
        for name in NOT_CALLED:
            if hasattr(type(part), name):
                raise NotImplementedError(
                    f"{type(part).__name__}.{name} is not called here: the state of a module is "
                    "its parameters and buffers;\nkeep what belongs to it in a buffer, by "
                    "register_buffer(name, tensor)"
                )
        transient = part.__dict__.get("_non_persistent_buffers_set", ())
        buffers = [(name, value) for name, value in part._own(Tensor) if name not in transient]
        for name, value in [*part._own(Parameter), *buffers]:
            yield (path + "." if path else "") + name, Place(part, name, value)


def load(
    module: Any, state_dict: Mapping[str, Tensor], strict: bool, assign: bool
) -> _IncompatibleKeys:
    """See Module.load_state_dict."""
    if not isinstance(state_dict, Mapping):
        raise TypeError(
            "load_state_dict: expected a dict of names and Tensors, as state_dict() gives, got "
            f"{type(state_dict).__name__}"
        )
    own = dict(places(module))
    state_dict = {name: _as_ours(value) for name, value in state_dict.items()}
    missing = [name for name in own if name not in state_dict]
    unexpected = _in_order(module, [name for name in state_dict if name not in own])
    shared = [name for name in own if name in state_dict]
    problems = [_problem(name, state_dict[name], own[name].value, assign) for name in shared]
    if strict:
        problems = [_listed("Missing", missing), _listed("Unexpected", unexpected), *problems]
    if any(problems):
        lines = [f"Error(s) in loading state_dict for {type(module).__name__}:", *problems]
        raise ShapeError("\n\t".join(line for line in lines if line).rstrip())
    for name in shared:
        _put(own[name], state_dict[name], assign)
    return _IncompatibleKeys(missing, unexpected)


def _as_ours(value: Any) -> Any:
    """A tensor of another library (PyTorch's state_dict() holds some) as a Tensor on its memory."""
    if isinstance(value, Tensor) or is_array(value) or not hasattr(value, "__dlpack__"):
        return value
    return as_tensor(value.detach() if hasattr(value, "detach") else value)


def _put(place: Place, value: Tensor, assign: bool) -> None:
    """Copy `value` to its place; or, with `assign`, let it be what stands there."""
    old = place.value
    if isinstance(old, UninitializedParameter) and not assign:
        old.materialize(value.shape)
    if not assign:
        old.data.copy_(value.detach())
    elif not isinstance(old, Parameter):
        setattr(place.module, place.name, value)
    else:
        new = value if isinstance(value, Parameter) else Parameter(value)
        setattr(place.module, place.name, new.requires_grad_(old.requires_grad))


def _listed(what: str, names: list[str]) -> str:
    """The line of the error about names that are missing, or unexpected; nothing if none are."""
    quoted = ", ".join(f'"{name}"' for name in names)
    return f"{what} key(s) in state_dict: {quoted}. " if names else ""


def _problem(name: str, value: Any, old: Tensor, assign: bool) -> str:
    """Why `value` cannot be loaded under this name, where `old` is now; nothing if it can."""
    if not isinstance(value, Tensor):
        kind = type(value)
        came = f"{kind.__name__} of {kind.__module__}".removesuffix(" of builtins")
        return (
            f'While copying the parameter named "{name}", expected a Tensor from the checkpoint, '
            f"but received a {came}; use tensor(...)"
        )
    if isinstance(old, UninitializedParameter):
        return ""
    if value.shape != old.shape:
        return (
            f"size mismatch for {name}: copying a param with shape {value.shape} from checkpoint, "
            f"the shape in current model is {old.shape}."
        )
    if not assign and not getattr(old.array.flags, "writeable", True):
        return f"{name}: the model's cannot be written in place"
    return ""


def _in_order(module: Any, names: list[str]) -> list[str]:
    """Names that are not in the model, module by module, in the order in which PyTorch meets them.

    A name belongs to the module that its beginning leads to, as far as it leads to one.
    """
    paths = [path for path, _ in module.named_modules(remove_duplicate=False)]
    order = {path: i for i, path in enumerate(paths)}

    def nearest(name: str) -> int:
        while name not in order:
            name = name.rpartition(".")[0]
        return order[name]

    return sorted(names, key=nearest)
