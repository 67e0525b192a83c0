"""What a student wrote in Markdown cannot run where it is shown, and keeps its shape."""

import re
from html import unescape

import pytest
from nbconvert.exporters import HTMLExporter

from course_lib.grading.course_folder import load_config
from course_lib.grading.safe_html import MAX_SOURCE, MAX_TAGS, markdown2html
from tests.grading.sample_class.answers import SCRIPT
from tests.grading.sample_class.course import REPOSITORY
from tests.grading.sample_class.notebooks import Material

HOSTILE = [SCRIPT, "<script>x</script>", "<img src=x onerror=alert(1)>", "[a](javascript:alert(1))", "[a](JaVaScRiPt:alert(1))",
           "[a](data:text/html;base64,PHNjcmlwdD4=)", "<a href=' javascript:x'>a</a>", "<a href='java\nscript:x'>a</a>",
           "<svg/onload=x>", "<details open ontoggle=x>", "<math><mtext></form><form><style></style><img src onerror=x>",
           "# <b onclick=x>b</b>", "|<i onmouseover=x>|\n|-|\n|y|", "![a](x\" onerror=\"y)",
           "<!--<img src=--><img src=x onerror=y>-->",
           "<iframe srcdoc='<script>x</script>'>", "<base href=//x>", "<style>*{x:y}</style>",
           "<object data=x>", "<form action=x>"]


@pytest.mark.parametrize("source", HOSTILE)
def test_nothing_that_runs_is_left(source):
    html = markdown2html(source)
    tags = re.findall(r"<\s*/?\s*([a-zA-Z0-9]+)([^>]*)>", html)
    assert not {"script", "img", "iframe", "svg", "object", "form", "base", "style", "math"} & {tag.lower() for tag, _ in tags}
    assert not [rest for _, rest in tags if re.search(r"\son\w+\s*=|javascript:|data:", rest, re.IGNORECASE)]


def test_honest_markdown_keeps_its_shape():
    html = markdown2html("# T\n\n|a|\n|-|\n|$x_{i<j}$|\n\n<details><summary>Hint</summary>\n\n`a < b`\n</details>\n\n"
                         "[l](https://x.org)")
    for part in ("<h1>T", "<td>$x_{i&lt;j}$</td>", "<details><summary>Hint</summary>", "<code>a &lt; b</code>",
                 '<a href="https://x.org">l</a>'):
        assert part in html


@pytest.mark.parametrize("source", ["<div>" * 20_000, "<div>" * 501, "x" * 20_001, "# a & b\n" * 5000])
def test_what_would_stall_the_page_is_shown_as_text(source):
    """The filter's time grows with the square of the depth of tags: 20 000 of them took minutes."""
    html = markdown2html(source)
    assert html.startswith("<pre>") and html.count("<") == 2 and unescape(html[5:-6]) == source


def test_the_course_own_text_is_far_from_these_limits():
    sources = [cell.source for cell in Material(REPOSITORY).solution.cells if cell.cell_type == "markdown"]
    assert max(map(len, sources)) < MAX_SOURCE / 2 and max(source.count("<") for source in sources) < MAX_TAGS / 2


def test_form_grader_and_feedback_use_it():
    """Both make their pages with nbconvert's HTMLExporter on this configuration."""
    exporter = HTMLExporter(config=load_config(REPOSITORY))
    assert exporter.environment.filters["markdown2html"]("<script>x</script>") == markdown2html("<script>x</script>")
