"""Make an image-folder study of the ORL faces: `python tests/orl/make_study.py ORL_FOLDER NEW_FOLDER`.

A closed group of ten people is genuine: their images 1-5 train, 6-7 are dev, 8-10 test. Everybody else is an impostor,
in one split only. So the genuine people stand in every split on purpose (`leakage: allow`), and the results speak of
this group against new impostors.
"""

import shutil
import sys
from pathlib import Path

GENUINE = range(1, 11)
IMAGES = {"train": range(1, 6), "dev": range(6, 8), "test": range(8, 11)}
IMPOSTORS = {"train": range(11, 21), "dev": range(21, 31), "test": range(31, 41)}
STUDY = """\
study: orl
seeds: 3
data: {{use: "sweep.data:image_folder", root: "{root}", image_size: [32, 32], color: grayscale, leakage: allow}}
model: {{use: "sweep.models:small_xception", width: 0.125, momentum: 0.9}}
train: {{epochs: 30, batch_size: 16}}
grid: {{model.dropout: [0.0, 0.5]}}
"""


def make(faces: Path, folder: Path) -> Path:
    """Copy the faces into root/SPLIT/{genuine,impostor}/SUBJECT/ and return the study file."""
    root = folder / "orl"
    for split, images in IMAGES.items():
        for label, people, numbers in (
            ("genuine", GENUINE, images),
            ("impostor", IMPOSTORS[split], range(1, 11)),
        ):
            for person in people:
                place = root / split / label / f"s{person}"
                place.mkdir(parents=True)
                for number in numbers:
                    shutil.copy(faces / f"s{person}" / f"{number}.pgm", place)
    study = folder / "orl.yaml"
    study.write_text(STUDY.format(root=root))
    return study


if __name__ == "__main__":
    sys.stdout.write(f"{make(Path(sys.argv[1]), Path(sys.argv[2]))}\n")
