"""Pictures within figures weigh little and show the same."""

import base64
import io

import numpy as np
import pytest
from matplotlib import colormaps
from PIL import Image

from livedocs.images import compact

GRAYS = np.arange(28 * 28, dtype=np.uint8).reshape(28, 28)


def url(pixels) -> str:
    file = io.BytesIO()
    Image.fromarray(np.asarray(pixels, dtype=np.uint8)).save(file, "PNG")
    return "data:image/png;base64," + base64.b64encode(file.getvalue()).decode()


def picture(url: str) -> Image.Image:
    return Image.open(io.BytesIO(base64.b64decode(url.split(",", 1)[1])))


def opaque(rgb) -> np.ndarray:
    rgb = np.asarray(rgb, dtype=np.uint8)
    return np.dstack([rgb, np.full(rgb.shape[:2], 255, np.uint8)])


def photo_like() -> np.ndarray:
    """Colors that change smoothly, with a little noise."""
    y, x = np.mgrid[:60, :80] * 3.0
    noise = np.random.default_rng(0).normal(0, 2, (60, 80, 3))
    return (np.dstack([x, y, 255 - x]) + noise).clip(0, 255)


def test_grays_are_stored_in_one_channel_without_loss():
    made = picture(compact(url(opaque(np.dstack([GRAYS] * 3)))))
    assert made.format == "PNG" and made.mode == "L"
    assert (np.asarray(made) == GRAYS).all()


def test_colors_of_a_color_map_keep_their_values():
    pixels = colormaps["viridis"](GRAYS, bytes=True)
    made = picture(compact(url(pixels)))
    assert made.format == "PNG"
    assert (np.asarray(made) == pixels[..., :3]).all()


def test_a_photograph_becomes_a_jpeg_that_looks_the_same():
    photo = photo_like()
    made = compact(url(opaque(photo)))
    assert picture(made).format == "JPEG"
    assert np.abs(np.asarray(picture(made), float) - photo).mean() < 3
    assert len(made) < len(url(opaque(photo))) / 3


@pytest.mark.parametrize("pixels", [opaque(np.dstack([GRAYS] * 3)), opaque(photo_like())])
def test_the_same_picture_gives_the_same_bytes(pixels):
    assert compact(url(pixels)) == compact(url(pixels))


def test_what_is_not_an_opaque_png_is_left_alone():
    pixels = opaque(np.dstack([GRAYS] * 3))
    pixels[0, 0, 3] = 254
    for same in (url(pixels), "#marker", "data:image/webp;base64,AAAA"):
        assert compact(same) == same
