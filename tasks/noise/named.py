"""The policy that a configuration names: by a word, or a file that a user wrote."""

from pathlib import Path
from typing import get_args

from tasks.config.section import did_you_mean
from tasks.config.synthesis import PolicyWord, Synthesis
from tasks.errors import PolicyError
from tasks.noise.modalities import NEEDS
from tasks.noise.policy import Policy, default_policy, load_policy


def named_policy(synthesis: Synthesis, modality: str) -> Policy | None:
    """Return the policy that a configuration names, or None where it has to be fitted first.

    Parameters
    ----------
    synthesis : Synthesis
    modality : {"image", "audio", "tabular"}

    Raises
    ------
    PolicyError
        When the file is missing, wrong, for another modality, or needs what the configuration has not; the earlier it
        is asked for, the less is built in vain.
    """
    name = synthesis.policy
    if name == "fitted":
        return None
    if name == "none":
        return Policy.model_validate({"modality": modality})
    if name == "default":
        return default_policy(modality)
    path = Path(name)
    if not path.exists():
        words = list(get_args(PolicyWord))
        raise PolicyError(
            f"synthesis.policy: there is no policy file {path}. Name a YAML file or one of {', '.join(words)}"
            + did_you_mean(path.name, words)
        )
    policy = load_policy(path)
    if policy.modality != modality:
        raise PolicyError(
            f"{path}: modality: found {policy.modality!r}, but the data set's modality is {modality!r}. "
            "Name a policy for it in synthesis.policy"
        )
    for operation, section in NEEDS.get(modality, {}).items():
        if policy.operation(operation) and not getattr(synthesis, section):
            raise PolicyError(
                f"{path}: operation {operation} needs synthesis.{section}, which names nothing. Name a folder there, "
                "or take the operation out of the policy"
            )
    return policy
