"""What all tests share: this project's own packages, and a Prefect that no user's settings reach."""

import os
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings

from flows import environment

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "tests"))  # makers

# The same examples every time: a failure that comes and goes teaches people to run the tests again.
settings.register_profile("house", derandomize=True, deadline=None)
settings.load_profile("house")

environment.prepare()
os.environ.pop("PREFECT_API_URL", None)


@pytest.fixture(scope="session")
def prefect_server() -> Iterator[None]:
    """One embedded Prefect server with a database of its own, for all flow tests of the session."""
    from prefect.testing.utilities import prefect_test_harness

    with prefect_test_harness(server_startup_timeout=120):
        yield


@pytest.fixture(scope="session")
def real_data() -> Path:
    """The folder of unpacked real data sets; tests that need it are skipped where it is not named."""
    folder = os.environ.get("MATCHSET_REAL_DATA")
    if not folder:
        pytest.skip("MATCHSET_REAL_DATA does not name a folder with the real data sets")
    return Path(folder)
