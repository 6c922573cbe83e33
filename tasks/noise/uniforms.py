"""Random numbers by record and name: the same whatever the order, the shard or the worker."""

import hashlib
import struct
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

_GOLDEN = np.uint64(0x9E3779B97F4A7C15)
_FIRST = np.uint64(0xBF58476D1CE4E5B9)
_SECOND = np.uint64(0x94D049BB133111EB)


def record_keys(parents: Sequence[str], copies: NDArray[np.int32], seed: int) -> NDArray[np.uint64]:
    """Hash (parent id, copy, seed) into one 64-bit key a record.

    Parameters
    ----------
    parents : sequence of str, n
    copies : (n,) int32
        Number of the copy, from 1.
    seed : int
        The build's seed, 0 <= seed < 2**64.

    Returns
    -------
    (n,) uint64

    Notes
    -----
    BLAKE2b of the id's UTF-8 followed by two numbers of fixed width, so no two triples share an input.
    """
    tail = struct.Struct("<qQ").pack
    digest = b"".join(
        hashlib.blake2b(
            parent.encode("utf-8", "surrogatepass") + tail(copy, seed), digest_size=8, person=b"matchset-draw"
        ).digest()
        for parent, copy in zip(parents, copies.tolist(), strict=True)
    )
    return np.frombuffer(digest, "<u8").astype(np.uint64, copy=False)


def stream(name: str) -> np.uint64:
    """Hash a name (`rotation.angle_deg`) into the number of its stream of random numbers."""
    return np.uint64(int.from_bytes(hashlib.blake2b(name.encode(), digest_size=8).digest(), "little"))


def mix(values: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """Scramble 64-bit numbers by the finalizer of SplitMix64, a bijection.

    References
    ----------
    Steele, Lea & Flood (2014), Fast splittable pseudorandom number generators; constants of variant 13 by D. Stafford.
    """
    z = (values ^ (values >> np.uint64(30))) * _FIRST
    z = (z ^ (z >> np.uint64(27))) * _SECOND
    return z ^ (z >> np.uint64(31))


def uniforms(keys: NDArray[np.uint64], name: str) -> NDArray[np.float64]:
    """Draw one number a record in the open interval (0, 1), from the stream of that name.

    Parameters
    ----------
    keys : (...) uint64
    name : str

    Returns
    -------
    (...) float64

    Notes
    -----
    A number depends on its key and the name only: adding an operation to a policy leaves the draws of the others as
    they were, so two policies are compared on common random numbers.
    """
    bits = mix(mix(keys ^ stream(name)) + _GOLDEN)
    return ((bits >> np.uint64(11)).astype(np.float64) + 0.5) * 2.0**-53
