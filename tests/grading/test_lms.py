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


def test_the_first_part_that_fits_decides_in_moodles_folders(tmp_path):
    """What stands below a student's folder is named by the student: it can be nobody else's."""
    deep = "Anna Lovelace_4711_assignsubmission_file"
    found, left_out = read(tmp_path, (f"{deep}/{NAME}", b"anna's"), (f"Mallory Evil_7_assignsubmission_file/{deep}_{NAME}", b"1"),
                           (f"Mallory Evil_7_assignsubmission_file/{deep}/a.ipynb", b"2"),
                           (f"Mallory Evil_7_assignsubmission_file/\n/{deep}/b.ipynb", b"3"),
                           (f"Mallory Evil_7_assignsubmission_file_{deep}_c.ipynb", b"4"), ("README", b""))
    assert {name: data for (student, name), data in found.items() if student == "anna_lovelace"} == {NAME: b"anna's"}
    assert {student for student, _ in found} == {"anna_lovelace", "mallory_evil"} and len(left_out) == 1
    assert sorted(data for (student, _), data in found.items() if student == "mallory_evil") == [b"1", b"2", b"3", b"4"]


@pytest.mark.parametrize("deep", [f"anna_4711_assignsubmission_file_{NAME}", "anna_12345_67890_x.ipynb", f"anna/{NAME}",
                                  f"anna/{TOPIC}/x.ipynb", f"class/anna/{NAME}"])
@pytest.mark.parametrize("above", ["", "class of 2026/", "a/b/"])
def test_no_name_below_a_students_folder_makes_it_anothers(tmp_path, above, deep):
    many = [(f"{above}mallory/{number}{deep}", b"0") for number in range(9)]
    found, _ = read(tmp_path, (f"{above}anna/{NAME}", b"anna's"), (f"{above}mallory/{deep}", b"1"), *many)
    assert {name: data for (student, name), data in found.items() if student == "anna"} == {NAME: b"anna's"}
    assert {student for student, _ in found} == {"anna", "mallory"}


def test_folders_within_a_students_folder(tmp_path):
    """The student stands where the archive branches, however deep the files lie; hidden folders are nobody's."""
    found, left_out = read(tmp_path, ("class/carl/x.ipynb", b""), ("class/carl/src/helper.py", b""), ("class/README", b""),
                           ("class/dora/Übung 3/x.ipynb", b""), (f"class/emil/{TOPIC}/x.ipynb", b""), ("top", b""),
                           ("class/.ipynb_checkpoints/x-checkpoint.ipynb", b""), ("class/carl/.git/x.ipynb", b""))
    assert set(found) == {("carl", "x.ipynb"), ("carl", "helper.py"), ("dora", "x.ipynb"), ("emil", "x.ipynb")}
    assert sorted(sentence.split(" was left out: ")[1][:9] for sentence in left_out) == ["it belong"] * 2 + ["it is hid"] * 2


@pytest.mark.parametrize("files", [("carl/x.ipynb", "carl/src/helper.py"), (f"carl/{TOPIC}/x.ipynb", f"carl/{TOPIC}/src/y.py"),
                                   (f"class/carl/{TOPIC}/x.ipynb",)])
def test_an_archive_of_one_student(tmp_path, files):
    assert {student for student, _ in read(tmp_path, *((file, b"") for file in files))[0]} == {"carl"}


def test_two_names_that_make_one_id_stay_two(tmp_path):
    """Also where somebody's name is what tells others apart; and the ids do not depend on the order of the files."""
    names = ["a+b", "a b", "a_b", "A_B", "carl", "Jörg", "Jo\u0308rg"]
    found, _ = read(tmp_path, *((f"{name}/{number}.ipynb", name.encode()) for number, name in enumerate(names)))
    ids = {file: student for student, file in found}
    assert len(set(ids.values())) == 6 and len(found) == 7 and ids["5.ipynb"] == ids["6.ipynb"] == "jörg"
    assert ids["4.ipynb"] == "carl" and all(ids[f"{n}.ipynb"].startswith("a_b-") for n in range(4))
    back, _ = read(tmp_path, *((f"{name}/{number}.ipynb", b"") for number, name in reversed([*enumerate(names)])))
    assert {file: student for student, file in back} == ids
    more, _ = read(tmp_path, *((f"{name}/x.ipynb", b"") for name in [*names, ids["0.ipynb"].replace("_", " ")]))
    assert len({student for student, _ in more}) == 7
    found, _ = read(tmp_path, *((f"{name}_assignsubmission_file_{NAME}", name.encode())
                                for name in ("Anna B_1", "Anna B_2", "anna b_3", "Anna B 1_4")))
    assert len(found) == 4 and ("anna_b_2", NAME) in found


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


def test_one_student_cannot_use_up_the_limit_of_all(tmp_path, monkeypatch):
    """Files that are too large are not even unpacked; damaged ones count as unpacked; each student has a limit."""
    monkeypatch.setattr(lms, "MAX_FILE_BYTES", 100_000)
    monkeypatch.setattr(lms, "MAX_STUDENT_BYTES", 150_000)
    monkeypatch.setattr(lms, "MAX_ALL_BYTES", 300_000)
    read_sizes = []
    real = lms.zipfile.ZipExtFile.read
    monkeypatch.setattr(lms.zipfile.ZipExtFile, "read", lambda file, n=-1: read_sizes.append(n) or real(file, n))
    path = archive(tmp_path / "a.zip", *[(f"mallory/{n}.ipynb", b"\0" * 5_000_000) for n in range(3)],
                   *[(f"mallory/d{n}.ipynb", b"\0" * 90_000) for n in range(9)], ("zoe/x.ipynb", b"fine"))
    data = bytearray(path.read_bytes())
    for n in range(9):  # the stated checksum of each is wrong: they are unpacked in vain
        place = data.rindex(f"mallory/d{n}.ipynb".encode()) - 46 + 16
        data[place:place + 4] = b"\1\2\3\4"
    path.write_bytes(data)
    found, left_out = lms.read_zip(path)
    assert [(delivery.student, delivery.data) for delivery in found] == [("zoe", b"fine")] and len(read_sizes) == 2
    words = ["larger than 100000"] * 3 + ["cannot be unpacked"] + ["student's files"] * 8
    assert all(word in sentence for word, sentence in zip(words, left_out, strict=True))


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


def test_several_notebooks_of_one_student_are_told(course, tmp_path):
    """Also where one has the right name, and where two have the same: which counts is said, with the paths as they came."""
    first = archive(tmp_path / "1.zip", (f"anna/{NAME}", b"right"), ("anna/old/\x1b[2J.ipynb", b"older"), ("bob/b.ipynb", b"b"))
    anna, bob = collect(open_course(course), first, TOPIC)[0]
    assert anna.remarks[-1] == f"2 notebooks came: anna/{NAME} was taken, left aside: anna/old/?[2J.ipynb."
    assert not any("notebooks came" in remark for remark in bob.remarks)
    second = archive(tmp_path / "2.zip", (f"anna/{NAME}", b"right"), (f"anna/old/{NAME}", b"older"))
    assert f"anna/{NAME} was taken, left aside: anna/old/{NAME}" in collect(open_course(course), second, TOPIC)[0][0].remarks[-1]


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
