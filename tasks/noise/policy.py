"""A noise policy: which operations, how often, how strong; read from and written to YAML."""

import json
from importlib import resources
from pathlib import Path
from typing import Annotated, Any, Literal

import yaml
from pydantic import Field, ValidationError, model_validator

from tasks.config.section import Section, did_you_mean
from tasks.errors import PolicyError
from tasks.noise.magnitude import Magnitude
from tasks.noise.modalities import BOUNDS

Modality = Literal["image", "audio", "tabular"]


class Operation(Section):
    """One operation of a policy."""

    name: str
    """Which operation; `tasks/noise/*_bounds.py` lists them."""
    probability: Annotated[float, Field(ge=0, le=1)]
    """The share of synthetic records that undergo it."""
    magnitudes: Annotated[dict[str, Magnitude], Field(min_length=1)]
    """How strong it is; a magnitude that is left out stays neutral."""
    shares: Annotated[dict[str, Annotated[float, Field(ge=0, le=1)]], Field(min_length=1)] | None = None
    """Of recorded noise: folder of `synthesis.noise` -> which share of the noisy records hears it; a folder that is not
    named is not heard. Without it every recording is heard as often as any other."""


class Policy(Section):
    """What is done to make synthetic records; operations are applied in the order of `BOUNDS`, not of the list."""

    modality: Modality
    operations: tuple[Operation, ...] = ()

    @model_validator(mode="after")
    def _inside_bounds(self) -> "Policy":
        known = BOUNDS[self.modality]
        seen: set[str] = set()
        for place, operation in enumerate(self.operations):
            where = f"operations[{place}]"
            if operation.name not in known:
                raise ValueError(
                    f"{where}.name: found {operation.name!r}, not an operation on {self.modality} records"
                    + did_you_mean(operation.name, list(known))
                )
            if operation.name in seen:
                raise ValueError(f"{where}.name: found {operation.name!r} twice, allowed: once a policy")
            seen.add(operation.name)
            if operation.shares is not None and (self.modality, operation.name) != ("audio", "noise"):
                raise ValueError(f"{where}.shares: only noise on audio has folders to share it out among. Take it out")
            if operation.shares is not None and not any(operation.shares.values()):
                raise ValueError(f"{where}.shares: found 0 everywhere, allowed: above 0 for one folder at least")
            parameters = known[operation.name].parameters
            for name, magnitude in operation.magnitudes.items():
                key = f"{where}.magnitudes.{name}"
                if name not in parameters:
                    raise ValueError(
                        f"{key}: not a magnitude of {operation.name}" + did_you_mean(name, list(parameters))
                    )
                if magnitude.outside(parameters[name]):
                    bounds = parameters[name]
                    raise ValueError(
                        f"{key}.{magnitude.name}: found {list(magnitude.pair)}, allowed {bounds.allowed} ({bounds.why})"
                    )
        return self

    def operation(self, name: str) -> Operation | None:
        """Return the operation of that name, if the policy has it."""
        return next((operation for operation in self.operations if operation.name == name), None)


def load_policy(path: str | Path) -> Policy:
    """Read a policy from a YAML file.

    Parameters
    ----------
    path : str or Path

    Returns
    -------
    Policy

    Raises
    ------
    PolicyError
        Naming the file, the key, what was found and what is allowed.
    """
    try:
        text = Path(path).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise PolicyError(
            f"{path}: the policy cannot be read: {error}. Give `fitted`, `default`, `none` or a YAML file"
        ) from error
    return parse_policy(text, str(path))


def parse_policy(text: str, where: str) -> Policy:
    """Read a policy from YAML text; `where` names it in errors.

    Raises
    ------
    PolicyError
    """
    try:
        given = yaml.safe_load(text)
    except yaml.YAMLError as error:
        raise PolicyError(f"{where}: not YAML: {error}") from error
    if not isinstance(given, dict):
        raise PolicyError(f"{where}: found {type(given).__name__}, allowed: `modality: ...` and `operations: [...]`")
    try:
        return Policy.model_validate(given)
    except ValidationError as error:
        raise PolicyError("\n".join(f"{where}: {line}" for line in _explain(error))) from error


def _explain(error: ValidationError) -> list[str]:
    lines = []
    for found in error.errors():
        key = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in found["loc"]).lstrip(".")
        message = found["msg"].removeprefix("Value error, ")
        shown = found["input"] if isinstance(found["input"], str | int | float | bool | None) else None
        if found["type"] not in ("value_error", "missing") and shown is not None:
            message += f", found {shown!r}"
        lines.append(f"{key}: {message}" if key else message)
    return lines


def default_policy(modality: str) -> Policy:
    """Return the generic policy of a modality; the file `default_<modality>.yaml` gives a reason for each choice.

    Raises
    ------
    PolicyError
        For a modality that does not exist.
    """
    if modality not in BOUNDS:
        raise PolicyError(f"modality: found {modality!r}{did_you_mean(modality, list(BOUNDS))}")
    file = resources.files("tasks.noise") / f"default_{modality}.yaml"
    return parse_policy(file.read_text(encoding="utf-8"), f"default_{modality}.yaml")


def dump_policy(policy: Policy) -> str:
    """Write a policy as YAML that `load_policy` reads back; comments name each operation and its bounds."""
    known = BOUNDS[policy.modality]
    lines = [
        "# A noise policy. `probability`: the share of synthetic records that undergo an operation; `magnitudes`: how",
        "# strongly, as normal: [mean, sd], uniform: [low, high] or log_uniform: [low, high]; hard bounds beside it.",
        f"modality: {policy.modality}",
    ]
    if not policy.operations:
        return "\n".join([*lines, "operations: []", ""])
    lines.append("operations:")
    for operation in policy.operations:
        bounds = known[operation.name]
        lines += [
            f"# {bounds.doc}",
            f"- name: {operation.name}",
            f"  probability: {_yaml(operation.probability)}",
            *([f"  shares: {json.dumps(operation.shares)}"] if operation.shares else []),
            "  magnitudes:",
        ]
        for name, magnitude in operation.magnitudes.items():
            pair = ", ".join(_yaml(value) for value in magnitude.pair)
            lines.append(f"    {name}: {{{magnitude.name}: [{pair}]}}  # {bounds.parameters[name].allowed}")
    return "\n".join([*lines, ""])


def _yaml(value: float) -> str:
    """Write a number so that every reader of YAML takes it for one: 1.0e-05, never 1e-05, which some take for text."""
    text = repr(int(value) if value == int(value) and abs(value) < 1e15 else value)
    return text.replace("e", ".0e") if "e" in text and "." not in text else text


def scaled(policy: Policy, severity: float) -> Policy:
    """Return the policy with every magnitude nearer to (below 1) or farther from (above 1) doing nothing.

    Parameters
    ----------
    policy : Policy
    severity : float
        0: identity. 1: the policy itself. 2: twice as far, inside the bounds.

    Returns
    -------
    Policy

    Raises
    ------
    PolicyError
        For a severity that is negative or not a number.

    Notes
    -----
    Severity 0 is the identity: no operation is ever drawn, since some (JPEG, noise at an SNR) have no setting that
    changes nothing.
    """
    if not 0 <= severity < float("inf"):
        raise PolicyError(f"severity: found {severity!r}, allowed: 0 or more")
    if severity == 0:
        return policy.model_copy(
            update={"operations": tuple(o.model_copy(update={"probability": 0.0}) for o in policy.operations)}
        )
    known = BOUNDS[policy.modality]

    def change(operation: Operation) -> Operation:
        moved: dict[str, Any] = {
            name: magnitude.scaled(severity, known[operation.name].parameters[name])
            for name, magnitude in operation.magnitudes.items()
        }
        return operation.model_copy(update={"magnitudes": moved})

    return policy.model_copy(update={"operations": tuple(change(operation) for operation in policy.operations)})
