"""Policies drawn at random inside the bounds, and their mixture: noise that knows nothing of any target."""

import numpy as np

from tasks.noise.bounds import Parameter
from tasks.noise.magnitude import Magnitude
from tasks.noise.modalities import BOUNDS
from tasks.noise.policy import Operation, Policy

OPERATIONS = 6.0
"""Operations that a record undergoes on average, but no operation more than half of the records. On other
writers' digits 3, 6 and 10 operations left errors of 37, 28 and 30 %."""
SHARE = 0.5
FEWEST, MOST = 2, 5
"""Operations of a random policy."""
SPREAD = 0.15
"""Standard deviation of a random policy's magnitudes, as a share of the bounds: records of one camera differ little."""
RAREST = 0.4


def random_mixture(modality: str) -> Policy:
    """Return the mixture of all random policies: each record undergoes a few operations of any strength.

    Parameters
    ----------
    modality : {"image", "audio", "tabular"}

    Returns
    -------
    Policy
        Every operation, at one probability, its magnitudes uniform over the whole of their bounds.

    Notes
    -----
    A mixture of infinitely many random policies is itself a policy, since a record never tells which of them it was
    drawn by: it can be written to `policy.yaml`, drawn, recorded and applied as any other.

    References
    ----------
    Tobin et al. (2017), Domain randomization for transferring deep neural networks from simulation to the real world.
    """
    known = BOUNDS[modality]
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


def random_policy(modality: str, seed: int) -> Policy:
    """Draw a policy: some operations, each as strong as chance has it.

    Parameters
    ----------
    modality : {"image", "audio", "tabular"}
    seed : int

    Returns
    -------
    Policy
        FEWEST to MOST operations, all magnitudes inside the bounds. Same seed, same policy.
    """
    known = BOUNDS[modality]
    rng = np.random.default_rng([seed, 0xD1CE])
    count = min(int(rng.integers(FEWEST, MOST + 1)), len(known))
    names = [list(known)[place] for place in np.sort(rng.permutation(len(known))[:count])]
    operations = tuple(
        Operation(
            name=name,
            probability=round(float(rng.uniform(RAREST, 1)), 2),
            magnitudes={key: _somewhere(limits, rng) for key, limits in known[name].parameters.items()},
        )
        for name in names
    )
    return Policy.model_validate({"modality": modality, "operations": operations})


def _anywhere(limits: Parameter) -> Magnitude:
    ends = (limits.low, limits.high)
    return Magnitude(log_uniform=ends) if limits.spacing == "log" else Magnitude(uniform=ends)


def _somewhere(limits: Parameter, rng: np.random.Generator) -> Magnitude:
    at = float(_anywhere(limits).values(rng.random(1), limits)[0])
    return Magnitude(normal=(float(f"{at:.3g}"), float(f"{SPREAD * (limits.high - limits.low):.3g}")))
