"""The policy that a preview shows: by a word, a file, or the one that was fitted last."""

from pathlib import Path

from flows.fitted_place import POLICY, fitted_folder
from tasks.catalog.store import find_store
from tasks.config.dataset import DatasetConfig
from tasks.errors import PolicyError
from tasks.noise.named import named_policy
from tasks.noise.policy import Policy, load_policy


def policy_to_look_at(name: str | None, config: DatasetConfig) -> Policy:
    """Return a policy.

    Parameters
    ----------
    name : str, optional
        A file, whose path counts from the working directory, or a word; by default what the configuration names.
    config : DatasetConfig

    Raises
    ------
    PolicyError
        When the file is missing, wrong, or for another modality; or when nothing has been fitted yet.
    """
    synthesis = config.synthesis if name is None else config.synthesis.model_copy(update={"policy": name})
    policy = named_policy(synthesis, config.modality)
    return policy if policy is not None else _fitted(config)


def named(policy: str) -> str:
    """Return what a policy is called: its word, or its file's name."""
    return policy if policy in ("fitted", "default", "none") else Path(policy).name


def _fitted(config: DatasetConfig) -> Policy:
    """Return the policy that `matchset fit` left, or else that of the published version."""
    store = find_store(config.store, config.work)
    version = store.current_version()
    places = [fitted_folder(store) / POLICY]
    if version is not None:
        places.append(store.version_folder(version) / "synthesis" / POLICY)
    path = next((place for place in places if place.exists()), None)
    if path is None:
        raise PolicyError(
            f"{store.place} holds no fitted policy yet. Fit one (matchset fit CONFIG), or look at another one: "
            "--policy default"
        )
    return load_policy(path)
