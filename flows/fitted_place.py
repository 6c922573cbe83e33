"""Where `matchset fit` leaves a policy and what is known of it."""

from pathlib import Path

from tasks.catalog.store import Store

POLICY = "policy.yaml"


def fitted_folder(store: Store) -> Path:
    """Return the folder of the policy that was fitted last, which need not exist; with the work folder it may go."""
    return store.work / "fitted"
