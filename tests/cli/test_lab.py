"""`course lab` serves: the learner gets a copy and the Validate button, the instructor the form grader."""

import json
import urllib.request

import pytest

from course_lib.cli.places import ROOT, notebooks
from tests.lab_server import TOKEN, lab, status


def page_config(address):
    """What the page tells JupyterLab."""
    with urllib.request.urlopen(f"{address}/lab?token={TOKEN}", timeout=30) as answer:
        page = answer.read().decode("utf-8")
    return json.loads(page.split('id="jupyter-config-data" type="application/json">')[1].split("</script>")[0])


def test_the_learners_lab(tmp_path):
    with lab(tmp_path) as (address, said):
        assert f"/lab/tree/lectures/{notebooks('lectures')[0].name}?token={TOKEN}" in said() and "new." in said()
        for name in (f"{p.relative_to(ROOT).as_posix()}" for p in notebooks("lectures") + notebooks("exercises")):
            assert status(f"{address}/api/contents/{name}?content=0") == 200
        assert status(f"{address}/api/contents/solutions?content=0") == 404
        assert status(f"{address}/nbgrader_version?version=x") == 200 and status(f"{address}/formgrader") == 404
        off = page_config(address)["disabledExtensions"]
        assert "@jupyterlab/apputils-extension:announcements" in off and "@jupyter/nbgrader:formgrader" in off
        assert not any("validate" in name for name in off)
        with urllib.request.urlopen(f"{address}/api/kernelspecs?token={TOKEN}", timeout=30) as answer:
            assert json.load(answer)["default"] == "python3"
        assert len(said().splitlines()) < 12


def test_the_instructors_lab(tmp_path):
    with lab(tmp_path, "--instructor") as (address, said):
        assert status(f"{address}/api/contents/solutions?content=0") == 200 and status(f"{address}/formgrader") == 200
        assert "@jupyter/nbgrader:formgrader" not in page_config(address)["disabledExtensions"]
        assert not (tmp_path / "work").exists()


def test_a_port_that_is_taken_is_told(tmp_path):
    with lab(tmp_path) as (address, _):
        (tmp_path / "second").mkdir()
        port = address.rsplit(":", 1)[1]
        with pytest.raises(AssertionError, match=f"port {port} is not available"):
            with lab(tmp_path / "second", "--port", port):
                raise RuntimeError("two servers on one port")
