"""The near-duplicate key of a small picture (an image, or the log-mel spectrogram of a sound)."""

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

SIDE = 32
"""Pictures are brought to SIDE x SIDE before they are transformed."""
KEPT = 12
"""Lowest frequencies kept in each direction. Measured on photos and digits: 8 blurs different digits together, 16 x 16
pixels take twice the room and put re-encoded copies further apart."""
PICTURE_BYTES = KEPT * KEPT
"""A picture's fingerprint: its coefficients, a byte each."""
PLAIN = 4.0
"""Grey levels: a picture with less contrast holds nothing to be told apart by, and gets no fingerprint."""

_CODE = 127 / np.sqrt(KEPT)
"""Coefficients have unit mean square, so none exceeds KEPT; the root of their size is stored, finest near 0."""


def _cosines() -> NDArray[np.float32]:
    frequency, place = np.arange(KEPT)[:, None], np.arange(SIDE)[None, :]
    basis: NDArray[np.float64] = np.sqrt(2 / SIDE) * np.cos(np.pi * (2 * place + 1) * frequency / (2 * SIDE))
    basis[0] /= np.sqrt(2)
    return np.asarray(basis, dtype=np.float32)


def _lowest_first() -> NDArray[np.int64]:
    down, across = np.divmod(np.arange(KEPT * KEPT), KEPT)
    return np.lexsort((across, down**2 + across**2))


_COSINES = _cosines()
LOWEST_FIRST = _lowest_first()
"""Where the coefficients are in the 12 x 12 lowest frequencies."""
_SIGNED = np.arange(256, dtype=np.uint8).view(np.int8).astype(np.float32)
_NUMBERS = np.sign(_SIGNED) * (_SIGNED / np.float32(_CODE)) ** 2


def encode_pictures(pictures: NDArray[np.float32]) -> list[bytes]:
    """Return the near-duplicate key of each picture.

    Parameters
    ----------
    pictures : (n, 32, 32) float32
        Small pictures on a scale of 0 to 255.

    Returns
    -------
    list of bytes, length n
        144 bytes each; b"" for a picture without content (contrast below 4 grey levels).

    Notes
    -----
    The low-frequency coefficients of the cosine transform without the mean, scaled to unit mean square, so that
    neither brightness nor contrast matters; lowest frequencies first.
    """
    low = _COSINES @ np.asarray(pictures, dtype=np.float32) @ _COSINES.T
    flat = low.reshape(len(low), KEPT * KEPT)
    flat[:, 0] = 0
    # Orthonormal: the sum of squared coefficients is the sum over pixels of squared differences from the mean.
    contrast = np.sqrt(np.einsum("nk,nk->n", flat, flat)) / SIDE
    unit = (flat * (KEPT / SIDE / np.maximum(contrast, PLAIN))[:, None])[:, LOWEST_FIRST]
    codes = np.rint(np.sign(unit) * np.sqrt(np.abs(unit)) * _CODE).astype(np.int8)
    return [row.tobytes() if seen else b"" for row, seen in zip(codes, contrast >= PLAIN, strict=True)]


@dataclass(frozen=True)
class Pictures:
    """Unpacked fingerprints.

    Parameters
    ----------
    owners : (m,) int64
        Which fingerprint each picture comes from, ascending.
    codes : (m, 144) int8
        The stored coefficients; `numbers` makes float32 of them.
    """

    owners: NDArray[np.int64]
    codes: NDArray[np.int8]

    def numbers(self, rows: NDArray[np.int64], columns: NDArray[np.int64] | slice = slice(None)) -> NDArray[np.float32]:
        """Return coefficients (lowest frequencies first) of some pictures, scaled to unit mean square."""
        numbers: NDArray[np.float32] = _NUMBERS[self.codes.view(np.uint8)[:, columns][rows]]
        return numbers


def decode_pictures(fingerprints: pa.ChunkedArray) -> Pictures:
    """Unpack fingerprints into pictures.

    Parameters
    ----------
    fingerprints : pa.ChunkedArray of binary, length n
        Each the keys of zero or more pictures in a row.

    Returns
    -------
    Pictures

    Raises
    ------
    ValueError
        If a fingerprint's length is not a multiple of a picture's.
    """
    lengths = pc.fill_null(pc.binary_length(fingerprints), 0).to_numpy().astype(np.int64)
    if (lengths % PICTURE_BYTES).any():
        raise ValueError(f"fingerprints: multiples of {PICTURE_BYTES} bytes wanted, found {int(lengths.max())}")
    rows = np.concatenate([np.empty(0, dtype=np.uint8), *(_stored(chunk) for chunk in fingerprints.chunks)])
    rows = rows.reshape(-1, PICTURE_BYTES)
    return Pictures(
        owners=np.repeat(np.arange(len(lengths)), lengths // PICTURE_BYTES),
        codes=rows.view(np.int8),
    )


def _stored(chunk: pa.BinaryArray) -> NDArray[np.uint8]:
    """Return the bytes of a chunk in a row, without making an object a record."""
    _, offsets, data = chunk.buffers()
    if data is None or len(chunk) == 0:
        return np.empty(0, dtype=np.uint8)
    edges = np.frombuffer(offsets, dtype=np.int32)[[chunk.offset, chunk.offset + len(chunk)]]
    return np.frombuffer(data, dtype=np.uint8)[edges[0] : edges[1]]
