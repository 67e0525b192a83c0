"""tidy: one notebook a folder, nothing lost, twice the same."""

import os
import sys

import pytest

from course_lib.grading.folders import read_submission, tidy

TOPIC = "03_energy_based_models"


@pytest.fixture
def place(tmp_path):
    folder = tmp_path / "submitted" / "ann" / TOPIC
    folder.mkdir(parents=True)
    return tmp_path, folder


def run(place):
    root, folder = place
    path, remarks = tidy(root, folder, "ann", TOPIC)
    assert path == folder / f"{TOPIC}.ipynb" and path.is_file() and not path.is_symlink()
    assert (path, remarks) == tidy(root, folder, "ann", TOPIC), "a second time it says and does the same"
    return path, remarks


def test_the_right_name_wins(place):
    (place[1] / f"{TOPIC}.ipynb").write_bytes(b"right")
    (place[1] / "other.ipynb").write_bytes(b"a larger one")
    path, remarks = run(place)
    assert path.read_bytes() == b"right" and remarks == ()
    assert (place[0] / "originals" / "ann" / TOPIC / "other.ipynb").read_bytes() == b"a larger one"


def test_of_several_wrong_names_the_largest_is_taken(place):
    for name, data in (("a.ipynb", b"12"), ("b (1).IPYNB", b"1234"), ("empty.ipynb", b"")):
        (place[1] / name).write_bytes(data)
    path, remarks = run(place)
    assert path.read_bytes() == b"1234" and len(remarks) == 2
    assert "was called b (1).IPYNB" in remarks[0] and "left aside: a.ipynb" in remarks[1]


def test_names_of_files_are_told_without_what_steers_a_terminal(place):
    """Linux takes any bytes as a name, valid UTF-8 or not."""
    if sys.platform != "linux":
        pytest.skip("no such names there")
    for name, data in ((b"\x1b[2J\xff.ipynb", b"1234"), ("\u202ea.ipynb".encode(), b"1"), (b"n\note\xfe.txt", b"")):
        (place[1] / os.fsdecode(name)).write_bytes(data)
    path, remarks = run(place)
    assert path.read_bytes() == b"1234" and len(remarks) == 3 and all(remark.isprintable() for remark in remarks)
    assert "was called ?[2J?.ipynb" in remarks[0] and "?a.ipynb" in remarks[1] and "n?ote?.txt" in remarks[2]


def test_a_renamed_resubmission_replaces_an_earlier_renamed_one(place):
    (place[1] / "first.ipynb").write_bytes(b"the first, longer version")
    run(place)
    (place[1] / "second.ipynb").write_bytes(b"the second")
    path, remarks = run(place)
    assert path.read_bytes() == b"the second" and "was called second.ipynb" in remarks[0]
    assert (place[0] / "originals" / "ann" / TOPIC / f"{TOPIC}.ipynb").read_bytes() == b"the first, longer version"


def test_a_new_file_under_the_right_name_forgets_old_remarks(place):
    (place[1] / "first.ipynb").write_bytes(b"1")
    run(place)
    (place[1] / f"{TOPIC}.ipynb").write_bytes(b"2")
    assert run(place)[1] == ()


def test_nothing_at_all(place):
    path, remarks = run(place)
    assert read_submission(path) is None and remarks == ()
    (place[1] / "late.ipynb").write_bytes(b"later")
    path, _ = run(place)
    assert read_submission(path) == b"later"


@pytest.mark.parametrize("text, kept", [("2026-01-31 12:00:00 UTC", True), ("", False), ("soon", False), ("x" * 1000, False)])
def test_only_a_timestamp_that_nbgrader_can_read_stays(place, text, kept):
    (place[1] / f"{TOPIC}.ipynb").write_bytes(b"1")
    (place[1] / "timestamp.txt").write_text(text, encoding="utf-8")
    run(place)
    assert (place[1] / "timestamp.txt").exists() is kept


@pytest.mark.skipif(os.name != "posix", reason="links and pipes")
def test_links_folders_and_pipes_are_moved_and_never_followed(place):
    root, folder = place
    (root / "secret.txt").write_text("secret", encoding="utf-8")
    (folder / f"{TOPIC}.ipynb").symlink_to(root / "secret.txt")
    (folder / "deep.ipynb").mkdir()
    (folder / "deep.ipynb" / "x.ipynb").write_bytes(b"inside")
    os.mkfifo(folder / "pipe.ipynb")
    path, _ = run(place)
    assert read_submission(path) is None and (root / "secret.txt").read_text("utf-8") == "secret"
    aside = root / "originals" / "ann" / TOPIC
    assert (aside / f"{TOPIC}.ipynb").is_symlink() and (aside / "deep.ipynb" / "x.ipynb").read_bytes() == b"inside"
