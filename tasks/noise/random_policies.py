"""The mixture of all random policies inside the bounds: noise that knows nothing of any target."""

from tasks.noise.bounds import Parameter
from tasks.noise.magnitude import Magnitude
from tasks.noise.modalities import BOUNDS, NEEDS
from tasks.noise.policy import Operation, Policy

OPERATIONS = 6.0
"""Operations that a record undergoes on average, but no operation more than half of the records. On other
writers' digits 3, 6 and 10 operations left errors of 37, 28 and 30 %."""
SHARE = 0.5


def random_mixture(modality: str) -> Policy:
    """Return the mixture of all random policies: each record undergoes a few operations of any strength.

    Parameters
    ----------
    modality : {"image", "audio", "tabular"}

    Returns
    -------
    Policy
        Every operation that needs no material of the user's, at one probability, its magnitudes uniform over the whole
        of their bounds.

    Notes
    -----
    A mixture of infinitely many random policies is itself a policy, since a record never tells which of them it was
    drawn by: it can be written to `policy.yaml`, drawn, recorded and applied as any other.

    References
    ----------
    Tobin et al. (2017), Domain randomization for transferring deep neural networks from simulation to the real world.
    """
    needing = NEEDS.get(modality, {})
    known = {name: bounds for name, bounds in BOUNDS[modality].items() if name not in needing}
    chance = round(min(OPERATIONS / len(known), SHARE), 3)
    operations = tuple(
        Operation(
            name=name,
            probability=chance,
            magnitudes={key: _anywhere(limits) for key, limits in bounds.parameters.items()},
        )
        for name, bounds in known.items()
    )
    return Policy.model_validate({"modality": modality, "operations": operations})


def _anywhere(limits: Parameter) -> Magnitude:
    ends = (limits.low, limits.high)
    return Magnitude(log_uniform=ends) if limits.spacing == "log" else Magnitude(uniform=ends)
