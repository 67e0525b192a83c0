"""Archives from learning platforms, honest and hostile."""

import io
import random
import stat
import zipfile

import pytest

from course_lib.grading import lms
from course_lib.grading.collect import collect
from course_lib.grading.command import main
from course_lib.grading.course_folder import open_course
from course_lib.inputs import InputError
from tests.grading.sample_class.course import REPOSITORY
from tests.grading.sample_class.notebooks import TOPIC

NAME = f"{TOPIC}.ipynb"


def archive(path, *members):
    """A zip of (name or ZipInfo, data)."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as file:
        for name, data in members:
            file.writestr(name, data)
    return path


def read(tmp_path, *members, names=None):
    found, left_out = lms.read_zip(archive(tmp_path / "a.zip", *members), names)
    return {(d.student, d.name): d.data for d in found}, left_out


@pytest.mark.parametrize("member, student, name", [
    (f"Anna Lovelace_4711_assignsubmission_file_{NAME}", "anna_lovelace", NAME),
    (f"Anna Lovelace_4711_assignsubmission_file/{NAME}", "anna_lovelace", NAME),
    (f"Anna Lovelace_4711_assignsubmission_file_/{NAME}", "anna_lovelace", NAME),
    (f"Übung/Jörg Müller-Özil_12_assignsubmission_file_{NAME}", "jörg_müller-özil", NAME),
    ("lovelaceanna_12345_67890_homework-1.ipynb", "lovelaceanna_12345", "homework.ipynb"),
    ("lovelaceanna_LATE_12345_67890_homework.ipynb", "lovelaceanna_12345", "homework.ipynb"),
    (f"anna/{NAME}", "anna", NAME), (f"class of 2026/Anna B./{NAME}", "anna_b", NAME), (f"anna/{TOPIC}/{NAME}", "anna", NAME),
    ("anna\\work.ipynb", "anna", "work.ipynb"), ("con/x.ipynb", "con_", "x.ipynb"), ("a*b?/c:d.ipynb", "a_b", "c_d.ipynb")])
def test_whose_file_it_is(tmp_path, member, student, name):
    found, left_out = read(tmp_path, (member, b"data"))
    assert found == {(student, name): b"data"} and left_out == []


def test_two_people_of_one_name_stay_two(tmp_path):
    found, _ = read(tmp_path, (f"Anna B_1_assignsubmission_file_{NAME}", b"1"), (f"Anna B_2_assignsubmission_file_{NAME}", b"2"),
                    (f"Carl D_3_assignsubmission_file_{NAME}", b"3"))
    assert found == {("anna_b_1", NAME): b"1", ("anna_b_2", NAME): b"2", ("carl_d", NAME): b"3"}


def test_an_own_pattern(tmp_path):
    found, left_out = read(tmp_path, ("2026-ex3-s0042.ipynb", b"x"), ("README", b"y"), names=r"\d+-ex\d-(?P<student>s\d+)\.ipynb")
    assert found == {("s0042", "2026-ex3-s0042.ipynb"): b"x"} and "'README' was left out: it belongs to nobody" in left_out[0]
    with pytest.raises(InputError, match="student"):
        read(tmp_path, names=r"\d+")


def link(name: str) -> zipfile.ZipInfo:
    info = zipfile.ZipInfo(name)
    info.create_system, info.external_attr = 3, (stat.S_IFLNK | 0o777) << 16
    return info


@pytest.mark.parametrize("member, words", [
    ("../anna/x.ipynb", "points outside"), ("/anna/x.ipynb", "points outside"), ("a/../../x.ipynb", "points outside"),
    ("C:\\anna\\x.ipynb", "points outside"), ("..\\anna\\x.ipynb", "points outside"), (link("anna/x.ipynb"), "a link"),
    ("x.ipynb", "belongs to nobody"), ("///x", "points outside"), ("__MACOSX/anna/._x.ipynb", "packer"), ("../", None)])
def test_hostile_names(tmp_path, member, words):
    found, left_out = read(tmp_path, (member, b"data"), ("bob/x.ipynb", b"fine"))
    assert found == {("bob", "x.ipynb"): b"fine"}
    assert len(left_out) == (words is not None) and (words is None or words in left_out[0])


def test_limits_on_what_is_unpacked(tmp_path, monkeypatch):
    """Sizes count as unpacked, whatever the archive says of itself; a nested archive is a file like any other."""
    monkeypatch.setattr(lms, "MAX_FILE_BYTES", 100_000)
    monkeypatch.setattr(lms, "MAX_ALL_BYTES", 150_000)
    found, left_out = read(tmp_path, ("a/bomb.ipynb", b"\0" * 5_000_000), ("b/x.ipynb", b"1" * 90_000),
                           ("c/x.ipynb", b"2" * 90_000), ("d/x.ipynb", b"3"))
    assert set(found) == {("b", "x.ipynb"), ("c", "x.ipynb")}
    assert "larger than" in left_out[0] and "exceeds" in left_out[1]
    monkeypatch.setattr(lms, "MAX_FILES", 2)
    assert len(read(tmp_path, *[(f"{n}/x.ipynb", b"") for n in "abc"])[0]) == 2


def test_damaged_members_and_archives(tmp_path):
    path = archive(tmp_path / "a.zip", ("anna/x.ipynb", b"0123456789" * 100), ("bob/x.ipynb", b"fine"))
    data = bytearray(path.read_bytes())
    data[50] ^= 0xFF  # inside anna's compressed bytes
    path.write_bytes(data)
    found, left_out = lms.read_zip(path)
    assert [d.student for d in found] == ["bob"] and "cannot be unpacked" in left_out[0]
    path.write_bytes(b"PK nothing")
    with pytest.raises(InputError, match="cannot be read as one"):
        lms.read_zip(path)


@pytest.fixture
def course(tmp_path):
    root = tmp_path / "course"
    root.mkdir()
    (root / "nbgrader_config.py").write_bytes((REPOSITORY / "nbgrader_config.py").read_bytes())
    return root


def test_collect_twice_and_again(course, tmp_path, capsys):
    """New, unchanged, replaced; earlier deliveries and other files are kept aside."""
    first = archive(tmp_path / "1.zip", ("anna/homework.ipynb", b"first"), ("anna/torch.py", b"x"), (f"bob/{NAME}", b"b"),
                    ("top", b""))
    assert main("collect", [str(first), TOPIC, "--root", str(course)]) == 0
    said = capsys.readouterr().out
    assert "anna: new" in said and "homework.ipynb" in said and "'top' was left out" in said and "2 students" in said
    submitted, kept = course / "submitted" / "anna" / TOPIC, course / "originals" / "anna" / TOPIC
    assert [(p.name, p.read_bytes()) for p in submitted.iterdir()] == [(NAME, b"first")]
    assert {p.name for p in kept.iterdir()} == {"homework.ipynb", "torch.py"}
    api = open_course(course)
    assert [one.change for one in collect(api, first, TOPIC)[0]] == ["unchanged", "unchanged"]
    second = archive(tmp_path / "2.zip", (f"anna/{NAME}", b"second"))
    ((student, change, remarks),), _ = collect(api, second, TOPIC)
    assert (student, change, remarks) == ("anna", "replaced", ())
    assert (submitted / NAME).read_bytes() == b"second" and b"first" in {p.read_bytes() for p in kept.iterdir()}


def test_an_unknown_topic_and_no_course(course, tmp_path):
    with pytest.raises(InputError, match="03_energy_based_models"):
        main("collect", ["x.zip", "99_nothing", "--root", str(course)])
    with pytest.raises(InputError, match="cannot be read"):
        main("collect", [str(tmp_path / "x.zip"), TOPIC, "--root", str(course)])


def test_zip_bytes_only_are_written_inside_submitted_and_originals(course, tmp_path):
    archive(tmp_path / "a.zip", ("anna/../../evil.ipynb", b"1"), ("anna/x.ipynb", b"2"))
    before = {p for p in tmp_path.rglob("*")}
    collect(open_course(course), tmp_path / "a.zip", TOPIC)
    new = {p.relative_to(course).parts[0] for p in set(tmp_path.rglob("*")) - before}
    assert new == {"submitted", "originals"}


def test_random_bytes_never_raise_anything_else(tmp_path):
    """Fixed seeds: a zip with damaged bytes is read as far as it can be, or is told to be no zip."""
    good = io.BytesIO()
    with zipfile.ZipFile(good, "w", zipfile.ZIP_DEFLATED) as file:
        for name in "abcd":
            file.writestr(f"{name}/x.ipynb", name * 500)
    for seed in range(200):
        dice, data = random.Random(seed), bytearray(good.getvalue())
        for _ in range(dice.randrange(1, 5)):
            data[dice.randrange(len(data))] = dice.randrange(256)
        (tmp_path / "r.zip").write_bytes(data)
        try:
            found, _ = lms.read_zip(tmp_path / "r.zip")
        except InputError:
            continue
        assert all(delivery.student and "/" not in delivery.name for delivery in found)
