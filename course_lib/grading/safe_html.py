"""Markdown that a student wrote, as HTML that cannot run: the filter that feedback pages and the form grader use.

nbconvert's own `sanitize_html` knows no headings, paragraphs or tables, and nbgrader's templates pass it by. Formulas stay
as they are: MathJax is loaded with its "Safe" extension, which refuses links to scripts.
"""

import html

import bleach
from nbconvert.filters.markdown_mistune import markdown2html_mistune

TAGS = {"a", "abbr", "b", "blockquote", "br", "code", "dd", "del", "details", "div", "dl", "dt", "em", "h1", "h2", "h3", "h4",
        "h5", "h6", "hr", "i", "kbd", "li", "ol", "p", "pre", "s", "small", "span", "strong", "sub", "summary", "sup", "table",
        "tbody", "td", "th", "thead", "tr", "u", "ul"}
MAX_SOURCE, MAX_TAGS = 20_000, 500
ATTRIBUTES = {"*": ["class"], "a": ["href", "title"], "abbr": ["title"], "ol": ["start"], "td": ["align"], "th": ["align"]}


def markdown2html(source: str) -> str:
    """Markdown -> HTML of the tags above; what is not among them is shown as text. Links lead to http(s) and mail only.

    Text longer than anybody writes, or full of tags, is shown as it is: the filter's time grows with the square of its depth.
    """
    if len(source) > MAX_SOURCE or source.count("<") > MAX_TAGS:
        return f"<pre>{html.escape(source)}</pre>"
    return bleach.clean(markdown2html_mistune(source), tags=TAGS, attributes=ATTRIBUTES, protocols={"http", "https", "mailto"},
                        strip_comments=True)
