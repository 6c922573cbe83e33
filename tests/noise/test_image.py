"""Image noise: deterministic, in shape, and each operation does what it says."""

import subprocess
import sys

import cv2
import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tasks.noise.image import apply, draw
from tasks.noise.image_bounds import IMAGE
from tasks.noise.policy import Policy, default_policy, scaled

EVERYTHING = default_policy("image")
ALL_AT_ONCE = EVERYTHING.model_copy(
    update={"operations": tuple(o.model_copy(update={"probability": 1.0}) for o in EVERYTHING.operations)}
)
SHAPES = [(1, 1), (1, 7), (9, 1), (2, 2), (3, 40), (28, 28), (1, 1, 3), (1, 7, 3), (9, 1, 3), (28, 28, 3), (31, 17, 3)]


def textured(shape: tuple[int, ...], seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).integers(0, 256, shape, dtype=np.uint8)


def smooth(size: int = 64) -> np.ndarray:
    y, x = np.mgrid[:size, :size] / size
    return np.stack([60 + 120 * x, 60 + 120 * y, 150 - 60 * x * y], axis=2).astype(np.uint8)


def digit(size: int = 28) -> np.ndarray:
    """A plain black image with a bright one that is off centre."""
    pixels = np.zeros((size, size), np.uint8)
    pixels[size // 4 : size * 3 // 4, size // 2 : size // 2 + max(2, size // 9)] = 230
    return pixels


def only(name: str, seed: int = 1, n: int = 1, **magnitudes: float) -> pa.Table:
    """Draws of one operation with fixed magnitudes."""
    fixed = {key: {"uniform": [value, value]} for key, value in magnitudes.items()}
    policy = Policy.model_validate(
        {"modality": "image", "operations": [{"name": name, "probability": 1, "magnitudes": fixed}]}
    )
    return draw(policy, [f"p{i}" for i in range(n)], copies=1, seed=seed)


def do(pixels: np.ndarray, name: str, **magnitudes: float) -> np.ndarray:
    return apply([pixels], only(name, **magnitudes))[0]


def extreme(name: str, parameter: str, value: float) -> dict[str, float]:
    """One magnitude at a bound; one that needs another one to show gets it."""
    return {parameter: value} | ({"share": 1.0} if name == "crop_to_content" else {})


EXTREMES = [
    (name, extreme(name, parameter, value))
    for name, bounds in IMAGE.items()
    for parameter, limits in bounds.parameters.items()
    for value in (limits.low, limits.high)
]


@pytest.mark.parametrize("shape", SHAPES)
def test_shape_and_type_are_kept_with_everything_at_once(shape) -> None:
    for plain in (False, True):
        images = [np.full(shape, 7, np.uint8) if plain else textured(shape, i) for i in range(8)]
        made = apply(images, draw(ALL_AT_ONCE, [f"p{i}" for i in range(8)], copies=1, seed=3))
        for before, after in zip(images, made, strict=True):
            assert after.shape == before.shape
            assert after.dtype == np.uint8
            assert after.flags.c_contiguous


@pytest.mark.parametrize(("name", "magnitudes"), EXTREMES)
def test_every_bound_is_safe_on_every_shape(name, magnitudes) -> None:
    for shape in SHAPES:
        for pixels in (textured(shape), np.full(shape, 200, np.uint8), np.zeros(shape, np.uint8)):
            assert do(pixels, name, **magnitudes).shape == shape


@settings(max_examples=20, deadline=None)
@given(st.permutations(range(12)), st.integers(0, 100))
def test_a_result_depends_on_its_image_and_row_only(order, seed) -> None:
    shapes = [(28, 28), (28, 28, 3), (13, 40), (28, 28)]
    images = [textured(shapes[i % 4], i) for i in range(12)]
    draws = draw(EVERYTHING, [f"p{i}" for i in range(12)], copies=1, seed=seed)
    whole = apply(images, draws)
    order = list(order)
    shuffled = apply([images[i] for i in order], draws.take(order))
    alone = [apply([images[i]], draws.slice(i, 1))[0] for i in range(12)]
    for place, i in enumerate(order):
        assert np.array_equal(shuffled[place], whole[i])
        assert np.array_equal(alone[i], whole[i])


def test_same_draws_same_pixels_in_another_process_and_after_parquet(tmp_path) -> None:
    import pyarrow.parquet as pq

    images = [textured((28, 28, 3), i) for i in range(20)]
    draws = draw(EVERYTHING, [f"p{i}" for i in range(20)], copies=1, seed=5)
    pq.write_table(draws, tmp_path / "draws.parquet")
    np.save(tmp_path / "images.npy", np.array(images))
    code = (
        "import sys, hashlib, numpy as np, pyarrow.parquet as pq; from tasks.noise.image import apply;"
        "made = apply(list(np.load(sys.argv[1] + '/images.npy')), pq.read_table(sys.argv[1] + '/draws.parquet'));"
        "print(hashlib.sha256(np.array(made).tobytes()).hexdigest())"
    )
    found = subprocess.run([sys.executable, "-c", code, str(tmp_path)], capture_output=True, text=True, check=True)
    import hashlib

    assert found.stdout.strip() == hashlib.sha256(np.array(apply(images, draws)).tobytes()).hexdigest()


def test_severity_zero_is_the_identity() -> None:
    images = [textured(shape) for shape in SHAPES]
    draws = draw(scaled(ALL_AT_ONCE, 0), [f"p{i}" for i in range(len(SHAPES))], copies=1, seed=3)
    for before, after in zip(images, apply(images, draws), strict=True):
        assert np.array_equal(before, after)


@pytest.mark.parametrize("name", sorted(IMAGE))
def test_neutral_magnitudes_are_the_identity(name) -> None:
    neutral = {key: limits.neutral for key, limits in IMAGE[name].parameters.items() if limits.neutral is not None}
    for pixels in (digit(), textured((20, 30)), textured((20, 30, 3))):
        assert np.array_equal(do(pixels, name, **neutral), pixels)


def test_a_faint_policy_changes_little() -> None:
    pixels = smooth()
    faint = scaled(ALL_AT_ONCE, 0.01)
    made = apply([pixels] * 10, draw(faint, [f"p{i}" for i in range(10)], copies=1, seed=3))
    assert max(np.abs(m.astype(int) - pixels).mean() for m in made) < 3


def test_images_are_left_as_they_are() -> None:
    images = [textured((28, 28), i) for i in range(10)]
    kept = [pixels.copy() for pixels in images]
    apply(images, draw(ALL_AT_ONCE, [f"p{i}" for i in range(10)], copies=1, seed=3))
    for before, after in zip(kept, images, strict=True):
        assert np.array_equal(before, after)


def test_views_and_read_only_images_are_taken() -> None:
    pixels = textured((56, 56, 3))[::2, ::2]
    pixels.flags.writeable = False
    draws = draw(ALL_AT_ONCE, ["p"], copies=1, seed=3)
    assert np.array_equal(apply([pixels], draws)[0], apply([np.ascontiguousarray(pixels)], draws)[0])


@pytest.mark.parametrize(
    "pixels",
    [np.zeros((4, 4), np.float32), np.zeros((4, 4, 4), np.uint8), np.zeros(4, np.uint8), np.zeros((0, 4), np.uint8)],
)
def test_what_is_no_image_is_refused(pixels) -> None:
    with pytest.raises(ValueError, match="uint8"):
        apply([pixels], only("rotation", angle_deg=3))


def test_too_few_images_are_refused() -> None:
    with pytest.raises(ValueError, match="2 rows"):
        apply([digit()], only("rotation", n=2, angle_deg=3))


def centre(pixels: np.ndarray) -> tuple[float, float]:
    weight = pixels.astype(float)
    y, x = np.mgrid[: pixels.shape[0], : pixels.shape[1]]
    return float((x * weight).sum() / weight.sum()), float((y * weight).sum() / weight.sum())


def test_shift_moves_by_the_share_asked() -> None:
    (x, y), (x2, y2) = centre(digit()), centre(do(digit(), "shift", x_share=-0.1, y_share=0.1))
    assert x2 - x == pytest.approx(-2.8, abs=0.05)
    assert y2 - y == pytest.approx(2.8, abs=0.05)


def test_rotation_turns_counter_clockwise() -> None:
    pixels = np.zeros((41, 41), np.uint8)
    pixels[18:23, 34:39] = 255
    x, y = centre(do(pixels, "rotation", angle_deg=30))
    assert x == pytest.approx(20 + 16 * np.cos(np.pi / 6), abs=0.2)
    assert y == pytest.approx(20 - 16 * np.sin(np.pi / 6), abs=0.2)


def test_scale_enlarges_the_area_and_aspect_keeps_it() -> None:
    pixels = np.zeros((64, 64), np.uint8)
    pixels[24:40, 24:40] = 200
    area = pixels.sum(dtype=float)
    assert do(pixels, "scale", factor=1.5).sum(dtype=float) / area == pytest.approx(2.25, rel=0.03)
    slim = do(pixels, "scale", aspect=0.6)
    assert slim.sum(dtype=float) / area == pytest.approx(1, rel=0.03)
    assert (slim > 100).any(axis=0).sum() < (slim > 100).any(axis=1).sum()


def test_crop_to_content_fills_the_frame() -> None:
    for share, touches in ((0.0, False), (1.0, True)):
        made = do(digit(), "crop_to_content", share=share, stretch=1.0)
        edges = (made[0], made[-1], made[:, 0], made[:, -1])
        assert all((edge > 50).any() for edge in edges) == touches


def test_crop_to_content_keeps_the_aspect_unless_asked() -> None:
    made = do(digit(), "crop_to_content", share=1.0) > 100
    before = digit() > 100
    wide, high = made.any(axis=0).sum() / before.any(axis=0).sum(), made.any(axis=1).sum() / before.any(axis=1).sum()
    assert wide == pytest.approx(high, rel=0.15)


def test_a_plain_border_is_continued_and_a_textured_one_reflected() -> None:
    page = np.full((40, 40), 240, np.uint8)
    page[18:22, :] = 10  # a stroke that touches both edges must not be smeared along them
    moved = do(page, "shift", y_share=0.25)
    assert (moved[:9] == 240).all()
    photo = smooth()
    turned = do(photo, "rotation", angle_deg=30)
    assert np.abs(turned[0, 0].astype(int) - photo[8, 8]).max() < 40  # its neighbourhood, not black


def test_stroke_weight_works_on_both_polarities_and_not_on_photos() -> None:
    bright, dark = digit(), 255 - digit()
    assert do(bright, "stroke_weight", width_share=0.07).mean() > bright.mean()
    assert do(bright, "stroke_weight", width_share=-0.05).mean() < bright.mean()
    assert do(dark, "stroke_weight", width_share=0.07).mean() < dark.mean()
    assert np.array_equal(do(smooth(), "stroke_weight", width_share=0.07), smooth())


def test_stroke_weight_grows_without_steps() -> None:
    means = [do(digit(), "stroke_weight", width_share=share).mean() for share in np.linspace(0, 0.1, 21)]
    assert (np.diff(means) >= 0).all()
    assert max(np.diff(means)) < 0.3 * (means[-1] - means[0])


@pytest.mark.parametrize(
    ("name", "parameter", "strengths"),
    [
        ("defocus", "radius_share", (0.0, 0.02, 0.04, 0.06)),
        ("gaussian_blur", "sigma_share", (0.0, 0.01, 0.02, 0.04)),
        ("motion_blur", "length_share", (0.0, 0.05, 0.1, 0.15)),
        ("downscale", "factor", (1.0, 0.7, 0.5, 0.25)),
    ],
)
def test_blur_takes_sharpness_and_keeps_the_mean(name, parameter, strengths) -> None:
    pixels = textured((64, 64))
    made = [do(pixels, name, **{parameter: strength}) for strength in strengths]
    sharpness = [cv2.Laplacian(m, cv2.CV_64F).var() for m in made]
    assert sharpness == sorted(sharpness, reverse=True)
    assert sharpness[-1] < 0.3 * sharpness[0]
    for m in made:
        assert m.mean() == pytest.approx(pixels.mean(), abs=1.5)


def test_noise_has_the_standard_deviation_asked() -> None:
    grey = np.full((200, 200), 128, np.uint8)
    assert do(grey, "gaussian_noise", sd=0.08).std() == pytest.approx(0.08 * 255, rel=0.02)
    assert do(grey, "shot_noise", sd=0.08).std() == pytest.approx(0.08 * 255 * (128 / 255) ** 0.5, rel=0.02)
    assert do(grey * 0, "shot_noise", sd=0.08).std() == 0
    assert do(grey, "gaussian_noise", sd=0.08).mean() == pytest.approx(128, abs=0.3)


def test_noise_differs_between_records_and_between_pixels() -> None:
    grey = np.full((50, 50, 3), 128, np.uint8)
    a, b = apply([grey, grey], only("gaussian_noise", n=2, sd=0.1))
    assert np.mean(a == b) < 0.1
    for x, y in ((a[1:], a[:-1]), (a[:, 1:], a[:, :-1]), (a[..., 1:], a[..., :-1]), (a, b)):
        assert abs(np.corrcoef(x.ravel(), y.ravel())[0, 1]) < 0.05


def test_tone_operations() -> None:
    pixels = smooth()
    assert do(pixels, "gain", factor=1.2).mean() == pytest.approx(1.2 * pixels.mean(), abs=0.5)
    assert do(pixels, "brightness", shift=-0.1).mean() == pytest.approx(pixels.mean() - 25.5, abs=0.5)
    assert do(pixels, "gamma", exponent=2).mean() == pytest.approx((255 * (pixels / 255.0) ** 2).mean(), abs=0.5)
    assert do(pixels, "contrast", factor=0.5).std() == pytest.approx(0.5 * pixels.std(), abs=0.5)


def test_colours_shift_where_there_are_any() -> None:
    pixels = smooth()
    warm = do(pixels, "white_balance", red=1.3, blue=0.8)
    ratio = warm.mean(axis=(0, 1)) / pixels.mean(axis=(0, 1))
    assert ratio == pytest.approx([1.3, 1, 0.8], abs=0.01)
    dull = do(pixels, "saturation", factor=0.3)
    assert np.ptp(dull.astype(int), axis=2).mean() == pytest.approx(
        0.3 * np.ptp(pixels.astype(int), axis=2).mean(), rel=0.1
    )
    for name, magnitudes in (("white_balance", {"red": 1.3}), ("saturation", {"factor": 0.3})):
        assert np.array_equal(do(textured((9, 9)), name, **magnitudes), textured((9, 9)))


def test_vignette_darkens_corners_by_the_strength() -> None:
    made = do(np.full((101, 101), 200, np.uint8), "vignette", strength=0.5)
    assert made[50, 50] == 200
    assert made[0, 0] == pytest.approx(200 * (1 - 0.5 * (100 / 101) ** 2), abs=1)


def test_jpeg_keeps_colours_in_their_channels() -> None:
    pixels = np.zeros((32, 32, 3), np.uint8)
    pixels[..., 0] = 200
    made = do(pixels, "jpeg", quality=90)
    assert np.abs(made.astype(int) - pixels).max() < 8
    loss = [
        np.abs(do(textured((64, 64)), "jpeg", quality=q).astype(int) - textured((64, 64))).mean() for q in (95, 60, 15)
    ]
    assert loss == sorted(loss)


def test_perspective_shrinks_one_side() -> None:
    pixels = np.zeros((64, 64), np.uint8)
    pixels[8:56, 12] = pixels[8:56, 51] = 255
    made = do(pixels, "perspective", x=0.25) > 60
    left, right = made[:, :32].any(axis=1).sum(), made[:, 32:].any(axis=1).sum()
    assert left > 1.3 * right


def test_other_modules_load_no_image_library() -> None:
    code = (
        "import sys, tasks.noise.policy, tasks.noise.fitting, tasks.noise.audio, tasks.noise.tabular;"
        "print([m for m in ('cv2', 'albumentations') if m in sys.modules])"
    )
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "[]"
