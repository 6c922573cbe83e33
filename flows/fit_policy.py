"""Fit a noise policy and prove it, and publish nothing: the first part of the main job, alone."""

import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from prefect import flow

from flows.build_dataset import fit_and_prove
from flows.fitted_place import POLICY, fitted_folder
from flows.places import insist_on_places
from flows.runners import find_runner
from tasks.catalog.store import find_store, open_store
from tasks.config.dataset import DatasetConfig
from tasks.config.load import load_config, with_secrets
from tasks.modalities.proof import PROOF

CHOICE = "choice.parquet"


@dataclass(frozen=True)
class Settled:
    """A policy, and what is known of it.

    Parameters
    ----------
    folder : Path
        Holds `policy.yaml`; `choice.parquet`, where candidates were compared; and `proof.parquet`.
    fit : dict
        The facts of `tasks.fit_noise.fit_noise`.
    targets : int
        Target records in train that it could be fitted to.
    """

    folder: Path
    fit: dict[str, Any]
    targets: int


@flow(name="fit-policy", task_runner=find_runner("threads"))
def fit_policy(config: DatasetConfig | str) -> Settled:
    """Fit a policy as a build would, prove it on dev, and leave both in the store's work folder.

    Parameters
    ----------
    config : DatasetConfig or str
        The configuration, or the path of its file. Whatever policy it names, one is fitted.

    Returns
    -------
    Settled

    Raises
    ------
    PolicyError
        When there is too little to fit to.
    MatchsetError
        When an input, the configuration or the store cannot be used.

    Notes
    -----
    No version is published and no ledger changes. A build of the same configuration afterwards goes on from here:
    nothing is computed twice.
    """
    settings = with_secrets(config if isinstance(config, DatasetConfig) else load_config(Path(config)))
    settings = settings.model_copy(update={"synthesis": settings.synthesis.model_copy(update={"policy": "fitted"})})
    insist_on_places(settings)
    with open_store(find_store(settings.store, settings.work), settings.name) as store:
        fitted = fit_and_prove(settings, store)
        folder = fitted_folder(store)
        folder.mkdir(parents=True, exist_ok=True)
        for made, name in ((fitted.policy, CHOICE), (fitted.proof, PROOF), (fitted.policy, POLICY)):
            (folder / name).unlink(missing_ok=True)
            if name in made.names:
                shutil.copyfile(made.ref(name).path, folder / name)
        targets = sum(count for name, count in fitted.plan.facts["targets"].items() if name.startswith("train/"))
        return Settled(folder, fitted.policy.facts, targets)
