"""What a learner meets: `course lab` in a real browser. Needs playwright (in the test extra) and a Chromium or Chrome."""

import shutil

import pytest

from course_lib.cli.places import ROOT, notebooks
from tests.lab_server import TOKEN, lab

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome", "chrome"))), None)
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
PROMPTS = "[...document.querySelectorAll('.jp-CodeCell .jp-InputPrompt')].map(p => p.textContent.trim())"
DONE = f"() => {PROMPTS}[0] === '[1]:' && !{PROMPTS}.includes('[*]:')"
MINUTE = 60_000  # milliseconds
EXERCISE = notebooks("exercises")[0]

pytestmark = [pytest.mark.browser, pytest.mark.skipif(CHROMIUM is None, reason="no Chromium or Chrome on this machine")]


@pytest.fixture(scope="module")
def learner(tmp_path_factory):
    """(address, page, work): JupyterLab as a learner gets it; the page has no notebook open yet."""
    sync_api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    folder = tmp_path_factory.mktemp("learner")
    with lab(folder) as (address, _), sync_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        page = browser.new_page(viewport={"width": 1280, "height": 1000})
        page.set_default_timeout(2 * MINUTE)
        yield address, page, folder / "work"
        browser.close()


def open_notebook(learner, path):
    """Open a notebook of the learner's copy and wait until its kernel is idle."""
    address, page, _ = learner
    page.goto(f"{address}/lab/tree/{path}?token={TOKEN}&reset")
    page.wait_for_selector(".jp-Notebook .jp-Cell")
    page.wait_for_selector(".jp-Notebook-ExecutionIndicator[data-status=idle]")
    return page


def test_the_first_cells_of_a_lecture_run(learner):
    page = open_notebook(learner, f"lectures/{notebooks('lectures')[0].name}")
    for item in ("Edit", "Clear Outputs of All Cells"):  # what is stored must not pass for what ran
        page.locator(".lm-MenuBar-itemLabel, .lm-Menu-itemLabel").get_by_text(item, exact=True).click()
    page.wait_for_function(f"() => {PROMPTS}.every(p => p === '[ ]:')")
    page.locator(".jp-Notebook .jp-Cell .jp-InputPrompt").first.click()
    for _ in range(8):
        page.keyboard.press("Shift+Enter")
    page.wait_for_function(DONE, timeout=3 * MINUTE)
    assert (
        page.locator("[data-mime-type='application/vnd.jupyter.error'], .jp-RenderedText[data-mime-type$='stderr']").count() == 0
    )
    assert page.get_by_text("Would you like to receive official Jupyter news").count() == 0


@pytest.mark.parametrize("solved", [False, True], ids=["unsolved", "solved"])
def test_the_validate_button_says_what_the_checks_say(learner, solved):
    """The button is nbgrader's. A solved notebook is the solution, in the learner's own folder."""
    name = f"exercises/{EXERCISE.stem}/{'solved' if solved else EXERCISE.stem}.ipynb"
    if solved:
        shutil.copy(ROOT / "solutions" / EXERCISE.stem / EXERCISE.name, learner[2] / name)
    page = open_notebook(learner, name)
    page.get_by_role("button", name="Validate").click()
    dialog = page.locator(".jp-Dialog, dialog").filter(has_text="Validation Results")
    dialog.wait_for(timeout=3 * MINUTE)
    text = dialog.inner_text()
    assert ("Success! Your notebook passes all the tests." in text) == solved
    assert ("The following cell failed" in text and "not attempted yet" in text) == (not solved)
