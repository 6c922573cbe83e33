"""A user's function that embeds records: where it is, which it is, and its import."""

import importlib
import importlib.machinery
import importlib.util
import sys
import sysconfig
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tasks.catalog.digest import digest_file, digest_value
from tasks.config.descriptors import EmbeddingCallable
from tasks.errors import ConfigError

_imported: dict[str, tuple[str, str]] = {}
"""Module -> its file, and the file's digest when it was imported: a process that lives on must not use what was edited
since."""


def identify_function(entry: EmbeddingCallable) -> str:
    """Return the digest that tells one function from another: its module's file, its name, and the user's version.

    Raises
    ------
    ConfigError
        When there is no such module.
    """
    return digest_value([digest_file(_file(entry)), entry.function, entry.version])


def load_function(entry: EmbeddingCallable) -> Callable[..., Any]:
    """Import the function that a configuration names. Nothing but the configuration ever names one.

    Parameters
    ----------
    entry : EmbeddingCallable

    Raises
    ------
    ConfigError
        When there is no such module or function, when importing it fails, or when another module has its name.

    Notes
    -----
    The module's folder comes after everything that is installed, so that no file in it takes the place of a package.
    """
    where = f"descriptors.{entry.name}.function"
    file = _file(entry)
    known = (str(file), digest_file(file))
    if entry.path is not None:
        _search_first(entry.path, entry.module.partition(".")[0])
        if _imported.get(entry.module, known) != known:
            _forget(entry.module.partition(".")[0])
    importlib.invalidate_caches()
    try:
        module = importlib.import_module(entry.module)
    except (Exception, SystemExit) as error:  # whatever a user's module does on import
        raise ConfigError(
            f"{where}: importing {entry.module} from {file} failed with {type(error).__name__}: {_told(error)}. "
            f"Mend it; try with: python -c 'import {entry.module}'"
        ) from error
    found = Path(str(module.__file__)).resolve()
    if found != file.resolve():
        raise ConfigError(
            f"{where}: {entry.module} is {found}, not {file}: another module has that name. Rename yours."
        )
    _imported[entry.module] = known
    function = getattr(module, entry.attribute, None)
    if not callable(function):
        lacks = f"has no function {entry.attribute!r}" if function is None else f"holds no function {entry.attribute!r}"
        raise ConfigError(f"{where}: {file} {lacks}. Define `def {entry.attribute}(batch)`, or correct the name.")
    loaded: Callable[..., Any] = function
    return loaded


def _search_first(folder: str, package: str) -> None:
    """Search a folder after everything that is installed, and before other folders that hold a module of that name.

    Those may have come with the process that started this one: it hands down where it searches.
    """
    places = [place for place in sys.path if place != folder]
    installed = {*sysconfig.get_paths().values()}
    after = max((at + 1 for at, place in enumerate(places) if place in installed), default=0)
    rivals = (at for at, place in enumerate(places) if at >= after and _holds(Path(place), package))
    places.insert(next(rivals, len(places)), folder)
    sys.path[:] = places


def _holds(folder: Path, package: str) -> bool:
    return (folder / f"{package}.py").is_file() or (folder / package).is_dir()


def _forget(package: str) -> None:
    """Have a package imported anew, with all its parts."""
    for name in [name for name in sys.modules if name == package or name.startswith(package + ".")]:
        del sys.modules[name]


def _file(entry: EmbeddingCallable) -> Path:
    """Find the module's file; no code of it runs."""
    where = f"descriptors.{entry.name}"
    if entry.path is None:
        return _installed(entry.module, where)
    if not Path(entry.path).is_dir():
        raise ConfigError(f"{where}.path: there is no folder {entry.path}. Name the folder that the module lies in.")
    place = Path(entry.path, *entry.module.split("."))
    for file in (place.with_name(place.name + ".py"), place / "__init__.py"):
        if file.is_file():
            return file
    raise ConfigError(
        f"{where}.function: {entry.path} holds no module {entry.module!r}: expected {place}.py. Correct the name, or "
        f"name another folder in `path`."
    )


def _installed(module: str, where: str) -> Path:
    path: list[str] | None = None
    spec: importlib.machinery.ModuleSpec | None = None
    parts = module.split(".")
    for place in range(len(parts)):
        spec = importlib.machinery.PathFinder.find_spec(".".join(parts[: place + 1]), path)
        if spec is None:
            break
        path = list(spec.submodule_search_locations or ())
    if spec is None or not spec.origin or not Path(spec.origin).is_file():
        raise ConfigError(
            f"{where}.function: no module {module!r} is installed. Install it where matchset runs, or name the folder "
            f"that it lies in: path: ."
        )
    return Path(spec.origin)


def _told(error: BaseException) -> str:
    return " ".join(str(error).split())[:300]
