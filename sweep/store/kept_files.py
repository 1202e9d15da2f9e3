"""Files that a trial keeps beside the tables: `files/TRIAL/NAME`, each written whole before the trial's record is.

They are no part of the tables: what a record says of them is name and sha256, in its column `files`.
"""

from collections.abc import Mapping

from sweep.store.places import Place, make_folder, replace_file

FOLDER = "files"


def keep_files(folder: Place, trial_id: str, files: Mapping[str, bytes]) -> None:
    """Store files of a trial; one that is there is replaced. name: below the trial's folder, with "/" between."""
    for name, file in files.items():
        place = folder / FOLDER / trial_id / name
        make_folder(place.parent)
        replace_file(place, lambda opened, file=file: opened.write(file))
