"""The project's own task: what it makes lies in the store under a key of its inputs and code, and is made once.

A key is the digest of the task's inputs (what other tasks made counts by its content; a user's file by its path, size
and time of change), of the configuration that it was handed, and of the code that it runs: the verb's own module and
the nouns that it names. What was made is found again by any later run on the store, whoever started it, and is used
only when every file still has the digest it was made with.
"""

import json
import os
import shutil
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
from prefect import Task, task
from prefect.cache_policies import NO_CACHE
from prefect.client.schemas.objects import State, TaskRun
from prefect.states import Completed
from pydantic import BaseModel

from tasks.catalog.atomic import scratch_folder, settle_folder
from tasks.catalog.digest import digest_code, digest_file, digest_value
from tasks.config.dataset import DatasetConfig
from tasks.workers import one_thread

MARKER = "done.json"
Fill = Callable[..., dict[str, Any]]


@dataclass(frozen=True)
class Ref:
    """One file that a task made: where it lies and what it holds."""

    path: Path
    digest: str


@dataclass(frozen=True)
class Made:
    """What a task made: a folder of files, and small facts that the next task or the report needs."""

    folder: Path
    files: dict[str, str]
    """File name -> digest."""
    facts: dict[str, Any]

    def ref(self, name: str) -> Ref:
        """Return one of the files."""
        return Ref(self.folder / name, self.files[name])

    def json(self, name: str) -> Any:
        """Read one of the files as JSON."""
        return json.loads(self.ref(name).path.read_text(encoding="utf-8"))

    @property
    def names(self) -> list[str]:
        """The names of the files, in order."""
        return sorted(self.files)

    def refs(self, prefix: str = "") -> list[Ref]:
        """Return the files whose name starts so, in order."""
        return [self.ref(name) for name in self.names if name.startswith(prefix)]


def store_task(
    *nouns: str, reads: tuple[str, ...] = (), always: bool = False, retries: int = 0
) -> Callable[[Fill], Task[..., Any]]:
    """Make a function that fills a folder into a Prefect task that runs once per distinct input.

    Parameters
    ----------
    *nouns : str
        Modules or packages that the function uses (`"tasks.descriptors"`); their code is part of the key.
    reads : tuple of str
        The sections of the configuration that it needs: only they are part of the key, and only they are handed over,
        as keyword arguments of these names.
    always : bool
        Run every time, for what reads the world outside of the store; what it makes is kept by its content.
    retries : int
        How often Prefect tries again; for verbs that read or write other people's disks.

    Returns
    -------
    callable
        A decorator. The function takes the folder to fill, then keyword arguments, and returns facts that JSON can
        say; the task takes the store's work folder and the configuration instead, and returns a `Made`.

    Notes
    -----
    The task's state is named Cached when nothing had to be made. Prefect's own cache is off: it would trust a result
    whose file is gone, and would not see a change in the code that a thin verb calls.
    """

    def decorate(fill: Fill) -> Task[..., Any]:
        verb = fill.__name__
        code = (fill.__module__, "tasks.caching", "tasks.catalog", *nouns)

        def run(work: Path, config: DatasetConfig, **inputs: Any) -> Made | State[Made]:
            one_thread()
            inputs |= {section: getattr(config, section) for section in reads}
            if always:
                return _make(work / verb, None, fill, inputs)
            key = digest_value([verb, digest_code(code), _plain(inputs)])
            if (made := _found(work / verb / key)) is not None:
                return Completed(name="Cached", message=f"made before: {key}", data=made)
            try:
                return _make(work / verb, key, fill, inputs)
            finally:
                pa.default_memory_pool().release_unused()  # the next task asks for other sizes

        run.__name__ = run.__qualname__ = verb
        run.__module__, run.__doc__ = fill.__module__, fill.__doc__
        return task(
            name=verb.replace("_", "-"),
            cache_policy=NO_CACHE,
            retries=retries,
            retry_delay_seconds=2,
            retry_condition_fn=_may_pass,
        )(run)

    return decorate


def _may_pass(task: Task[..., Any], run: TaskRun, state: State[Any]) -> bool:
    """Tell whether a failure may be gone in a moment: a disk that did not answer, not a configuration that is wrong."""
    try:
        state.result()
    except OSError:
        return True
    except Exception:  # whatever else it is, the same inputs will do it again
        return False
    return False


def forget_unused(work: Path, since: float) -> None:
    """Remove what no task has used since a moment (seconds since the epoch): scratch holds one build's worth."""
    for marker in work.glob(f"*/*/{MARKER}"):
        if marker.stat().st_mtime < since:
            shutil.rmtree(marker.parent)
    for aside in work.glob("*/.*.tmp"):
        shutil.rmtree(aside)


def _make(shelf: Path, key: str | None, fill: Fill, inputs: dict[str, Any]) -> Made:
    shelf.mkdir(parents=True, exist_ok=True)
    with scratch_folder(shelf) as aside:
        facts = fill(aside, **inputs)
        made = sorted(path for path in aside.rglob("*") if path.is_file())
        files = {path.relative_to(aside).as_posix(): digest_file(path) for path in made}
        marker = {"files": files, "facts": facts}
        (aside / MARKER).write_text(json.dumps(marker, sort_keys=True, allow_nan=False), encoding="utf-8")
        folder = shelf / (key or digest_value(marker))
        if (same := _found(folder)) is not None:
            return same  # another worker made it meanwhile, or it is what an earlier run found in the world
        if folder.exists():
            shutil.rmtree(folder)  # damaged
        settle_folder(aside, folder)
    return Made(folder, files, facts)


def _found(folder: Path) -> Made | None:
    try:
        marker = json.loads((folder / MARKER).read_text(encoding="utf-8"))
        files: dict[str, str] = marker["files"]
        whole = all(digest_file(folder / name) == digest for name, digest in files.items())
    except (OSError, ValueError, KeyError):
        return None
    if not whole:
        return None
    now = time.time()
    os.utime(folder / MARKER, (now, now))
    return Made(folder, files, marker["facts"])


def _plain(value: Any) -> Any:
    """Reduce a task's input to what JSON can say, by content."""
    match value:
        case None | bool() | int() | float() | str():
            return value
        case Ref():
            return value.digest
        case Made():
            return [value.files, value.facts]
        case BaseModel():
            return value.model_dump(mode="json")
        case dict():
            return {str(name): _plain(entry) for name, entry in value.items()}
        case list() | tuple():
            return [_plain(entry) for entry in value]
    raise TypeError(f"a task cannot be keyed by a {type(value).__name__}")
