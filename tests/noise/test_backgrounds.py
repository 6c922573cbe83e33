"""Backgrounds: which pictures are taken, how they are dealt, and what they leave of an image."""

import importlib
from pathlib import Path

import cv2
import numpy as np
import pytest

from tasks.errors import InputError
from tasks.noise.backgrounds import NO_BACKGROUNDS, Background, Backgrounds, load_backgrounds, put_behind
from tasks.noise.image import apply, draw
from tasks.noise.image_border import borders_of
from tasks.noise.image_drawing import background_use
from tasks.noise.noise_use import NOISE_USE
from tasks.noise.policy import Policy
from tasks.noise.pool import Folder
from tasks.noise.pool_account import pool_account


def policy(probability: float = 1.0, strength: float = 0.5) -> Policy:
    operation = {
        "name": "background",
        "probability": probability,
        "magnitudes": {"strength": {"uniform": [strength, strength]}},
    }
    return Policy.model_validate({"modality": "image", "operations": [operation]})


def texture(seed: int, size: tuple[int, ...] = (60, 80, 3)) -> np.ndarray:
    rng = np.random.default_rng(seed)
    return cv2.GaussianBlur(rng.integers(0, 256, size, dtype=np.uint8), (5, 5), 2)


@pytest.fixture
def tables(tmp_path: Path) -> Path:
    """Six pictures of three photographs, and four files that cannot be used."""
    folder = tmp_path / "tables"
    folder.mkdir()
    for number in range(6):
        cv2.imwrite(str(folder / f"oak{number // 2}_{number}.png"), texture(number))
    cv2.imwrite(str(folder / "oak3_small.png"), texture(9, (20, 200)))
    cv2.imwrite(str(folder / "oak3_plain.png"), np.full((64, 64), 90, np.uint8))
    (folder / "oak3_broken.png").write_bytes(b"\x89PNG----")
    (folder / "notes.txt").write_text("who took what")
    return folder


def loaded(folder: Path, **more) -> Backgrounds:
    return load_backgrounds([Folder("tables", folder, "(?P<picture>oak[0-9])_")], **more)


def character(bright: int = 230, dark: int = 0, size: int = 28) -> np.ndarray:
    pixels = np.full((size, size), dark, np.uint8)
    pixels[8:20, 12:16] = bright
    return pixels


def test_what_cannot_be_used_is_refused_with_its_reason(tables: Path) -> None:
    found = loaded(tables)
    assert list(found.by_recording) == ["tables/oak0", "tables/oak1", "tables/oak2"]
    assert {refused.name: refused.reason for refused in found.refused} == {
        "tables/notes.txt": "not_supported",
        "tables/oak3_broken.png": next(r.reason for r in found.refused if "broken" in r.name),
        "tables/oak3_plain.png": "plain",
        "tables/oak3_small.png": "too_small",
    }
    taken = loaded(tables, taken={"tables/oak0_0.png": "app/7"})
    assert [str(r) for r in taken.refused if r.reason == "same_as_record"] == [
        "tables/oak0_0.png: same_as_record: app/7 holds the same"
    ]
    with pytest.raises(InputError, match="no folder at"):
        load_backgrounds([Folder("walls", tables / "walls")])
    (tables / "none").mkdir()
    with pytest.raises(InputError, match=r"no picture in .* can be used; refused: no files"):
        load_backgrounds([Folder("none", tables / "none")])


@pytest.mark.parametrize(("bright", "dark"), [(230, 0), (10, 255), (120, 60)])
def test_the_border_gives_way_and_what_stands_out_stays(bright: int, dark: int) -> None:
    image = character(bright, dark)
    made = put_behind(image, borders_of([image])[0], texture(1), 0.6)
    ink = image == bright
    assert np.array_equal(made[ink], image[ink])
    assert made[~ink].std() > 2
    behind = cv2.cvtColor(cv2.resize(texture(1), (28, 28), interpolation=cv2.INTER_AREA), cv2.COLOR_RGB2GRAY)
    assert made[~ink] == pytest.approx(dark + 0.6 * (behind[~ink].astype(float) - dark), abs=2)


def test_photos_constant_images_and_no_strength_stay_as_they_are() -> None:
    photo = texture(3, (40, 40, 3))
    for image, strength in ((photo, 0.6), (character(10, 0), 0.6), (character(), 0.0)):
        assert np.array_equal(put_behind(image, borders_of([image])[0], texture(1), strength), image)


@pytest.mark.parametrize("shape", [(28, 28), (30, 20, 3), (1, 1), (33, 33, 3)])
def test_colour_and_grey_of_any_size(shape: tuple[int, ...], tables: Path) -> None:
    found = loaded(tables)
    image = np.zeros(shape, np.uint8)
    image[: shape[0] // 2 + 1] = 255
    image[0] = image[-1] = 0
    (made,) = apply([image], draw(policy(), ["p"], copies=1, seed=1, backgrounds=found), backgrounds=found)
    assert made.shape == image.shape
    assert made.dtype == np.uint8


def test_a_draw_depends_on_the_record_alone_and_apply_on_the_draw(tables: Path) -> None:
    found = loaded(tables)
    parents = [f"p{row}" for row in range(200)]
    images = [character()] * 200
    draws = draw(policy(0.5), parents, copies=1, seed=3, backgrounds=found)
    assert draws["background.picture"].null_count == draws["background.strength"].null_count > 60
    first, second = (apply(images, draws, backgrounds=found) for _ in range(2))
    assert all(np.array_equal(a, b) for a, b in zip(first, second, strict=True))
    idle = draws["background.strength"].is_null().to_pylist()
    assert all(np.array_equal(made, character()) == kept for made, kept in zip(first, idle, strict=True))
    with pytest.raises(ValueError, match="draw and apply need the same ones"):
        apply(images, draws)


def test_without_pictures_none_is_drawn() -> None:
    draws = draw(policy(), ["p", "q"], copies=1, seed=1)
    assert draws["background.strength"].null_count == 2
    assert np.array_equal(apply([character()] * 2, draws)[0], character())
    assert background_use(draws, NO_BACKGROUNDS).num_rows == 0


def test_the_account_counts_photographs_not_crops(tables: Path) -> None:
    found = loaded(tables)
    draws = draw(policy(), [f"p{row}" for row in range(600)], copies=1, seed=3, backgrounds=found)
    use = background_use(draws, found)
    assert use.schema == NOISE_USE
    assert sum(use["records"].to_pylist()) == 600
    told = pool_account(use)
    assert (told.recordings, told.clips, told.noisy) == (3, 6, 600)
    assert told.effective == pytest.approx(3, abs=0.01)
    side = draws["background.side"].to_numpy()
    assert told.repetition == pytest.approx(np.sum(side**2) / 6)


def test_a_fit_finds_what_lies_behind_only_where_it_has_pictures(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(Path(__file__).resolve().parents[2] / "benchmarks"))
    planted = importlib.import_module("planted")

    def wall(number: int) -> Background:
        pixels = texture(number).astype(float)
        bright = np.clip((pixels - pixels.mean()) / pixels.std() * 45 + 120, 0, 255)
        return Background(f"walls/{number}", f"walls/{number}", bright.astype(np.uint8))

    pictures = Backgrounds(tuple(wall(number) for number in range(12)))
    characters = planted.drawn("characters", 260).records
    case = {"background": {"strength": (0.4, 0.1)}}
    with_them = planted.Source("image", characters, pictures, frozenset({"background"}))
    found = planted.plant(with_them, case, 130, 0)
    assert found.right, found.fit.policy
    without = planted.plant(planted.Source("image", characters, pictures), case, 130, 0)
    assert without.fit.policy.operation("background") is None
