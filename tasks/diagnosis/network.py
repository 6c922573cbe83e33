"""A small convolutional network as the baseline, where PyTorch is installed and somebody asks for it.

It learns its filters, so it sees what fixed ones do not; it takes minutes where ridge regression takes a second.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.util import find_spec
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tasks.diagnosis.baseline import Baseline
from tasks.diagnosis.mixture import ORIGINS, Mixture
from tasks.diagnosis.proof import Learner
from tasks.errors import ConfigError
from tasks.task_space.targets import Targets

Floats = NDArray[np.float64]
Codes = NDArray[np.int64]

STEPS, BATCH, RATE = 300, 64, 2e-3
"""With 300 batches of 64 a network of this size has learned what 2,000 digits teach; each takes about 3 s."""
WIDTHS, HIDDEN = (16, 32), 64
CELLS = {"image": (4, 4), "audio": (4, 1)}
"""Where in a picture something is says much of it; when a word begins says nothing."""
ASKED = 512
"""Rows that are asked about at a time."""


def insist_on_network() -> None:
    """Refuse to go on without PyTorch.

    Raises
    ------
    ConfigError
    """
    if find_spec("torch") is None:
        raise ConfigError(
            "synthesis.judge: network needs PyTorch, and it is not installed here. Install it (`pip install torch`), "
            "or set synthesis.judge to small, which needs nothing more."
        )


@dataclass(frozen=True)
class Network:
    """A trained network, and the shape of what it sees."""

    net: Any
    shape: tuple[int, int, int]
    cells: tuple[int, int]
    kind: str

    def predict(self, features: NDArray[np.floating]) -> Floats:
        """See `Baseline.predict`; of classes and of several labels probabilities."""
        import torch

        with torch.no_grad(), _one_thread():
            parts = [
                _answer(self.net, features[at : at + ASKED], self.shape, self.cells)
                for at in range(0, len(features), ASKED)
            ]
            found = torch.cat(parts) if parts else torch.empty((0, 1))
            chances = {"several": found.sigmoid, "class": lambda: found.softmax(1)}.get(self.kind, lambda: found)()
            return np.asarray(chances.numpy(), np.float64)


def networks(shape: tuple[int, int, int], *, cells: tuple[int, int], seed: int) -> Learner:
    """Return a function that is called like `tasks.diagnosis.baseline.fit_linear` and trains networks.

    Parameters
    ----------
    shape : tuple of int
        Channels, height and width of what each row of features is.
    cells : tuple of int
        Rows and columns of the grid in which the last layer's answers are averaged, and their maxima taken.
    seed : int
        First weights, batches and dropout. All networks of a proof have the same, so that they differ in what they are
        taught alone.

    Notes
    -----
    Same rows, mixture and seed on the same machine: the same network. Rows are drawn by their weight.
    """

    def fit(
        features: NDArray[np.floating],
        targets: Targets,
        origin: Codes,
        counts: Floats,
        mixtures: Sequence[Mixture],
    ) -> list[Baseline]:
        learned = targets.values.max(axis=1) > 0 if targets.kind == "class" else targets.known
        counts = np.where(learned, counts, 0.0)
        counted = np.bincount(origin, weights=counts, minlength=len(ORIGINS)).astype(np.float64)
        return [
            _train(features, targets, counts * mixture.factors(counted)[origin], shape, cells, seed)
            for mixture in mixtures
        ]

    return fit


def _train(
    features: NDArray[np.floating],
    targets: Targets,
    weights: Floats,
    shape: tuple[int, int, int],
    cells: tuple[int, int],
    seed: int,
) -> Network:
    import torch

    width = targets.values.shape[1]
    values = np.nan_to_num(targets.values).astype(np.float32)
    known = np.isfinite(targets.values).astype(np.float32)
    drawn = np.random.default_rng([seed, 0x4E7]).choice(len(weights), (STEPS, BATCH), p=weights / weights.sum())
    with _one_thread(), torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        net = _net(shape, cells, width)
        optimizer = torch.optim.AdamW(net.parameters(), RATE, weight_decay=1e-4)
        schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, RATE, total_steps=STEPS)
        for rows in drawn:
            wanted, mask = torch.from_numpy(values[rows]), torch.from_numpy(known[rows])
            loss = _loss(targets.kind, _answer(net, features[rows], shape, cells), wanted, mask)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            schedule.step()
    return Network(net.eval(), shape, cells, targets.kind)


def _loss(kind: str, found: Any, wanted: Any, known: Any) -> Any:
    from torch.nn import functional

    if kind == "class":
        return functional.cross_entropy(found, wanted.argmax(1))
    way = functional.binary_cross_entropy_with_logits if kind == "several" else functional.mse_loss
    return (way(found, wanted, reduction="none") * known).sum() / known.sum().clamp(min=1)


def _net(shape: tuple[int, int, int], cells: tuple[int, int], width: int) -> Any:
    from torch import nn

    layers: list[Any] = []
    before = shape[0]
    for after in WIDTHS:
        layers += [nn.Conv2d(before, after, 3, bias=False), nn.BatchNorm2d(after), nn.ReLU(), nn.MaxPool2d(2)]
        before = after
    pooled = 2 * before * cells[0] * cells[1]
    head = (nn.Linear(pooled, HIDDEN), nn.ReLU(), nn.Dropout(0.3), nn.Linear(HIDDEN, width))
    return nn.ModuleList([nn.Sequential(*layers), nn.Sequential(*head)])


def _answer(net: Any, seen: NDArray[np.floating], shape: tuple[int, int, int], cells: tuple[int, int]) -> Any:
    import torch
    from torch.nn import functional

    body, head = net
    maps = body(torch.from_numpy(np.asarray(seen, np.float32).reshape(-1, *shape)))
    pools = (functional.adaptive_avg_pool2d, functional.adaptive_max_pool2d)
    return head(torch.cat([pool(maps, cells).flatten(1) for pool in pools], 1))


@contextmanager
def _one_thread() -> Iterator[None]:
    """Compute in one thread: sums over several differ in their last digits."""
    import torch

    before = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(before)
