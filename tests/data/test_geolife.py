"""Trajectories in GeoLife's folders: motion, labels, what is left out, and what is said of it."""

import math

import numpy as np
import pandas as pd
import pytest

from sweep.data import geolife
from sweep.data.motion import EARTH, LIMITS, bearing, channels, haversine, segments, without_jumps
from sweep.errors import InputError

HEADING = "Geolife trajectory\nWGS 84\nAltitude is in Feet\nReserved 3\n0,2,255,My Track,0,0,2,8421376\n0\n"
SPEEDS = {"walk": 1.5, "bike": 4.0, "bus": 7.0, "taxi": 12.0, "subway": 20.0}


def trajectory(start, speed, n, bad=()):
    """Return the text of a .plt file that goes north, a point a second; bad: lines in the place of points."""
    times = pd.date_range(start, periods=n, freq="s")
    lines = [
        f"{40 + math.degrees(speed * at / EARTH):.9f},116.3,0,492,39744,{time:%Y-%m-%d},{time:%H:%M:%S}"
        for at, time in enumerate(times)
    ]
    return HEADING + "\n".join([*bad, *lines]) + "\n"


def folder(root, users=6, n=450, modes=tuple(SPEEDS)):
    """Write users, each with a trajectory and a label for each mode, a mode a day."""
    for user in range(users):
        place = root / f"{user:03d}" / "Trajectory"
        place.mkdir(parents=True)
        labels = ["Start Time\tEnd Time\tTransportation Mode"]
        for day, mode in enumerate(modes):
            start = pd.Timestamp(2008, 5, 1 + day, 8)
            text = trajectory(start, SPEEDS.get(mode, 9.0) * (1 + user / 20), n)
            (place / f"{start:%Y%m%d%H%M%S}.plt").write_text(text)
            end = start + pd.Timedelta(seconds=n)
            labels.append(f"{start:%Y/%m/%d %H:%M:%S}\t{end:%Y/%m/%d %H:%M:%S}\t{mode}")
        (root / f"{user:03d}" / "labels.txt").write_text("\n".join(labels) + "\n")
    return root


def test_distance_and_bearing_are_those_of_known_places():
    """Paris to London is 343.5 km to the north-west; a degree along the equator is 111.2 km due east."""
    latitude, longitude = np.array([48.8566, 51.5074]), np.array([2.3522, -0.1278])
    assert haversine(latitude, longitude)[0] == pytest.approx(343_557, rel=1e-4)
    assert bearing(latitude, longitude)[0] == pytest.approx(330.0, abs=0.2)
    equator = np.zeros(2), np.array([179.5, -179.5])
    assert haversine(*equator)[0] == pytest.approx(111_195, rel=1e-4)
    assert bearing(*equator)[0] == pytest.approx(90)


def test_channels_of_a_way_that_is_known():
    """Speeding up by 1 m/s a second and turning from north to east give these speeds, accelerations and one turn."""
    north = np.degrees(np.array([0.0, 1, 3, 6, 6]) / EARTH)
    east = np.degrees(np.array([0.0, 0, 0, 0, 4]) / EARTH)
    found = channels(north, east, np.arange(5.0))
    assert found[:, 0] == pytest.approx([1, 2, 3, 4], rel=1e-6)
    assert found[:, 1] == pytest.approx([1, 1, 1, 0], abs=1e-6)
    assert found[:, 2] == pytest.approx([0, 0, -1, 0], abs=1e-6)
    assert found[:, 3] == pytest.approx([0, 0, 90, 0], abs=1e-3)


def test_a_jump_is_left_out_and_the_rest_is_cut_and_padded():
    """A point a kilometre off goes; segments hold 200 points, the last is padded or, if short, left out."""
    north = np.degrees(5.0 * np.arange(50) / EARTH)
    north[20] += 0.01
    stays = without_jumps(north, np.zeros(50), np.arange(50.0))
    assert not stays[20]
    assert stays.sum() >= 47
    made = segments(np.full((430, 4), 100.0), 20)
    assert made.shape == (3, 200, 4)
    assert made[0, 0] == pytest.approx(LIMITS[:1] + LIMITS[1:3] + (100,))
    assert made[2, 30:].sum() == 0
    assert len(segments(np.ones((415, 4)), 20)) == 2
    assert len(segments(np.ones((15, 4)), 20)) == 0


def test_users_are_kept_apart_and_labels_are_the_modes(tmp_path):
    """Taxi is car and subway train, the user is the subject, and the speed of a segment is that of its mode."""
    splits = geolife(str(folder(tmp_path)), split_seed=1)
    assert splits.classes == ("walk", "bike", "bus", "car", "train")
    people = [set(split.subject.tolist()) for _, split in splits.items()]
    assert len(set.union(*people)) == sum(map(len, people)) == 6
    for split in (splits.train, splits.dev, splits.test):
        assert split.x.shape[1:] == (200, 4)
        assert set(split.y.tolist()) == {0, 1, 2, 3, 4}
        assert all(video.startswith(f"{who}/") for who, video in zip(split.subject, split.video, strict=True))
    speed = [splits.train.x[splits.train.y == label, :100, 0].mean() for label in range(5)]
    assert np.diff(speed).min() > 0
    assert speed[3] / speed[0] == pytest.approx(12 / 1.5, rel=0.05)
    assert splits.findings == ()


def test_the_protocol_over_segments_tests_on_dev(tmp_path):
    """Dev is test under other names, train has users of test, and every segment is used."""
    splits = geolife(str(folder(tmp_path)), protocol="segments", fractions=(0.5, 0.25, 0.25))
    assert np.array_equal(splits.dev.x, splits.test.x)
    assert not set(splits.dev.sample.tolist()) & set(splits.test.sample.tolist())
    assert set(splits.train.subject.tolist()) & set(splits.test.subject.tolist())
    assert len(splits.train) == len(splits.test) == 6 * 5 * 3 / 2
    scale = np.sqrt((splits.train.x[..., 0] ** 2).mean())
    assert scale == pytest.approx(1, rel=1e-4)


def test_what_is_left_out_is_said(tmp_path):
    """Bad lines with the first place, strange modes with counts, users without labels, users with one segment."""
    root = folder(tmp_path, users=5)
    (one,) = sorted((folder(tmp_path / "more", users=1, n=150, modes=("walk", "airplane"))).glob("000"))
    one.rename(root / "100")
    (tmp_path / "more").rmdir()
    (root / "101" / "Trajectory").mkdir(parents=True)
    file = min((root / "000" / "Trajectory").glob("*.plt"))
    bad = ("39.9,116.3,0", "400.2,116.3,0,492,39744,2008-05-01,07:00:00", "a,b,0,492,39744,2008-05-01,07:00:00")
    file.write_text(trajectory("2008-05-01 08:00:00", 1.5, 450, bad=bad))
    with (root / "001" / "labels.txt").open("a") as labels:
        labels.write("2008/05/09 08:00:00\t2008/05/09 07:00:00\twalk\n")
    said = " ".join(geolife(str(root)).findings)
    assert f"Unreadable: 4 lines in 2 files, left out; the first is {file}, line 7." in said
    assert "airplane (1); their 1 labels are left out" in said
    assert "Users without labels.txt: 1" in said
    assert "Users with a single segment: 100;" in said


def test_a_gap_ends_a_trip(tmp_path):
    """Half an hour without a point parts a label in two trips, each with a rest of its own."""
    root = folder(tmp_path, users=4)
    for user in range(4):
        file = min((root / f"{user:03d}" / "Trajectory").glob("*.plt"))
        first = trajectory("2008-05-01 08:00:00", 1.5, 230)
        second = trajectory("2008-05-01 08:33:50", 1.5, 230).removeprefix(HEADING)
        file.write_text(first + second)
        labels = root / f"{user:03d}" / "labels.txt"
        labels.write_text(labels.read_text().replace("2008/05/01 08:07:30", "2008/05/01 09:07:30"))
    counts = [
        sum(int((split.y == 0).sum()) for _, split in geolife(str(root), gap=gap).items()) for gap in (1200, 9999)
    ]
    assert counts == [16, 12]


@pytest.mark.parametrize(
    ("made", "keywords", "said"),
    [
        (False, {}, "Expected users with labels"),
        (True, {"protocol": "user"}, "Received: 'user'"),
        (True, {"fractions": [0.5, 0.5]}, "three positive parts"),
        (True, {"least": 1}, "least from 2 to 200"),
        (True, {"root": "nowhere"}, "which is no folder"),
        (True, {"root": "above"}, "Did you mean"),
    ],
)
def test_a_wrong_folder_or_keyword_is_one_message(tmp_path, made, keywords, said):
    """No users, no folder, the folder above, and keywords out of range are told in one message."""
    root = tmp_path / "Data"
    root.mkdir()
    if made:
        folder(root, users=3, n=60)
    places = {"nowhere": str(tmp_path / "nowhere"), "above": str(tmp_path)}
    given = {"root": str(root)} | keywords
    with pytest.raises(InputError, match="Expected") as caught:
        geolife(**given | {"root": places.get(given["root"], given["root"])})
    assert said in str(caught.value)
