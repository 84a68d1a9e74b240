"""Social cards: the picture that a messenger or a feed shows beside a link to a chapter."""

import hashlib
import io
import re
from dataclasses import dataclass
from pathlib import Path

SIZE = (1200, 630)
TITLE_WIDTH = 690  # pixels, left of the drawing
BLUE, PALE, WHITE, AMBER = "#0b4a7f", "#9fc6ea", "#ffffff", "#ffb454"  # of the logo and the theme
CHINESE_FONTS = (
    "Noto Sans CJK SC",
    "Source Han Sans SC",
    "PingFang SC",
    "Hiragino Sans GB",
    "Microsoft YaHei",
    "WenQuanYi Micro Hei",
    "SimHei",
)
HAN = re.compile(r"[\u3000-\u9fff]")


class NoFont(Exception):
    """No installed font has Chinese characters."""


@dataclass(frozen=True)
class Card:
    """What a card says. site and label (`Chapter 5`) may be empty."""

    site: str
    label: str
    title: str

    @property
    def text(self) -> str:
        """The words of the card, for those who do not see it."""
        return " · ".join(part for part in (self.site, self.label, self.title) if part)

    def file(self, folder: Path) -> Path:
        """The PNG of this card in a folder, drawn if it is not there yet.

        Raises NoFont if it is in Chinese and no font can write that.
        """
        content = repr(self).encode() + Path(__file__).read_bytes()
        path = folder / f"{hashlib.sha256(content).hexdigest()[:16]}.png"
        if not path.is_file():
            image = self._image()
            folder.mkdir(parents=True, exist_ok=True)
            path.write_bytes(image)
        return path

    def _image(self) -> bytes:
        from PIL import Image, ImageDraw  # takes its time, and most builds draw nothing

        font = _fonts(bool(HAN.search(self.text)))
        image = Image.new("RGB", [2 * side for side in SIZE], BLUE)  # halved below: smooth curves
        draw = ImageDraw.Draw(image)
        _draw_descent(draw)
        draw.text((160, 150), self.site, WHITE, font("normal", 68), anchor="ls")
        lines, title = _fitted(self.title, font)
        top = 2 * 350 - (len(lines) - 1) * title.size * 0.65
        if self.label:
            place = 160, top - title.size - 50
            draw.text(place, self.label, AMBER, font("bold", 76), anchor="ls")
        for i, line in enumerate(lines):
            draw.text((160, top + i * title.size * 1.3), line, WHITE, title, anchor="ls")
        small = image.resize(SIZE, Image.Resampling.LANCZOS).quantize(48, dither=Image.Dither.NONE)
        file = io.BytesIO()
        small.save(file, "PNG", optimize=True)
        return file.getvalue()


def _draw_descent(draw) -> None:
    """The logo: a parabola and the steps of gradient descent on it."""

    def place(x):
        return 1940 + 330 * x, 1030 - 680 * x * x

    def line(points, color):
        draw.line(points, color, 26, joint="curve")
        for x, y in points[:: len(points) - 1]:
            draw.circle((x, y), 13, color)

    line([place(i / 50) for i in range(-50, 51)], PALE)
    steps = [place(x) for x in (-0.82, -0.41, 0)]
    line(steps, WHITE)
    for step in steps:
        draw.circle(step, 36, WHITE)


def _fonts(chinese: bool):
    """A function that loads a font of a weight and a size."""
    from matplotlib import font_manager
    from PIL import ImageFont

    families = CHINESE_FONTS if chinese else ["DejaVu Sans"]  # comes with matplotlib

    def load(weight: str, size: int):
        wanted = font_manager.FontProperties(family=families, weight=weight)
        try:
            path = font_manager.findfont(wanted, fallback_to_default=False)
        except ValueError:
            raise NoFont from None
        return ImageFont.truetype(str(path), size, index=path.face_index)

    return load


def _fitted(title: str, font) -> tuple[list[str], object]:
    """The title in one line or two, and the largest font in which it has room."""
    for lines, smallest in (([title], 68), (_halved(title), 40)):
        for size in range(96, smallest - 1, -4):
            loaded = font("bold", 2 * size)
            if max(map(loaded.getlength, lines)) <= 2 * TITLE_WIDTH:
                return lines, loaded
    return lines, loaded


def _halved(title: str) -> list[str]:
    """Two lines of nearly equal length, cut at a space or between 汉字."""
    cuts = [m.end() for m in re.finditer(r" |[\u4e00-\u9fff](?=[\u4e00-\u9fff])", title)]
    if not cuts:
        return [title]
    cut = min(cuts, key=lambda i: abs(len(title) - 2 * i))
    return [title[:cut].rstrip(), title[cut:]]
