"""How well dev and test are matched, as the page shows it: beside random splits of the same atoms."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from markupsafe import Markup

from tasks.report.scale import Scale
from tasks.report.svg import element, line, path, picture, ticks, words
from tasks.report.wording import count, number, percent, round_number
from tasks.splitting.certificate import Certificate, Match

_BINS = 40


@dataclass(frozen=True)
class Line:
    """One quantity of a pair beside its median over random splits."""

    name: str
    here: str
    random: str


@dataclass(frozen=True)
class Pair:
    """A pair of splits: what was found, in words and numbers."""

    name: str
    said: str
    lines: tuple[Line, ...]


@dataclass(frozen=True)
class Matching:
    """The section."""

    draws: int
    atoms: int
    every: bool
    """Whether all splits that exist were compared, because atoms are few."""
    nearer: int
    """How many of them are clearly nearer, all distances together."""
    limit: bool
    plot: Markup
    pairs: tuple[Pair, ...]


def matching(certificate: Certificate | None) -> Matching | None:
    """Return what the page says of a certificate, or None where there is nothing to compare."""
    if certificate is None or not certificate.matches:
        return None
    return Matching(
        certificate.draws,
        certificate.atoms,
        certificate.nearer is not None,
        certificate.nearer or 0,
        certificate.limit,
        _plot(certificate.matches),
        tuple(_pair(match, certificate) for match in certificate.matches),
    )


def _name(match: Match) -> str:
    return f"{match.split_a} and {'all target records' if match.split_b == 'target' else match.split_b}"


def _pair(match: Match, certificate: Certificate) -> Pair:
    as_near = certificate.as_near(match)
    if certificate.nearer is not None:
        nearer = round(match.nearer / 100 * certificate.draws)
        said = f"{count(nearer) if nearer else 'none'} of the {count(certificate.draws)} splits"
        said += f" {'is' if nearer in (0, 1) else 'are'} nearer"
        if as_near - nearer > 1:
            said += f", {count(as_near - nearer - 1)} {'is' if as_near - nearer == 2 else 'are'} as near"
    elif as_near:
        said = f"{percent(as_near / certificate.draws)} of the random splits is as near"
    else:
        said = "none of the random splits are as near"
    labels = Line("label gap", number(match.label_gap), number(match.label_gap_random))
    lines = (
        Line("joint distance", number(np.sqrt(match.distance)), number(float(np.sqrt(match.reference[50])))),
        Line("energy distance", number(match.energy_distance), number(match.energy_distance_random)),
        Line("largest Kolmogorov-Smirnov distance", number(match.sliced_ks), number(match.sliced_ks_random)),
        Line(
            "largest difference of means (sd)",
            number(match.largest_difference),
            number(match.largest_difference_random),
        ),
        *([labels] if match.label_gap_random else []),  # random splits of data with labels never all agree in them
    )
    return Pair(_name(match), said, lines)


def _plot(matches: Sequence[Match]) -> Markup:
    """Draw, pair by pair, where random splits are and where this one is."""
    width, row, left = 760.0, 64.0, 190.0
    far = max(float(np.sqrt(max(match.distance, match.reference[-1]))) for match in matches) or 1.0
    at = Scale(0.0, far * 1.04, left, width - 14)
    bottom = row * len(matches) + 4
    parts = [line(at(place), 4, at(place), bottom, "grid") for place in ticks(0, far * 1.04, 8)]
    for index, match in enumerate(matches):
        base = row * (index + 1) - 6
        shares = _shares(match, far)
        up = Scale(0.0, float(shares.max()) or 1.0, base, base - row + 18)
        points = [(at(0), base)]
        for place, share in enumerate(shares.tolist()):
            points += [(at(far * edge / _BINS), up(share)) for edge in (place, place + 1)]
        points.append((at(far), base))
        parts.append(path(points, "floor", closed=True))
        parts.append(line(at.start, base, at.end, base, "axis"))
        here = at(float(np.sqrt(match.distance)))
        parts.append(line(here, base - row + 18, here, base, "median"))
        parts.append(element("circle", cx=here, cy=base, r=4, class_="mark dev"))
        parts.append(words(left - 16, base - 14, _name(match), "name", "end"))
    parts += [words(at(place), bottom + 14, round_number(place), "tick", "middle") for place in ticks(0, far * 1.04, 8)]
    parts.append(words((at.start + at.end) / 2, bottom + 31, "joint distance on fresh features", "tick", "middle"))
    said = "; ".join(_said(match) for match in matches)
    return picture(width, bottom + 36, parts, title="This split among random ones", desc=said, class_="plot wide")


def _said(match: Match) -> str:
    here, nearest, farthest = np.sqrt([match.distance, match.reference[0], match.reference[-1]]).tolist()
    return f"{_name(match)}: {number(here)}, others {number(nearest)} to {number(farthest)}"


def _shares(match: Match, far: float) -> np.ndarray:
    """Return the share of random splits in each of `_BINS` bins from zero."""
    edges = np.linspace(0, far, _BINS + 1)
    known = np.sqrt(np.asarray(match.reference))
    # Percentiles may coincide where random splits repeat each other; their mass then is one step.
    below = np.searchsorted(known, edges, side="right") / len(known)
    smooth = np.interp(edges, known, np.linspace(0, 1, len(known)))
    whole = np.where(np.diff(known).min(initial=1.0) > 0, smooth, below)
    whole[-1] = 1.0
    return np.clip(np.diff(whole), 0, None)
