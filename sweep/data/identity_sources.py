"""Where images of people come from: a folder a person, two public sets through scikit-learn, or drawn offline."""

import shutil
import sys
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from sweep.data.identity import name_of
from sweep.data.image_listing import KINDS, list_images
from sweep.data.image_store import kept_images, stored_images
from sweep.data.synthetic import Face, recording
from sweep.errors import InputError

SOURCES = ("olivetti", "lfw")
_IMAGES = {"olivetti": 400, "lfw": 9164}  # of people with two images or more: Huang and others (2007), funneled


@dataclass(frozen=True)
class Portraits:
    """Images with the person of each.

    pixels: (m, height, width, channels) uint8. rows: (n,) which of them are used. names, people: (n,) id and person of
    each used image. digests, store: as in `Images`. findings: what a person should know.
    """

    pixels: NDArray[np.uint8]
    rows: NDArray[np.int64]
    names: tuple[str, ...]
    people: tuple[str, ...]
    digests: NDArray[np.uint8] | None
    store: Path | None
    findings: tuple[str, ...] = ()


def from_folder(
    root: Path, size: tuple[int, int], color: str, *, on_corrupt: str, cache: Path | None, scale: str = "full"
) -> Portraits:
    """Return the images below the root; the first folder is the person. Raises InputError where an image has none.

    Arguments as in `image_folder`.
    """
    listing = list_images(root)
    outside = next((path for path in listing.images if "/" not in path), None)
    if outside is not None or not listing.images:
        raise InputError(
            f"Expected a folder a person below {root}, with images ({KINDS}). "
            f"Received: {outside or 'no image'}{' beside the folders' if outside else ''}."
        )
    store = stored_images(listing, list(listing.images), size, color, on_corrupt=on_corrupt, scale=scale, cache=cache)
    used = [(row, path) for row, path in enumerate(listing.images) if path not in store.broken]
    left = [f"Left out, no image of a kind that is read ({KINDS}): {listing.others[0]}."] if listing.others else []
    return Portraits(
        pixels=store.pixels,
        rows=np.asarray([row for row, _ in used], dtype=np.int64),
        names=tuple(path for _, path in used),
        people=tuple(name_of(listing.name_of_folder(path.partition("/")[0])) for _, path in used),
        digests=store.digests,
        store=store.folder,
        findings=(*store.findings, *left),
    )


def from_source(source: str, size: tuple[int, int], color: str, *, cache: Path | None) -> Portraits:
    """Return Olivetti's 400 faces of 40 people, or LFW's people with two images or more, as scikit-learn loads them.

    Raises InputError where they are not on this machine and cannot be downloaded.
    """
    _remove_broken_download(source)
    try:
        loaded = _fetched(source, color)
    except OSError as error:
        raise InputError(
            f"Expected to load {source} through scikit-learn, which downloads it once. Received: {error}. Connect to "
            "the network, or put the images into a folder a person and give `root:` in place of `source:`."
        ) from error
    except Exception as error:
        raise InputError(
            f"Expected a whole download of {source}. Received: {type(error).__name__}: {error}. Delete "
            f"{' and '.join(map(str, _downloads(source)))}; it is downloaded again."
        ) from error
    if len(loaded.target) != _IMAGES[source]:
        raise InputError(
            f"Expected {_IMAGES[source]} images of {source}. Received: {len(loaded.target)}. The download broke off or "
            f"files were removed: delete {' and '.join(map(str, _downloads(source)))}; it is downloaded again."
        )
    names = getattr(loaded, "target_names", None)
    people = [f"{source} {n:04d}" if names is None else str(names[n]) for n in loaded.target.tolist()]
    scale = 255.0 if float(loaded.images.max()) <= 1 else 1.0
    pixels = np.stack([_resized(image * scale, size, color) for image in loaded.images])
    return _kept(pixels, people, cache)


def _fetched(source: str, color: str) -> Any:
    from sklearn import datasets

    loaders: dict[str, Callable[[], Any]] = {
        "olivetti": datasets.fetch_olivetti_faces,
        "lfw": lambda: datasets.fetch_lfw_people(min_faces_per_person=2, color=color == "rgb", resize=1.0),
    }
    return loaders[source]()


def _downloads(source: str) -> list[Path]:
    """Return what scikit-learn keeps of a source."""
    from sklearn import datasets

    home = Path(datasets.get_data_home())
    names = {"olivetti": ["olivetti_py3.pkz"], "lfw": ["lfw_home/lfw_funneled", "lfw_home/joblib"]}
    return [home / name for name in names[source]]


def _remove_broken_download(source: str) -> None:
    """Remove what a process that was killed in the middle left; scikit-learn takes it for whole ever after.

    It removes the archive once all of it is unpacked: images beside the archive are not all that there are.
    """
    kept = _downloads(source)
    archive = kept[0].parent / "lfw-funneled.tgz"
    if source == "lfw" and archive.exists() and kept[0].exists():
        sys.stderr.write(f"sweep: {kept[0]} was not unpacked to its end; it is unpacked again.\n")
        for folder in kept:
            shutil.rmtree(folder, ignore_errors=True)
    if source == "olivetti" and kept[0].exists() and not _unpacks(kept[0]):
        sys.stderr.write(f"sweep: {kept[0]} is torn; it is downloaded again.\n")
        kept[0].unlink()


def _unpacks(path: Path) -> bool:
    """Return whether a file that zlib compressed is whole: its end bears the checksum of its content."""
    unpacking = zlib.decompressobj()
    try:
        with path.open("rb") as file:
            while block := file.read(2**20):
                unpacking.decompress(block)
    except zlib.error:
        return False
    return unpacking.eof


def drawn_people(
    people: int, images: int, size: tuple[int, int], color: str, *, difficulty: float, seed: int, cache: Path | None
) -> Portraits:
    """Return face-like drawings, each of a person's in a recording of its own; see `synthetic_attack` for the drawing.

    difficulty: times the camera's, the light's and the pose's variation between two images of one person.
    """
    if people < 6 or images < 2 or not 0 <= difficulty <= 5 or min(size) < 16:
        raise InputError(
            f"Expected 6 people or more, 2 images or more of each, difficulty from 0 to 5, 16 pixels or more. "
            f"Received: people={people!r}, images={images!r}, difficulty={difficulty!r}, image_size={size}."
        )
    drawn, who = [], []
    for person in range(people):
        face = Face.drawn(np.random.default_rng([seed, person, 1]))
        for image in range(images):
            rng = np.random.default_rng([seed, person, 1, image])
            picture = recording(face, False, 1, size, 1.0, rng, variation=difficulty)[0]
            drawn.append(_resized(picture, size, color))
            who.append(f"P{person + 1:03d}")
    return _kept(np.stack(drawn), who, cache)


def _kept(pixels: NDArray[np.uint8], people: list[str], cache: Path | None) -> Portraits:
    """Return images that are at hand, stored in the cache where there is one; those of a person numbered from 1."""
    store = kept_images(pixels, cache)
    seen: dict[str, int] = {}
    names = []
    for person in people:
        seen[person] = seen.get(person, 0) + 1
        names.append(f"{person}/{seen[person]:03d}")
    rows = np.arange(len(pixels), dtype=np.int64)
    return Portraits(store.pixels, rows, tuple(names), tuple(people), store.digests, store.folder)


def _resized(picture: NDArray[Any], size: tuple[int, int], color: str) -> NDArray[np.uint8]:
    """Return (height, width, channels) uint8 of an image (h, w) or (h, w, 3) with values from 0 to 255."""
    image = Image.fromarray(np.clip(np.round(picture), 0, 255).astype(np.uint8))
    image = image.convert("RGB" if color == "rgb" else "L")
    if image.size != (size[1], size[0]):
        image = image.resize((size[1], size[0]), Image.Resampling.BILINEAR)
    return np.asarray(image, dtype=np.uint8).reshape(*size, -1)
