"""Image descriptors: made images with a known value; finite and independent of the batch always."""

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tasks.descriptors.image import DESCRIPTORS, describe_images


def describe(image):
    return dict(zip(DESCRIPTORS, describe_images([image])[0].tolist(), strict=True))


def texture(side=128, seed=0, cell=4):
    """Smooth random structure around mid grey."""
    small = np.random.default_rng(seed).normal(128, 30, (side // cell, side // cell)).astype(np.float32)
    return np.clip(cv2.resize(small, (side, side), interpolation=cv2.INTER_CUBIC), 0, 255).astype(np.uint8)


def bar(height=64, width=64, thickness=4.0, lean_degrees=0.0):
    """A white bar on black, 40 px high, leaning to the right."""
    y, x = np.mgrid[:height, :width] + 0.5
    middle = width / 2 + (height / 2 - y) * np.tan(np.radians(lean_degrees))
    ink = np.clip(thickness / 2 - np.abs(x - middle) + 0.5, 0, 1) * (np.abs(y - height / 2) <= 20)
    return np.round(255 * ink).astype(np.uint8)


shapes = st.tuples(st.integers(1, 40), st.integers(1, 40))


@given(shapes, st.booleans(), st.sampled_from(["noise", "black", "white", "one pixel", "stripes"]), st.integers(0, 99))
@settings(max_examples=80, deadline=None)
def test_always_finite_and_shares_are_shares(shape, colour, kind, seed):
    full = (*shape, 3) if colour else shape
    image = {
        "noise": np.random.default_rng(seed).integers(0, 256, full),
        "black": np.zeros(full),
        "white": np.full(full, 255),
        "one pixel": np.where(np.arange(np.prod(full)).reshape(full) == 0, 255, 0),
        "stripes": np.broadcast_to((np.arange(full[1]) % 2 * 255).reshape((1, -1, 1)[: len(full)]), full),
    }[kind].astype(np.uint8)
    row = describe_images([image])
    assert np.isfinite(row).all()
    for name, value in zip(DESCRIPTORS, row[0], strict=True):
        if DESCRIPTORS[name].unit == "share":
            assert -1e-6 <= value <= 1 + 1e-6, name


@given(st.lists(st.tuples(shapes, st.booleans()), min_size=1, max_size=8), st.integers(0, 99))
@settings(max_examples=30, deadline=None)
def test_a_row_depends_on_its_image_alone(drawn, seed):
    rng = np.random.default_rng(seed)
    images = [rng.integers(0, 256, (*shape, 3) if colour else shape).astype(np.uint8) for shape, colour in drawn]
    together = describe_images(images)
    alone = np.concatenate([describe_images([image]) for image in images])
    assert together.tobytes() == alone.tobytes()


@given(shapes, st.integers(0, 99))
@settings(max_examples=30, deadline=None)
def test_grey_and_three_equal_channels_are_the_same(shape, seed):
    grey = np.random.default_rng(seed).integers(0, 256, shape).astype(np.uint8)
    assert describe_images([grey]).tobytes() == describe_images([np.repeat(grey[:, :, None], 3, axis=2)]).tobytes()


@pytest.mark.parametrize("level", [0, 100, 255])
def test_a_plain_image_has_the_documented_values(level):
    found = describe(np.full((30, 40), level, dtype=np.uint8))
    assert found["brightness"] == pytest.approx(level, abs=1e-3)
    for name in ("contrast", "sharpness", "edge_density", "edge_upright", "noise_level", "blockiness", "saturation"):
        assert found[name] == 0, name
    for name in ("colourfulness", "red_blue_cast", "ink_share", "foreground_width", "off_centre", "slant"):
        assert found[name] == 0, name
    assert found["stroke_width"] == 0
    assert found["fine_detail"] == -6


def test_brightness_contrast_and_shares_are_those_of_the_pixels():
    image = np.repeat(np.array([[0, 100, 250, 255]], dtype=np.uint8), 25, axis=0)
    found = describe(image)
    assert found["brightness"] == pytest.approx(image.mean(), abs=1e-3)
    assert found["contrast"] == pytest.approx(image.std(), abs=1e-3)
    assert found["dark_share"] == pytest.approx(0.25)
    assert found["bright_share"] == pytest.approx(0.5)


@pytest.mark.parametrize("sd", [2.0, 5.0, 10.0, 20.0])
@pytest.mark.parametrize("side", [64, 300])
def test_gaussian_noise_is_measured_to_a_tenth(sd, side):
    noise = np.random.default_rng(1).normal(0, sd, (side, side))
    found = describe(np.clip(np.round(128 + noise), 0, 255).astype(np.uint8))
    assert found["noise_level"] == pytest.approx(sd, rel=0.1)


def test_noise_on_structure_is_told_from_the_structure():
    rough = texture(cell=16)
    noisy = np.clip(np.round(rough + np.random.default_rng(1).normal(0, 10, rough.shape)), 0, 255).astype(np.uint8)
    assert describe(rough)["noise_level"] < 1.5
    assert describe(noisy)["noise_level"] == pytest.approx(10, rel=0.15)


def test_blur_lowers_sharpness_and_fine_detail_step_by_step():
    image = np.random.default_rng(0).integers(0, 256, (96, 96)).astype(np.uint8)
    blurred = [image, *(cv2.GaussianBlur(image, (0, 0), sigma) for sigma in (0.7, 1.5, 3.0))]
    found = [describe(step) for step in blurred]
    for name in ("sharpness", "fine_detail", "edge_density"):
        values = [step[name] for step in found]
        assert values == sorted(values, reverse=True), name


def test_enlarging_leaves_no_fine_detail():
    image = np.random.default_rng(0).integers(0, 256, (32, 32)).astype(np.uint8)
    enlarged = cv2.resize(image, (128, 128), interpolation=cv2.INTER_CUBIC)
    assert describe(image)["fine_detail"] > np.log10(0.5)
    assert describe(enlarged)["fine_detail"] < -2


def test_strong_compression_shows_as_blocks():
    image = texture(256, cell=3)
    values = []
    for quality in (95, 30, 10):
        stored = cv2.imencode(".jpg", image, [cv2.IMWRITE_JPEG_QUALITY, quality])[1]
        values.append(describe(cv2.imdecode(stored, cv2.IMREAD_GRAYSCALE))["blockiness"])
    assert values == sorted(values)
    assert abs(describe(image)["blockiness"]) < 0.1 < values[-1]


@pytest.mark.parametrize("lean", [-30, -10, 0, 10, 30])
def test_slant_is_the_lean_of_a_bar(lean):
    found = describe(bar(lean_degrees=lean))
    assert found["slant"] == pytest.approx(lean, abs=1)


def test_slant_does_not_ask_whether_ink_is_dark_or_bright():
    assert describe(255 - bar(lean_degrees=20))["slant"] == pytest.approx(20, abs=1)


@pytest.mark.parametrize("thickness", [2.0, 4.0, 8.0])
def test_stroke_width_is_that_of_a_bar(thickness):
    length, diagonal = 40, np.hypot(64, 64)
    expected = 2 * thickness * length / (2 * (length + thickness)) / diagonal
    assert describe(bar(thickness=thickness))["stroke_width"] == pytest.approx(expected, rel=0.15)


def test_foreground_extent_and_place_are_those_of_a_box():
    image = np.full((100, 80), 20, dtype=np.uint8)
    image[10:50, 30:50] = 220
    found = describe(image)
    assert found["ink_share"] == pytest.approx(40 * 20 / 8000, rel=0.01)
    assert found["foreground_width"] == pytest.approx(4 * 20 / np.sqrt(12) / 80, rel=0.02)
    assert found["foreground_height"] == pytest.approx(4 * 40 / np.sqrt(12) / 100, rel=0.02)
    assert found["off_centre"] == pytest.approx(20 / np.hypot(100, 80), rel=0.02)


def test_upright_edges_are_told_from_level_ones():
    stripes = np.tile(np.repeat([[0, 255]], 4, axis=1), (64, 8)).astype(np.uint8)
    assert describe(stripes)["edge_upright"] == pytest.approx(1)
    assert describe(np.ascontiguousarray(stripes.T))["edge_upright"] == pytest.approx(-1)


def test_colour_axes_have_their_signs_and_definitions():
    rng = np.random.default_rng(0)
    image = rng.integers(0, 256, (40, 50, 3)).astype(np.uint8)
    red, green, blue = (image[..., i].astype(float) for i in range(3))
    axes = red - green, (red + green) / 2 - blue
    found = describe(image)
    spread = np.hypot(axes[0].std(), axes[1].std()) + 0.3 * np.hypot(axes[0].mean(), axes[1].mean())
    assert found["colourfulness"] == pytest.approx(spread, rel=1e-4)
    assert found["red_blue_cast"] == pytest.approx((red - blue).mean(), abs=1e-3)
    assert found["green_cast"] == pytest.approx((green - (red + blue) / 2).mean(), abs=1e-3)
    top = image.max(axis=2).astype(float)
    assert found["saturation"] == pytest.approx(((top - image.min(axis=2)) / np.maximum(top, 1)).mean(), abs=1e-5)


def test_the_container_is_a_family_of_its_own():
    found = describe(np.zeros((30, 60), dtype=np.uint8))
    assert (found["width_px"], found["height_px"], found["aspect"]) == (60, 30, 2)
    assert [name for name, known in DESCRIPTORS.items() if known.container] == ["width_px", "height_px", "aspect"]


def test_a_large_image_is_described_like_its_half():
    image = np.clip(texture(1024, cell=64), 0, 255)
    image[300:800, 400:600] = 255
    half = cv2.resize(image, (512, 512), interpolation=cv2.INTER_AREA)
    large, small = describe(image), describe(half)
    for name in ("brightness", "contrast", "ink_share", "foreground_width", "foreground_height", "off_centre"):
        assert large[name] == pytest.approx(small[name], rel=0.02, abs=0.01), name


def test_no_images_make_no_rows():
    assert describe_images([]).shape == (0, len(DESCRIPTORS))


@pytest.mark.parametrize(
    "wrong",
    [
        np.zeros((4, 4)),
        np.zeros((4, 4, 4), dtype=np.uint8),
        np.zeros((0, 4), dtype=np.uint8),
        np.zeros(4, dtype=np.uint8),
    ],
)
def test_what_is_no_image_is_refused(wrong):
    with pytest.raises(ValueError, match="image 1"):
        describe_images([np.zeros((2, 2), dtype=np.uint8), wrong])
