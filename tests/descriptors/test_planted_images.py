"""What is planted in a made picture is read back from it: motion, noise, blocks, skew, margins, strokes, light."""

import itertools

import cv2
import numpy as np
import pytest

from tasks.descriptors.fineness import motion_direction
from tasks.descriptors.image import DESCRIPTORS, describe_images
from tasks.noise.image_kernels import line

SHAPES = [(1, 1), (1, 28), (3, 5), (7, 8), (8, 9), (15, 16), (16, 17), (28, 28), (63, 64), (64, 64), (65, 300)]


def describe(image):
    return dict(zip(DESCRIPTORS, describe_images([image])[0].tolist(), strict=True))


def grey(values):
    return np.clip(np.round(values), 0, 255).astype(np.uint8)


def grain(seed=0, side=160):
    return grey(np.random.default_rng(seed).normal(128, 40, (side, side)))


def shapes(seed=0, side=200):
    """Ellipses of all sizes and directions, smooth inside: a picture of things."""
    rng = np.random.default_rng(seed)
    image = np.full((side, side), rng.integers(60, 190), np.uint8)
    for _ in range(12):
        centre, axes = (tuple(rng.integers(*span, 2).tolist()) for span in ((0, side), (8, 60)))
        shade = int(rng.integers(30, 225))
        cv2.ellipse(image, centre, axes, float(rng.uniform(0, 180)), 0, 360, shade, -1, cv2.LINE_AA)
    return image


def moved(image, length_px, degrees):
    kernel = line(length_px, degrees)
    return grey(cv2.filter2D(image.astype(np.float32), -1, kernel, borderType=cv2.BORDER_REFLECT))


def page(skew_degrees, seed=0, size=(850, 1100), lines=38):
    """Words on paper, 100 px from all edges, then turned."""
    rng = np.random.default_rng(seed)
    width, height = size
    image = np.full((height, width), 235, np.uint8)
    step = (height - 200) / lines
    for number in range(lines):
        x, end = 100, width - 100 if rng.random() < 0.8 else int(rng.integers(300, width - 100))
        while x < end - 60:
            word = "".join(rng.choice(list("abcdefghijklmnopqrstuvwxyz"), rng.integers(2, 9)))
            place = (x, round(100 + (number + 0.7) * step))
            cv2.putText(image, word, place, cv2.FONT_HERSHEY_SIMPLEX, step / 45, 30, 1, cv2.LINE_AA)
            x += cv2.getTextSize(word, cv2.FONT_HERSHEY_SIMPLEX, step / 45, 1)[0][0] + 8
    turned = cv2.getRotationMatrix2D((width / 2, height / 2), skew_degrees, 1)
    return cv2.warpAffine(image, turned, (width, height), borderValue=235)


def away(found, planted):
    """Return how far a direction is from another; 179 degrees are next to 0."""
    return abs((found - planted + 90) % 180 - 90)


@pytest.mark.parametrize("degrees", [0, 30, 45, 75, 90, 120, 150])
@pytest.mark.parametrize("length_px", [5, 9, 15])
def test_the_direction_of_motion_is_found_within_5_degrees(length_px, degrees):
    found = describe(moved(grain(), length_px, degrees))
    direction, strength = motion_direction(found["motion_across"], found["motion_rising"])
    assert away(direction, degrees) < 5
    assert strength > 0.5


@pytest.mark.parametrize("degrees", [0, 30, 100])
def test_many_pictures_of_things_show_the_motion_that_they_share(degrees):
    rows = [describe(moved(shapes(seed), 9, degrees)) for seed in range(20)]
    across, rising = (np.mean([row[name] for row in rows]) for name in ("motion_across", "motion_rising"))
    assert away(motion_direction(across, rising)[0], degrees) < 8


def test_motion_is_the_stronger_the_longer_and_none_without():
    found = [describe(moved(grain(), length_px, 30)) for length_px in (1, 2, 3, 6)]
    strengths = [motion_direction(row["motion_across"], row["motion_rising"])[1] for row in found]
    assert strengths == sorted(strengths)
    assert strengths[0] < 0.05


def test_a_lens_out_of_focus_is_no_motion():
    found = describe(cv2.GaussianBlur(grain(), (0, 0), 1))
    assert motion_direction(found["motion_across"], found["motion_rising"])[1] < 0.1


@pytest.mark.parametrize("sd", [2.0, 4.0, 8.0, 16.0])
def test_noise_is_measured_within_5_percent(sd):
    rng = np.random.default_rng(int(sd))
    smooth = cv2.resize(rng.uniform(90, 160, (4, 4)), (160, 160), interpolation=cv2.INTER_CUBIC)
    for under in (np.full((160, 160), 128.0), smooth):
        assert describe(grey(under + rng.normal(0, sd, under.shape)))["noise_level"] == pytest.approx(sd, rel=0.05)


@pytest.mark.parametrize("offset", [(0, 0), (3, 5), (7, 1)])
@pytest.mark.parametrize("picture", [shapes(1), grain(1)], ids=["shapes", "grain"])
def test_blocks_show_the_more_the_lower_the_quality_wherever_the_picture_was_cropped(picture, offset):
    values = []
    for quality in (90, 50, 30, 20, 10):
        stored = cv2.imdecode(cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, quality])[1], 0)
        values.append(describe(np.ascontiguousarray(stored[offset[0] :, offset[1] :]))["blockiness"])
    assert max(values[0], abs(describe(picture)["blockiness"])) < 0.1 < 0.2 < values[3]
    assert all(before < after for before, after in itertools.pairwise(values[1:]))


def test_one_long_edge_is_no_block():
    framed = np.full((96, 96), 240, np.uint8)
    framed[:, 39:] = 20
    assert describe(framed)["blockiness"] == 0


@pytest.mark.parametrize("skew", [-12, -5, -2, -0.5, 0, 1, 3, 8])
@pytest.mark.parametrize("lines", [20, 38])
def test_the_skew_of_a_printed_page_is_found_within_half_a_degree(skew, lines):
    assert describe(page(skew, lines=lines))["skew"] == pytest.approx(skew, abs=0.5)


def test_skew_does_not_ask_whether_paper_is_dark_or_bright():
    assert describe(255 - page(3))["skew"] == pytest.approx(3, abs=0.3)


@pytest.mark.parametrize("seed", range(4))
def test_what_has_no_lines_has_no_skew(seed):
    assert describe(shapes(seed))["skew"] == describe(grain(seed))["skew"] == 0


def test_margins_are_those_of_what_is_printed():
    found = describe(page(0))
    for side, length in (("left", 850), ("top", 1100), ("bottom", 1100)):
        assert found[f"margin_{side}"] == pytest.approx(100 / length, abs=0.02), side


@pytest.mark.parametrize("noise", [0, 12])
@pytest.mark.parametrize("specks", [0, 5])
def test_margins_of_a_box_are_its_distances_whatever_noise_and_specks(noise, specks):
    rng = np.random.default_rng(0)
    image = np.full((100, 80), 40.0)
    image[10:50, 30:74] = 220
    image[rng.integers(0, 100, specks), rng.integers(0, 80, specks)] = 220
    found = describe(grey(image + rng.normal(0, noise, image.shape)))
    expected = {"left": 30 / 80, "right": 6 / 80, "top": 10 / 100, "bottom": 50 / 100}
    assert {side: found[f"margin_{side}"] for side in expected} == pytest.approx(expected, abs=0.005)


@pytest.mark.parametrize("width_px", [3, 5, 9])
@pytest.mark.parametrize("degrees", [0, 37, 90])
def test_stroke_width_is_that_of_a_drawn_line(width_px, degrees):
    y, x = np.mgrid[:200, :200] - 99.5
    along, across = (x * np.cos(turn) - y * np.sin(turn) for turn in np.radians([degrees, degrees - 90]))
    ink = np.clip(width_px / 2 - abs(across) + 0.5, 0, 1) * (abs(along) < 80)
    outline = 2 * width_px * 160 / (2 * (width_px + 160))  # twice the area over the outline, ends and all
    assert describe(grey(255 * ink))["stroke_width"] * np.hypot(200, 200) == pytest.approx(outline, rel=0.15)


@pytest.mark.parametrize("stops", [-1, 0.5])
def test_exposure_moves_brightness_and_contrast_by_its_factor(stops):
    image = grey(np.random.default_rng(0).normal(90, 15, (64, 64)))
    before, after = describe(image), describe(grey(image * 2.0**stops))
    for name in ("brightness", "contrast"):
        assert after[name] == pytest.approx(before[name] * 2**stops, rel=0.01), name


def test_a_cast_is_what_was_added():
    image = np.repeat(grain()[:, :, None] // 2 + 40, 3, axis=2)
    cast = describe(grey(image + np.array([12.0, 5.0, -8.0])))
    assert cast["red_blue_cast"] == pytest.approx(20, abs=0.01)
    assert cast["green_cast"] == pytest.approx(3, abs=0.01)


@pytest.mark.parametrize("factor", [2, 4])
def test_lost_resolution_lowers_fine_detail_step_by_step(factor):
    image = grain()
    small = cv2.resize(image, None, fx=1 / factor, fy=1 / factor, interpolation=cv2.INTER_AREA)
    lost = describe(cv2.resize(small, image.shape, interpolation=cv2.INTER_CUBIC))["fine_detail"]
    assert describe(image)["fine_detail"] - lost > {2: 0.5, 4: 1.5}[factor]


@pytest.mark.parametrize("shape", SHAPES, ids=str)
@pytest.mark.parametrize("level", [0, 7, 255])
def test_plain_images_of_any_size_have_no_property_but_light_and_size(shape, level):
    found = describe(np.full(shape, level, np.uint8))
    light = {
        "brightness": level,
        "dark_share": float(level < 32),
        "bright_share": float(level > 223),
        "fine_detail": -6,
    }
    for name, value in found.items():
        if not DESCRIPTORS[name].container:
            assert value == pytest.approx((light | {"fine_detail": -6}).get(name, 0), abs=1e-3), name


@pytest.mark.parametrize("shape", SHAPES, ids=str)
def test_images_of_any_size_have_finite_numbers_within_their_ranges(shape):
    rng = np.random.default_rng(0)
    for image in (rng.integers(0, 256, shape), rng.integers(0, 2, shape) * 255, np.eye(*shape) * 255):
        found = describe(image.astype(np.uint8))
        assert np.isfinite(list(found.values())).all()
        for name in ("motion_across", "motion_rising", "edge_upright"):
            assert -1 - 1e-6 <= found[name] <= 1 + 1e-6, name
        assert abs(found["skew"]) <= 15.25
        assert found["margin_left"] + found["margin_right"] < 1
        assert found["margin_top"] + found["margin_bottom"] < 1
