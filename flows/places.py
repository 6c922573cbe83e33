"""What a build will read: `check` and `build` alike tell what is missing before anything is read or written."""

from flows.plan_embeddings import insist_on_embeddings
from tasks.catalog.labels import configured_labels
from tasks.catalog.store import check_identity, find_store
from tasks.config.dataset import DatasetConfig
from tasks.errors import StoreError
from tasks.noise.named import named_policy
from tasks.noise.recordings import insist_on_recordings
from tasks.sources.kinds import insist_on_input


def insist_on_places(config: DatasetConfig) -> None:
    """Refuse a configuration that names a policy, an input or recordings that are not there.

    Parameters
    ----------
    config : DatasetConfig
        With the environment's values in it.

    Raises
    ------
    PolicyError
        When the policy that is named is missing or wrong.
    ConfigError
        When a table lacks a column that is named, or no module has the name of a function's.
    InputError
        When an input, a table of vectors or a folder of recordings is missing or may not be read.
    """
    named_policy(config.synthesis, config.modality)
    insist_on_recordings(config.synthesis)
    insist_on_embeddings(config)
    labels = configured_labels(config.inputs)
    for source in config.inputs:
        insist_on_input(source, modality=config.modality, labels=labels)


def insist_on_version(config: DatasetConfig) -> None:
    """Refuse to draw dev and test anew where they have not been drawn.

    Parameters
    ----------
    config : DatasetConfig
        With the environment's values in it.

    Raises
    ------
    StoreError
        When the store has no version, or is another data set's.
    """
    store = find_store(config.store, config.work)
    store.refresh()
    check_identity(store, config.name)
    if store.current_version() is None:
        raise StoreError(
            f"store: {store.place} holds no version, so there is no dev or test to draw anew. "
            "Build the first one: matchset build CONFIG"
        )
