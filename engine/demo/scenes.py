"""Drawn pictures that stand in for site photos: a pool, a pipe gallery, a switch room, a trench. Nobody's real site."""
from io import BytesIO
from random import Random

from PIL import Image, ImageDraw

SIZE = (1280, 960)  # pixels
KINDS = ("pool", "pipes", "cabinet", "trench")
_MARK = (214, 57, 57)


def jpeg(kind: str, cured: bool, seed: int) -> bytes:
    """One scene as a JPEG; a red ring marks what is wrong, a green corner that it is cured."""
    rng = Random(f"{kind}{cured}{seed}")
    image = Image.new("RGB", SIZE, _sky(rng))
    draw = ImageDraw.Draw(image)
    {"pool": _pool, "pipes": _pipes, "cabinet": _cabinet, "trench": _trench}[kind](draw, rng)
    if cured:
        draw.rectangle((40, 40, 150, 150), fill=(47, 179, 68))
        draw.line((62, 96, 88, 124, 130, 68), fill="white", width=14, joint="curve")
    else:
        x, y = rng.randrange(400, 900), rng.randrange(430, 640)
        draw.ellipse((x - 120, y - 90, x + 120, y + 90), outline=_MARK, width=12)
    out = BytesIO()
    image.save(out, "JPEG", quality=82)
    return out.getvalue()


def _sky(rng: Random) -> tuple[int, int, int]:
    return (rng.randrange(196, 224), rng.randrange(208, 232), rng.randrange(216, 242))


def _pool(draw: ImageDraw.ImageDraw, rng: Random) -> None:
    draw.rectangle((0, 420, 1280, 960), fill=(148, 152, 150))
    draw.polygon(((120, 520), (1160, 520), (1280, 900), (0, 900)), fill=(62, 118, 140))
    for y in range(560, 900, 40):
        draw.line((60, y, 1220, y + rng.randrange(-6, 6)), fill=(92, 150, 170), width=4)
    gap = rng.randrange(300, 800)
    for x in range(120, 1180, 90):
        if not gap < x < gap + 180:
            draw.line((x, 360, x, 520), fill=(232, 190, 40), width=12)
    draw.line((120, 370, gap, 370), fill=(232, 190, 40), width=12)
    draw.line((gap + 180, 370, 1160, 370), fill=(232, 190, 40), width=12)


def _pipes(draw: ImageDraw.ImageDraw, rng: Random) -> None:
    draw.rectangle((0, 0, 1280, 960), fill=(176, 180, 178))
    draw.rectangle((0, 760, 1280, 960), fill=(120, 122, 122))
    for n, y in enumerate(range(180, 700, 150)):
        colour = ((40, 110, 170), (60, 140, 90), (170, 170, 176))[n % 3]
        draw.rectangle((0, y, 1280, y + 84), fill=colour)
        draw.line((0, y + 14, 1280, y + 14), fill="white", width=3)
        x = rng.randrange(200, 1000)
        draw.rectangle((x, y - 16, x + 46, y + 100), fill=(84, 88, 92))
        draw.ellipse((x - 36, y - 70, x + 82, y - 14), outline=(200, 40, 40), width=12)


def _cabinet(draw: ImageDraw.ImageDraw, rng: Random) -> None:
    draw.rectangle((0, 780, 1280, 960), fill=(130, 126, 118))
    for x in range(120, 1100, 250):
        draw.rectangle((x, 180, x + 220, 790), fill=(190, 196, 200), outline=(90, 96, 100), width=6)
        draw.rectangle((x + 40, 240, x + 180, 330), fill=(60, 66, 70))
        for lamp, colour in enumerate(((214, 57, 57), (245, 159, 0), (47, 179, 68))):
            draw.ellipse((x + 46 + lamp * 48, 360, x + 76 + lamp * 48, 390), fill=colour)
    open_at = 120 + 250 * rng.randrange(4)
    draw.polygon(((open_at + 220, 180), (open_at + 300, 230), (open_at + 300, 840), (open_at + 220, 790)), fill=(160, 166, 170))


def _trench(draw: ImageDraw.ImageDraw, rng: Random) -> None:
    draw.rectangle((0, 400, 1280, 960), fill=(150, 120, 86))
    draw.polygon(((420, 420), (860, 420), (1060, 960), (220, 960)), fill=(96, 72, 48))
    draw.polygon(((520, 520), (760, 520), (880, 960), (400, 960)), fill=(70, 52, 36))
    for x in range(40, 1240, 110):
        if x not in range(300, 900):
            draw.polygon(((x, 470), (x + 26, 400), (x + 52, 470)), fill=(240, 120, 30))
    for _ in range(60):
        x, y = rng.randrange(880, 1240), rng.randrange(420, 560)
        draw.ellipse((x, y, x + 30, y + 20), fill=(128, 98, 66))
