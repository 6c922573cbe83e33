"""The project's own task: what it makes lies in the store under a key of its inputs and code, and is made once.

A key is the digest of the task's inputs (by content, never by path or time), of the configuration that it was handed,
and of the code that it runs: the verb's own module and the nouns that it names. What was made is found again by any
later run on the store, whoever started it, and is used only when every file still has the digest it was made with.
"""

import functools
import json
import os
import shutil
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Concatenate, ParamSpec

import cv2
import pyarrow as pa
from prefect import Task, task
from prefect.cache_policies import NO_CACHE
from prefect.states import Completed, State
from pydantic import BaseModel

from tasks.catalog.atomic import folder_aside
from tasks.catalog.digest import digest_code, digest_file, digest_value
from tasks.errors import StoreError

P = ParamSpec("P")
MARKER = "done.json"


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

    def refs(self, prefix: str) -> list[Ref]:
        """Return the files whose name starts so, in order."""
        return [self.ref(name) for name in sorted(self.files) if name.startswith(prefix)]


def store_task(
    *nouns: str, retries: int = 0
) -> Callable[[Callable[Concatenate[Path, P], dict[str, Any]]], Task[..., Any]]:
    """Make a function that fills a folder into a Prefect task that runs once per distinct input.

    Parameters
    ----------
    *nouns : str
        Modules or packages that the function uses (`"tasks.descriptors"`); their code is part of the key.
    retries : int
        How often Prefect tries again; for verbs that read or write other people's disks.

    Returns
    -------
    callable
        A decorator. The function takes the folder to fill first and returns facts that JSON can say; the task takes
        the store's work folder instead, and returns a `Made`.

    Notes
    -----
    The task's state is named Cached when nothing had to be made. Prefect's own cache is off: it would trust a result
    whose file is gone, and would not see a change in the code that a thin verb calls.
    """

    def decorate(function: Callable[Concatenate[Path, P], dict[str, Any]]) -> Task[..., Any]:
        code = (function.__module__, "tasks.catalog", *nouns)
        verb = function.__name__

        @functools.wraps(function)
        def run(work: Path, **inputs: Any) -> Made | State[Made]:
            _one_thread()
            key = digest_value([verb, digest_code(code), _plain(inputs)])
            folder = work / verb / key
            if (made := _found(folder)) is not None:
                return Completed(name="Cached", message=f"made before: {key}", data=made)
            if folder.exists():
                shutil.rmtree(folder)
            try:
                with folder_aside(folder) as aside:
                    facts = function(aside, **inputs)  # type: ignore[call-arg]
                    _mark(aside, facts)
            except FileExistsError:
                pass  # another worker made the same meanwhile; what it made is as good
            fresh = _found(folder)
            if fresh is None:
                raise StoreError(f"{folder}: what was just written cannot be read back; check the disk")
            return fresh

        del run.__wrapped__  # Prefect would take the inner signature, which starts with the folder, for the task's
        return task(name=verb.replace("_", "-"), cache_policy=NO_CACHE, retries=retries, log_prints=False)(run)

    return decorate


def forget_unused(work: Path, since: float) -> None:
    """Remove what no task has used since a moment (seconds since the epoch): scratch holds one build's worth."""
    for marker in work.glob(f"*/*/{MARKER}"):
        if marker.stat().st_mtime < since:
            shutil.rmtree(marker.parent)
    for aside in work.glob("*/.*.tmp"):
        shutil.rmtree(aside)


def _found(folder: Path) -> Made | None:
    try:
        marker = json.loads((folder / MARKER).read_text(encoding="utf-8"))
        files: dict[str, str] = marker["files"]
        whole = all(digest_file(folder / name) == digest for name, digest in files.items())
    except (OSError, ValueError, KeyError):
        return None
    if not whole:
        return None
    os.utime(folder / MARKER, (time.time(), time.time()))
    return Made(folder, files, marker["facts"])


def _mark(folder: Path, facts: dict[str, Any]) -> None:
    made = sorted(path for path in folder.rglob("*") if path.is_file())
    files = {path.relative_to(folder).as_posix(): digest_file(path) for path in made}
    marker = {"files": files, "facts": facts}
    (folder / MARKER).write_text(json.dumps(marker, sort_keys=True, allow_nan=False), encoding="utf-8")


def _plain(value: Any) -> Any:
    """Reduce a task's input to what JSON can say, by content: a path would make the key depend on the machine."""
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


@functools.cache
def _one_thread() -> None:
    """Leave the cores to the task runner: libraries that bring their own threads would fight over them."""
    cv2.setNumThreads(1)
    pa.set_cpu_count(1)
