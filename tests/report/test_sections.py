"""The smaller sections: labels, sizes, losses, options, policy, gap, shapes, bars."""

import numpy as np
import pyarrow as pa
import pytest

from tasks.catalog.quarantine import REASONS, quarantine_table
from tasks.report.bars import Part, share_bar, whole_bar
from tasks.report.draws import summarise_draws
from tasks.report.labels import MOST_LABELS, label_shares
from tasks.report.losses import accounts, dropped, quarantined
from tasks.report.mismatch import gap
from tasks.report.options import two_options
from tasks.report.policy_table import policy_lines
from tasks.report.shapes import shapes
from tasks.report.sizes import chance_difference, noticed_difference, split_sizes
from tasks.shift.histograms import descriptor_histograms
from tasks.splitting.two_options import two_options as count_options


def test_labels_that_are_numbers_are_in_their_order(make_contents, make_measured) -> None:
    rows = [("label_count", "dev", None, label, 10.0) for label in ("10", "9", "cat", "1")]
    assert [label for label, _ in label_shares(make_contents(measurements=make_measured(*rows))).rows] == [
        "1",
        "9",
        "10",
        "cat",
    ]


def test_a_label_that_a_split_lacks_is_zero_there(make_contents) -> None:
    shares = label_shares(make_contents())
    assert shares.splits == ("dev", "test")
    assert [share.share for share in dict(shares.rows)["3"]] == ["40 %", "0 %"]


def test_the_rarest_labels_are_counted_not_listed(make_contents, make_measured) -> None:
    rows = [("label_count", "dev", None, f"l{i}", float(i + 1)) for i in range(MOST_LABELS + 7)]
    shares = label_shares(make_contents(measurements=make_measured(*rows)))
    assert len(shares.rows) == MOST_LABELS and shares.more == 7
    assert "l0" not in dict(shares.rows)


def test_sizes_show_what_an_error_is_worth(make_contents) -> None:
    dev = next(size for size in split_sizes(make_contents()) if size.split == "dev")
    assert (dev.rows, dev.wanted, dev.margin, dev.atoms) == ("500", "500", "± 2.6 points", "–")
    assert (dev.worth, dev.gain) == ("212", "3.9 points")
    assert chance_difference(make_contents()) == "3.7 points"  # the root of 2.6 and 2.7 squared
    assert noticed_difference(make_contents()) == "5.8 points"


def test_without_a_test_set_there_is_no_chance_difference(make_contents, make_measured) -> None:
    assert chance_difference(make_contents(measurements=make_measured(("margin", "dev", None, None, 0.02)))) == ""
    assert noticed_difference(make_contents(measurements=make_measured(("margin", "dev", None, None, 0.02)))) == ""


def test_losses_are_sorted_and_say_what_to_do(make_contents) -> None:
    rows = [(f"a/{i}", "a", None, "damaged", "") for i in range(2)] + [
        (f"a/e{i}", "a", f"e{i}", "empty_file", "0 bytes") for i in range(7)
    ]
    reasons = quarantined(make_contents(quarantine=quarantine_table(rows)))
    assert [(entry.reason, entry.rows) for entry in reasons] == [("empty_file", 7), ("damaged", 2)]
    assert reasons[0].meaning == REASONS["empty_file"] and len(reasons[0].examples) == 3
    assert reasons[1].examples[0] == ("a/0", "")


def test_accounts_say_what_is_missing(make_contents) -> None:
    found = accounts(make_contents())
    assert [account.counts.missing for account in found] == [0, 0]
    assert [(entry.reason, entry.rows) for entry in dropped(make_contents())] == [("repeats_dev", 7)]


def test_the_second_option_is_explained_by_the_first(make_contents) -> None:
    options = two_options(make_contents(two_options=count_options(200_000, 10_000, 2_500, 2_500)))
    assert options.shuffled[1].origins == "2,381 source + 119 target"
    assert options.targeted[0].origins == "200,000 source + 5,000 target"
    assert "95 % of dev would be source records" in options.why and "only 119 of 2,500" in options.why
    assert two_options(make_contents(two_options=None)) is None


def test_a_policy_line_knows_its_unit_and_bounds(make_contents) -> None:
    angle, clip = policy_lines(make_contents())
    assert (angle.operation, angle.parameter, angle.unit, angle.used, angle.bounds) == (
        "rotation",
        "angle_deg",
        "deg",
        "50 %",
        "−30 to 30",
    )
    assert clip.words == "3 (2)" and clip.plot is None


def test_an_operation_that_was_never_drawn_has_no_line(make_contents) -> None:
    draws = pa.table({"record_id": ["a"], "rotation.angle_deg": pa.array([None], pa.float64())})
    assert policy_lines(make_contents(drawn=summarise_draws(draws))) == ()


def test_the_floor_is_the_upper_end_of_what_matching_pairs_reach(make_contents) -> None:
    assert "60 % of the gap closed" in gap(make_contents()).distances
    assert gap(make_contents()).margin == 0.1


def test_the_distances_are_those_that_stand_on_one_axis(make_contents, make_measured) -> None:
    table = make_measured(
        ("gap_closed", "train+synthetic", "dev", None, 0.5, 0.4, 0.6),
        ("mismatch", "train", "dev", None, 4.0, 3.5, 4.5),
        ("mismatch", "train+synthetic", "dev", None, 2.0, 1.6, 2.4),
        ("energy_distance", "train+synthetic", "dev", None, 0.4, 0.3, 0.5),  # in its own, wider spread
        ("mismatch", "dev", "test", None, 0.0, -0.1, 0.1),
    )
    found = gap(make_contents(measurements=table))
    assert "train+synthetic and dev 2 [1.60, 2.40]" in found.distances
    assert "0.400" not in found.distances


def test_a_gap_that_grew_is_not_called_closed(make_contents, make_measured) -> None:
    table = make_measured(
        ("gap_closed", "train+synthetic", "dev", None, -0.5, -0.7, -0.2),
        ("mismatch", "train", "dev", None, 1.0, 0.8, 1.2),
        ("mismatch", "train+synthetic", "dev", None, 3.0, 2.0, 4.0),
    )
    assert "the gap has grown" in gap(make_contents(measurements=table)).distances


def test_what_defines_the_domain_is_drawn_apart(make_contents, make_measured) -> None:
    assert gap(make_contents()).defining is None
    table = make_measured(
        ("defining_cliffs_delta", "train", "dev", "income", 0.9, 0.8, 1.0),
        ("cliffs_delta", "train", "dev", "term", 0.1, 0.0, 0.2),
    )
    found = gap(make_contents(measurements=table))
    assert "income" in found.defining and "term" not in found.defining
    assert "term" in found.changes and "income" not in found.changes
    rng = np.random.default_rng(0)
    samples = {split: {"income": rng.normal(size=50), "term": rng.normal(size=50)} for split in ("train", "dev")}
    panels = shapes(make_contents(measurements=table, histograms=descriptor_histograms(samples))).panels
    assert [("defines the domain" in panel.note) for panel in panels] == [True, False]
    assert panels[0].effects == (("train", "δ 0.90", "[0.80, 1.00]"),)


def test_panels_come_by_distance_and_constants_are_named(make_contents, make_measured) -> None:
    rng = np.random.default_rng(0)
    samples = {
        s: {"near": rng.normal(size=50), "far": rng.normal(size=50), "flat": np.ones(50)} for s in ("train", "dev")
    }
    table = make_measured(
        ("cliffs_delta", "train", "dev", "near", 0.1, 0.0, 0.2),
        ("cliffs_delta", "train", "dev", "far", -0.9, -0.95, -0.8),
    )
    found = shapes(make_contents(histograms=descriptor_histograms(samples), measurements=table))
    assert [panel.name for panel in found.panels] == ["far", "near"]
    assert found.panels[0].effects == (("train", "δ −0.90", "[−0.95, −0.80]"),)
    assert found.constant == ("flat",)


def test_missing_values_are_told(make_contents) -> None:
    samples = {"train": {"x": np.array([1.0, 2.0, np.nan, np.nan])}, "dev": {"x": np.array([1.0, 3.0])}}
    (panel,) = shapes(make_contents(histograms=descriptor_histograms(samples))).panels
    assert panel.note == "missing: train 50 %"


@pytest.mark.parametrize("amounts", [(0, 0), (1, 10**15), (5, 0), (10**15, 1)])
def test_bars_stay_inside_and_small_parts_visible(amounts) -> None:
    svg = whole_bar([Part(f"p{i}", amount, "train") for i, amount in enumerate(amounts)], width=100)
    drawn = [
        (float(part.split('x="')[1].split('"')[0]), float(part.split('width="')[1].split('"')[0]))
        for part in svg.split("<rect ")[1:]
    ]
    assert len(drawn) == sum(amount > 0 for amount in amounts)
    assert all(wide >= 2 and x + wide <= 101 for x, wide in drawn)


def test_a_share_above_its_scale_fills_the_bar() -> None:
    assert 'width="72"' in share_bar(2.0, 1.0, "dev", about="x").split("<rect")[1]
    share_bar(0.0, 0.0, "dev", about="x")
