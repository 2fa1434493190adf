"""Photos as they may be kept: looked at by content, turned upright, stripped of what the camera wrote, scaled and re-encoded."""
import threading
from dataclasses import dataclass
from io import BytesIO

from PIL import Image, ImageCms, ImageFile, ImageOps, UnidentifiedImageError

from engine.errors import EngineError

Image.MAX_IMAGE_PIXELS = None  # the limit below is checked before a single pixel is decoded
KINDS = ("JPEG", "PNG", "WEBP")
MAX_BYTES = 10 * 1024 * 1024
MAX_PIXELS = 50_000_000
LONGEST, THUMB = 2048, 320
_SRGB = ImageCms.createProfile("sRGB")
_decoders = threading.Semaphore(2)  # an open picture costs up to 200 MB


class BadPhoto(EngineError):
    """The upload is not a photo we keep; the words say why and go beside the field."""


@dataclass(frozen=True)
class Photo:
    """A photo ready to be kept, and its small picture for lists."""

    content: bytes
    thumb: bytes
    width: int
    height: int
    media_type: str = "image/jpeg"


def read_photo(content: bytes) -> Photo:
    """The photo in an upload, whatever its name or its declared type.

    Raises:
        BadPhoto: too large, not a JPEG, PNG or WebP picture, or broken.
    """
    if not content:
        raise BadPhoto("照片是空文件，请重新拍照或选择")
    if len(content) > MAX_BYTES:
        raise BadPhoto("照片超过 {limit} MB，请压缩后再上传", limit=MAX_BYTES // 1024 // 1024)
    with _decoders:
        picture = _upright(content)
        return Photo(_jpeg(picture, 85), _jpeg(_scaled(picture, THUMB), 80), *picture.size)


def _upright(content: bytes) -> Image.Image:
    """The decoded picture, at most LONGEST pixels, in sRGB, the way up it was taken."""
    ImageFile.LOAD_TRUNCATED_IMAGES = False  # WeasyPrint, once imported, lets half pictures pass for the whole process
    try:
        opened = Image.open(BytesIO(content), formats=KINDS)
        if opened.width * opened.height > MAX_PIXELS:
            raise BadPhoto("照片像素过大（{width}×{height}），请缩小后再上传", width=opened.width, height=opened.height)
        opened.draft("RGB", (LONGEST, LONGEST))  # a JPEG is decoded at a fraction of its size
        return _plain(_turned(_scaled(opened, LONGEST)))
    except BadPhoto:
        raise
    except UnidentifiedImageError:
        raise BadPhoto("只能上传 JPEG、PNG 或 WebP 照片") from None
    except Exception:  # decoders of hostile bytes raise anything: struct.error, zlib.error, KeyError, MemoryError, …
        raise BadPhoto("照片已损坏，无法打开，请重新拍照或选择") from None


def _scaled(picture: Image.Image, longest: int) -> Image.Image:
    picture.load()
    if max(picture.size) <= longest:
        return picture
    return ImageOps.contain(picture, (longest, longest), Image.Resampling.LANCZOS)


def _turned(picture: Image.Image) -> Image.Image:
    """The way up the camera says; a camera that writes rubbish has still taken a photo."""
    try:
        return ImageOps.exif_transpose(picture)
    except Exception:  # the reader of EXIF raises anything, too
        return picture


def _plain(picture: Image.Image) -> Image.Image:
    """RGB on white, in the colours of the screen."""
    profile = picture.info.get("icc_profile")
    if profile and picture.mode in ("RGB", "RGBA"):
        picture = _to_srgb(picture, profile)
    if picture.mode in ("RGBA", "LA", "PA") or "transparency" in picture.info:
        clear = picture.convert("RGBA")
        picture = Image.alpha_composite(Image.new("RGBA", clear.size, "white"), clear)
    return picture.convert("RGB")


def _to_srgb(picture: Image.Image, profile: bytes) -> Image.Image:
    try:
        there = ImageCms.profileToProfile(picture, ImageCms.ImageCmsProfile(BytesIO(profile)), _SRGB)
    except (ImageCms.PyCMSError, OSError):
        return picture
    return there or picture


def _jpeg(picture: Image.Image, quality: int) -> bytes:
    """A fresh JPEG: no EXIF, no place, no profile."""
    out = BytesIO()
    Image.frombytes("RGB", picture.size, picture.tobytes()).save(out, "JPEG", quality=quality, optimize=True, progressive=True)
    return out.getvalue()
