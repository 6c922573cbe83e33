"""The small convolutional net that noise is judged by: trained for 500 steps, tried on records of the target.

It needs PyTorch, which nothing else here does.
"""

import io
from collections.abc import Sequence

import cv2
import numpy as np
import soundfile
import torch
from numpy.typing import NDArray
from torch import nn

STEPS = 500
RATE = 2e-3
BATCH = {"image": 96, "audio": 48}
SECONDS, WINDOW, HOP, BANDS = 1.1, 256, 100, 40
MEL_HZ = (60, 3_900)

Pixels = NDArray[np.float32]

torch.set_num_threads(1)


class Net(nn.Module):
    """Two (sound: three) blocks of 3 x 3 convolution, a layer of 64 units, and the classes."""

    def __init__(self, modality: str, classes: int) -> None:
        super().__init__()
        self.sound = modality == "audio"
        layers = [*_block(1, 10), nn.MaxPool2d(2), *_block(10, 20), nn.MaxPool2d(2)]
        self.body = nn.Sequential(*layers, *(_block(20, 30) if self.sound else ()))
        self.hidden = nn.LazyLinear(64)
        self.out = nn.Sequential(nn.ReLU(), nn.Dropout(0.3), nn.Linear(64, classes))

    def forward(self, pictures: torch.Tensor) -> torch.Tensor:
        """Return a score a class, (n, classes), of (n, 1, h, w) pictures."""
        found = self.body(pictures)
        flat = torch.cat([found.mean((2, 3)), found.amax((2, 3))], 1) if self.sound else found.flatten(1)
        return self.out(self.hidden(flat))


def _block(before: int, after: int) -> tuple[nn.Module, ...]:
    return nn.Conv2d(before, after, 3, bias=False), nn.BatchNorm2d(after), nn.ReLU()


def see(payloads: Sequence[bytes], modality: str) -> Pixels:
    """Turn stored bytes into what the net sees, (n, h, w)."""
    return np.stack([_picture(data) if modality == "image" else _spectrogram(data) for data in payloads])


def train(
    pictures: Pixels,
    codes: NDArray[np.int64],
    modality: str,
    *,
    classes: int,
    seed: int,
    weights: NDArray[np.float32] | None = None,
) -> Net:
    """Train a net on (n, h, w) pictures, in batches from shuffles of all; with weights, from draws by them."""
    torch.manual_seed(seed)
    rng = np.random.default_rng(seed)
    x, y = torch.from_numpy(pictures[:, None]), torch.from_numpy(codes)
    net = Net(modality, classes)
    net(x[:2])
    optimizer = torch.optim.AdamW(net.parameters(), RATE, weight_decay=1e-4)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, RATE, total_steps=STEPS)
    order = np.empty(0, np.int64)
    chances = None if weights is None else weights.astype(float) / weights.sum(dtype=float)
    for _ in range(STEPS):
        if len(order) < BATCH[modality]:
            order = rng.permutation(len(x)) if weights is None else rng.choice(len(x), len(x), p=chances)
        batch, order = order[: BATCH[modality]], order[BATCH[modality] :]
        loss = nn.functional.cross_entropy(net(x[batch]), y[batch])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        schedule.step()
    return net.eval()


@torch.no_grad()
def error(net: Net, pictures: Pixels, codes: NDArray[np.int64]) -> float:
    """Return the share of wrong answers."""
    found = torch.cat([net(torch.from_numpy(part[:, None])) for part in np.array_split(pictures, 10) if len(part)])
    return float((found.argmax(1).numpy() != codes).mean())


def _picture(data: bytes) -> Pixels:
    grey = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_GRAYSCALE)
    return (cv2.resize(grey, (28, 28)) if grey.shape != (28, 28) else grey).astype(np.float32) / 255


def _spectrogram(data: bytes) -> Pixels:
    """Return 20 x 44 log-mel levels of the middle 1.1 s, standardised."""
    samples, rate = soundfile.read(io.BytesIO(data), dtype="float32")
    length = round(SECONDS * rate)
    spare = length - len(samples)
    samples = np.pad(samples, (max(0, spare) // 2, max(0, spare) - max(0, spare) // 2))
    start = max(0, -spare) // 2
    samples = samples[start : start + length] / max(1e-6, float(np.abs(samples).max()))
    frames = np.lib.stride_tricks.sliding_window_view(np.pad(samples, WINDOW // 2), WINDOW)[::HOP][:88]
    power = np.abs(np.fft.rfft(frames * np.hanning(WINDOW), axis=1)) ** 2
    levels = np.log(power @ _mel(rate).T + 1e-6).T.reshape(BANDS // 2, 2, -1, 2).mean((1, 3))
    return ((levels - levels.mean()) / (levels.std() + 1e-6)).astype(np.float32)


def _mel(rate: int) -> NDArray[np.float64]:
    low, high = (2595 * np.log10(1 + hz / 700) for hz in MEL_HZ)
    edges = 700 * (10 ** (np.linspace(low, high, BANDS + 2) / 2595) - 1)
    hz = np.fft.rfftfreq(WINDOW, 1 / rate)
    rising = (hz - edges[:-2, None]) / np.diff(edges)[:-1, None]
    falling = (edges[2:, None] - hz) / np.diff(edges)[1:, None]
    return np.maximum(0, np.minimum(rising, falling))
