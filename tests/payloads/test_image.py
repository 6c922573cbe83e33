"""Images come out as a person sees them, and nothing that is not an image comes out at all."""

import io
import struct
import zlib
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from PIL import Image as Pillow

from tasks.catalog.quarantine import REASONS
from tasks.errors import Unreadable
from tasks.payloads import image as module
from tasks.payloads.image import MAX_PIXELS, Image, _decode_any, decode_image, encode_image
from tasks.payloads.image_headers import read_header


def ramp(height: int = 21, width: int = 33) -> np.ndarray:
    """Make a smooth grey image that no flip or turn maps onto itself."""
    rows, columns = np.mgrid[:height, :width]
    return (rows * 5 + columns * 3 + (rows * columns) % 7).astype(np.uint8)


def colours(height: int = 21, width: int = 33) -> np.ndarray:
    grey = ramp(height, width)
    return np.stack([grey, 255 - grey, grey // 2], axis=-1)


def saved(pixels: np.ndarray, kind: str, mode: str | None = None, **options: Any) -> bytes:
    made = Pillow.fromarray(pixels)
    file = io.BytesIO()
    (made.convert(mode) if mode else made).save(file, kind, **options)
    return file.getvalue()


def chunk(name: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))


def png(width: int, height: int, depth: int, colour: int, rows: bytes, *extra: bytes, end: bool = True) -> bytes:
    """Write a PNG chunk by chunk."""
    head = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, 0))
    parts = [
        b"\x89PNG\r\n\x1a\n",
        head,
        *extra,
        chunk(b"IDAT", zlib.compress(rows)),
        chunk(b"IEND", b"") if end else b"",
    ]
    return b"".join(parts)


def refused(data: bytes) -> str:
    with pytest.raises(Unreadable) as why:
        decode_image(data)
    assert why.value.reason in REASONS
    assert why.value.detail
    return why.value.reason


LOSSLESS = [
    ("PNG", {}),
    ("PNG", {"compress_level": 0}),
    ("WEBP", {"lossless": True}),
    ("BMP", {}),
    ("TIFF", {}),
    ("TIFF", {"compression": "tiff_lzw"}),
    ("TIFF", {"compression": "tiff_adobe_deflate"}),
]


@pytest.mark.parametrize(("kind", "options"), LOSSLESS)
def test_lossless_kinds_give_the_pixels_back(kind: str, options: dict[str, Any]) -> None:
    found = decode_image(saved(colours(), kind, **options))
    assert found.format == kind.lower()
    assert np.array_equal(found.pixels, colours())


@pytest.mark.parametrize("kind", ["PNG", "BMP", "TIFF", "GIF"])
def test_grey_stays_grey(kind: str) -> None:
    found = decode_image(saved(ramp(), kind))
    assert np.array_equal(found.pixels, ramp())


@pytest.mark.parametrize("mode", ["L", "RGB"])
@pytest.mark.parametrize("options", [{"quality": 95}, {"quality": 70, "subsampling": 2}, {"progressive": True}])
def test_a_jpeg_is_decoded_as_pillow_decodes_it(mode: str, options: dict[str, Any]) -> None:
    data = saved(colours(37, 50), "JPEG", mode, **options)
    found = decode_image(data)
    assert found.plain
    assert np.array_equal(found.pixels, np.asarray(Pillow.open(io.BytesIO(data))))


@pytest.mark.parametrize(
    "extra",
    [
        [chunk(b"gAMA", struct.pack(">I", 100000))],
        [chunk(b"sRGB", b"\0"), chunk(b"pHYs", struct.pack(">IIB", 2835, 2835, 1))],
        [chunk(b"bKGD", struct.pack(">HHH", 9, 9, 9))],
        [chunk(b"sBIT", b"\5\6\5")],
        [chunk(b"cHRM", struct.pack(">8I", 31270, 32900, 64000, 33000, 30000, 60000, 15000, 6000))],
        [chunk(b"tEXt", b"Software\0a camera")],
    ],
)
def test_the_short_way_and_the_long_way_give_the_same_image(extra: list[bytes]) -> None:
    pixels = colours()
    data = png(33, 21, 8, 2, b"".join(b"\0" + row.tobytes() for row in pixels), *extra)
    slow = _decode_any(data, read_header(data))
    found = decode_image(data)
    assert found.plain
    assert slow.plain
    assert np.array_equal(found.pixels, pixels)
    assert np.array_equal(slow.pixels, pixels)


@pytest.mark.parametrize(("kind", "mode"), [("PNG", "LA"), ("PNG", "RGBA"), ("WEBP", "RGBA"), ("TIFF", "RGBA")])
def test_transparency_is_laid_on_white(kind: str, mode: str) -> None:
    layers = np.dstack([colours(), np.zeros((21, 33), np.uint8)])
    layers[:, 10:20, 3] = 128
    layers[:, 20:, 3] = 255
    made = Pillow.fromarray(layers).convert(mode)
    file = io.BytesIO()
    made.save(file, kind, **({"lossless": True, "exact": True} if kind == "WEBP" else {}))
    found = decode_image(file.getvalue())
    opaque = np.asarray(made.convert("RGB" if mode == "RGBA" else "L"))
    assert not found.plain
    assert (found.pixels[:, :10] == 255).all()
    half = (opaque[:, 10:20].astype(int) * 128 + 255 * 127 + 127) // 255
    assert np.array_equal(found.pixels[:, 10:20], half)
    assert np.array_equal(found.pixels[:, 20:], opaque[:, 20:])


def test_a_palette_becomes_its_colours() -> None:
    made = Pillow.fromarray(colours()).quantize(32)
    file = io.BytesIO()
    made.save(file, "PNG")
    found = decode_image(file.getvalue())
    assert not found.plain
    assert np.array_equal(found.pixels, np.asarray(made.convert("RGB")))


def test_a_palette_of_greys_becomes_grey() -> None:
    made = Pillow.fromarray(ramp() // 16 * 16).convert("P")
    file = io.BytesIO()
    made.save(file, "PNG")
    assert np.array_equal(decode_image(file.getvalue()).pixels, ramp() // 16 * 16)


@pytest.mark.parametrize("kind", ["PNG", "GIF"])
def test_a_transparent_entry_of_a_palette_is_white(kind: str) -> None:
    made = Pillow.new("P", (4, 3), 1)
    made.putpalette([0, 0, 0, 200, 10, 10])
    made.putpixel((0, 0), 0)
    file = io.BytesIO()
    made.save(file, kind, transparency=0)
    pixels = decode_image(file.getvalue()).pixels
    assert pixels[0, 0].tolist() == [255, 255, 255]
    assert pixels[1, 1].tolist() == [200, 10, 10]


def test_one_transparent_grey_or_colour_is_white() -> None:
    grey = png(3, 1, 8, 0, b"\0\x05\x06\x07", chunk(b"tRNS", struct.pack(">H", 6)))
    assert decode_image(grey).pixels.tolist() == [[5, 255, 7]]
    colour = png(2, 1, 8, 2, b"\0\1\2\3\4\5\6", chunk(b"tRNS", struct.pack(">HHH", 1, 2, 3)))
    assert decode_image(colour).pixels.tolist() == [[[255, 255, 255], [4, 5, 6]]]
    deep = png(
        3, 1, 16, 0, b"\0" + struct.pack(">HHH", 0x0500, 0x0600, 0x06FF), chunk(b"tRNS", struct.pack(">H", 0x0600))
    )
    assert decode_image(deep).pixels.tolist() == [[5, 255, 6]]
    deep_colour = png(1, 1, 16, 2, b"\0" + struct.pack(">HHH", 1, 2, 3), chunk(b"tRNS", struct.pack(">HHH", 256, 2, 3)))
    assert decode_image(deep_colour).pixels.shape == (1, 1, 3)


@pytest.mark.parametrize("kind", ["PNG", "TIFF"])
def test_sixteen_bits_are_shown_by_their_high_byte(kind: str) -> None:
    deep = ramp().astype(np.uint16) * 256 + 77
    found = decode_image(saved(deep, kind))
    assert not found.plain
    assert np.array_equal(found.pixels, ramp())


def test_sixteen_bits_of_colour_agree_with_sixteen_bits_of_grey() -> None:
    deep = (ramp().astype(">u2") << 8) + 200
    colour = b"".join(b"\0" + np.repeat(row, 3).astype(">u2").tobytes() for row in deep)
    found = decode_image(png(33, 21, 16, 2, colour))
    assert not found.plain
    assert np.array_equal(found.pixels[..., 0], ramp())


@pytest.mark.parametrize(("depth", "levels"), [(1, [0, 255]), (2, [0, 85, 170, 255]), (4, [0, 17, 34, 51])])
def test_few_bits_of_grey_span_black_to_white(depth: int, levels: list[int]) -> None:
    packed = sum(value << (8 - depth * (place + 1)) for place, value in enumerate(range(min(len(levels), 8 // depth))))
    found = decode_image(png(8 // depth, 1, depth, 0, bytes([0, packed])))
    assert not found.plain
    assert found.pixels[0, : len(levels)].tolist() == levels[: 8 // depth]


@pytest.mark.parametrize("kind", ["BMP", "TIFF", "PNG"])
def test_one_bit_is_black_and_white(kind: str) -> None:
    bits = ramp() > 100
    assert np.array_equal(decode_image(saved(bits, kind)).pixels, np.where(bits, 255, 0))


@pytest.mark.parametrize("kind", ["JPEG", "TIFF"])
def test_cmyk_becomes_rgb(kind: str) -> None:
    data = saved(colours(), kind, "CMYK")
    found = decode_image(data)
    assert not found.plain
    assert np.array_equal(found.pixels, np.asarray(Pillow.open(io.BytesIO(data)).convert("RGB")))


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP", "TIFF"])
def test_a_photo_is_turned_as_its_exif_says(kind: str, orientation: int) -> None:
    upright = colours()
    stored = {
        1: upright,
        2: upright[:, ::-1],
        3: upright[::-1, ::-1],
        4: upright[::-1],
        5: upright.swapaxes(0, 1),
        6: np.rot90(upright, 1),
        7: upright[::-1, ::-1].swapaxes(0, 1),
        8: np.rot90(upright, -1),
    }[orientation]
    exif = Pillow.Exif()
    exif[274] = orientation
    lossless: dict[str, Any] = {"WEBP": {"lossless": True}, "JPEG": {"quality": 100, "subsampling": 0}}.get(kind, {})
    found = decode_image(saved(np.ascontiguousarray(stored), kind, exif=exif, **lossless))
    assert found.pixels.shape == upright.shape
    assert np.abs(found.pixels.astype(int) - upright).max() <= (4 if kind == "JPEG" else 0)
    assert found.plain == (orientation == 1 and kind != "TIFF")


def test_exif_that_cannot_be_read_neither_turns_nor_is_published() -> None:
    found = decode_image(saved(colours(), "PNG", exif=b"Exif\0\0neither II nor MM"))
    assert np.array_equal(found.pixels, colours())
    assert not found.plain


@pytest.mark.parametrize("kind", ["GIF", "WEBP", "PNG", "TIFF"])
def test_the_first_frame_of_an_animation_is_the_image(kind: str) -> None:
    frames = [Pillow.fromarray(colours()), Pillow.fromarray(255 - colours())]
    file = io.BytesIO()
    options: dict[str, Any] = {"lossless": True} if kind == "WEBP" else {}
    frames[0].save(file, kind, save_all=True, append_images=frames[1:], **options)
    found = decode_image(file.getvalue())
    assert not found.plain
    assert np.abs(found.pixels.astype(int) - colours()).mean() < 4  # a GIF has 256 colours


def test_the_content_decides_and_not_the_name() -> None:
    assert decode_image(saved(ramp(), "PNG")).format == "png"
    assert decode_image(saved(colours(), "JPEG")).format == "jpeg"


@pytest.mark.parametrize("data", [b"hello, I am text", b"%PDF-1.7 ...", b"RIFF\x10\0\0\0WAVEfmt ", b"\0" * 100])
def test_what_is_not_an_image_is_not_supported(data: bytes) -> None:
    assert refused(data) == "not_supported"


def test_samples_without_a_known_brightness_are_not_supported() -> None:
    assert refused(saved(ramp().astype(np.float32), "TIFF")) == "not_supported"
    assert refused(saved(ramp().astype(np.int32), "TIFF")) == "not_supported"


def test_an_empty_file_says_so() -> None:
    assert refused(b"") == "empty_file"


KINDS = [
    ("PNG", None, {}),
    ("PNG", "RGBA", {}),
    ("PNG", "P", {}),
    ("JPEG", None, {}),
    ("JPEG", "L", {"progressive": True}),
    ("WEBP", None, {}),
    ("BMP", None, {}),
    ("TIFF", None, {}),
    ("TIFF", None, {"compression": "tiff_lzw"}),
    ("GIF", "L", {}),
]


@pytest.mark.parametrize(("kind", "mode", "options"), KINDS)
def test_no_part_of_a_file_is_taken_for_the_file(kind: str, mode: str | None, options: dict[str, Any]) -> None:
    data = saved(colours(), kind, mode, **options)
    reasons = {refused(data[:size]) for size in (*range(1, 60), *range(60, len(data) - 4, 23), len(data) - 4)}
    assert reasons <= {"truncated", "damaged"}
    assert refused(data[: len(data) // 2]) == "truncated" or kind == "GIF"


@given(st.data())
@settings(max_examples=150, deadline=None)
def test_a_damaged_file_is_refused_or_decoded_but_never_ends_the_run(data: st.DataObject) -> None:
    kind, mode, options = data.draw(st.sampled_from(KINDS))
    broken = bytearray(saved(colours(), kind, mode, **options))
    for _ in range(data.draw(st.integers(1, 4))):
        broken[data.draw(st.integers(0, len(broken) - 1))] = data.draw(st.integers(0, 255))
    try:
        found = decode_image(bytes(broken))
    except Unreadable as why:
        assert why.reason in REASONS
    else:
        assert found.pixels.dtype == np.uint8


def test_a_changed_byte_within_a_png_is_damage() -> None:
    data = bytearray(saved(ramp(), "PNG"))
    data[len(data) // 2] ^= 1
    assert refused(bytes(data)) == "damaged"


def test_rows_that_are_missing_behind_right_checksums_are_noticed() -> None:
    rows = b"".join(b"\0" + row.tobytes() for row in ramp())
    assert refused(png(33, 21, 8, 0, rows[:300])) == "truncated"
    assert refused(png(33, 21, 8, 0, rows, end=False)) == "truncated"


@pytest.mark.parametrize("colour", [0, 2, 3])
def test_a_bomb_is_refused_before_it_is_decoded(colour: int, monkeypatch: pytest.MonkeyPatch) -> None:
    def never(*_: object) -> None:
        raise AssertionError("the bomb was opened")

    monkeypatch.setattr(module, "_decode_any", never)
    monkeypatch.setattr(module, "_decode_simple", never)
    assert refused(png(50_000, 50_000, 8, colour, b"\0" * 1000)) == "too_large"


def test_a_real_bomb_of_few_bytes_is_refused() -> None:
    packer = zlib.compressobj(9)
    blank = b"\0" * (1 + 50_000 // 8)
    body = b"".join(packer.compress(blank) for _ in range(2_000)) + packer.flush()
    head = chunk(b"IHDR", struct.pack(">IIBBBBB", 50_000, 50_000, 1, 0, 0, 0, 0))
    data = b"\x89PNG\r\n\x1a\n" + head + chunk(b"IDAT", body) + chunk(b"IEND", b"")
    assert len(data) < 100_000
    assert refused(data) == "too_large"


@pytest.mark.parametrize("kind", ["JPEG", "GIF", "BMP", "TIFF", "WEBP"])
def test_the_limit_holds_for_every_kind(kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    data = saved(colours(), kind)
    monkeypatch.setattr(module, "MAX_PIXELS", 33 * 21)
    decode_image(data)
    monkeypatch.setattr(module, "MAX_PIXELS", 33 * 21 - 1)
    assert refused(data) == "too_large"


def test_the_limit_admits_the_largest_phone_cameras() -> None:
    assert 12_000 * 9_000 < MAX_PIXELS < 50_000 * 50_000


def test_an_image_without_pixels_says_so() -> None:
    assert refused(png(0, 5, 8, 0, b"")) == "no_payload"


@given(
    arrays.arrays(
        np.uint8,
        st.one_of(
            st.tuples(st.integers(1, 20), st.integers(1, 20)),
            st.tuples(st.integers(1, 20), st.integers(1, 20), st.just(3)),
        ),
    )
)
@settings(max_examples=60, deadline=None)
def test_png_gives_the_very_pixels_back(pixels: np.ndarray) -> None:
    data = encode_image(pixels)
    found = decode_image(data)
    assert found.plain
    assert np.array_equal(found.pixels, pixels)
    assert encode_image(found.pixels) == data
    assert np.array_equal(np.asarray(Pillow.open(io.BytesIO(data))), pixels)


def test_jpeg_is_close_and_better_at_higher_quality() -> None:
    smooth = np.repeat(np.add.outer(np.arange(64), np.arange(64)).astype(np.uint8)[..., None], 3, axis=2)
    errors = [
        np.abs(decode_image(encode_image(smooth, "jpeg", quality)).pixels.astype(int) - smooth).mean()
        for quality in (20, 98)
    ]
    assert errors[1] < errors[0] < 30
    assert errors[1] < 3


@pytest.mark.parametrize(
    ("pixels", "kind"),
    [
        (np.zeros((3, 3), np.float32), "png"),
        (np.zeros((3, 3, 4), np.uint8), "png"),
        (np.zeros((0, 3), np.uint8), "png"),
        (np.zeros((3, 3), np.uint8), "tiff"),
    ],
)
def test_what_cannot_be_encoded_is_said(pixels: np.ndarray, kind: str) -> None:
    with pytest.raises(ValueError, match="expected"):
        encode_image(pixels, kind)


def test_views_are_encoded_as_they_look() -> None:
    assert np.array_equal(decode_image(encode_image(colours()[::2, ::-1])).pixels, colours()[::2, ::-1])


def test_a_decoded_image_may_be_written_to() -> None:
    for data in (saved(ramp(), "PNG"), saved(colours(), "PNG", "RGBA"), saved(ramp(), "PNG", "1")):
        found: Image = decode_image(data)
        found.pixels[0] = 0
