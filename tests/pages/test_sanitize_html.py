"""What a student wrote or drew is shown to the teacher; what would act in the teacher's browser is only text."""

from __future__ import annotations

import copy
from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from nbconvert import HTMLExporter
from nbconvert.filters import markdown2html
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from grader.pages import sanitize_html
from grader.pages.sanitize_html import LONGEST_PIECE, MOST_HTML, MOST_MARKDOWN, as_typed, sanitize_notebook

RUN = "window.ran=1"
SAFE = {
    "comparison": "a < b and b > c, 1 <2, and <3",
    "emphasis": "**bold**, *it*, ~~gone~~, <b>bold</b><br/>and x<sub>2</sub>",
    "link": "[here](https://example.org/a?b=c) and <https://example.org> and [there][1]\n\n[1]: http://example.org 'x'",
    "code": "`<script>` and\n\n```python\nx = '<script>'\n```",
    "formula": "$a_1 < b$ and\n\n$$\n\\frac{a}{b} < c\n$$",
    "table": "| a | b |\n|---|---|\n| 1 | 2 |",
    "quote": "> said\n\n1. one\n   - two",
    "picture": "![drawn](data:image/png;base64,iVBORw0KGgo=)",
    "summary": "<details><summary>more</summary>text</details>",
}
HOSTILE = {
    "script": f"<script>{RUN}</script>",
    "handler": f"look: <img src=x onerror='{RUN}'>",
    "in bold": f"**<img src=x onerror='{RUN}'>**",
    "in a list": f"- <img src=x onerror='{RUN}'>",
    "in a quote": "> <iframe srcdoc='<script>parent.ran=1</script>'></iframe>",
    "in a table": f"| <img src=x onerror='{RUN}'> | b |\n|---|---|\n| 1 | 2 |",
    "in a heading": f"# <img src=x onerror='{RUN}'>",
    "in a task": f"- [ ] <img src=x onerror='{RUN}'>",
    "mermaid": f"```mermaid\n<img src=x onerror='{RUN}'>\n```",
    "allowed tag": f"<b onclick='{RUN}' onmouseover='{RUN}'>bold</b>",
    "svg": f"<svg onload='{RUN}'>",
    "math": f"<math><mtext><img src=x onerror='{RUN}'></mtext></math>",
    "javascript": f"[here](javascript:{RUN})",
    "javascript in disguise": f"[here](&#106;avaScript&colon;{RUN})",
    "javascript by reference": f"[here][1]\n\n[1]: javascript:{RUN}",
    "javascript in angles": f"<javascript:{RUN}>",
    "data": f"[here](data:text/html,<script>{RUN}</script>)",
    "local": "[here](/logout)",
    "comment": f"<!--><img src=x onerror='{RUN}'>-->",
    "style": "<style>body { display: none }</style>",
    "attribute": "<p style='position: fixed; inset: 0'>",
    "refresh": "<meta http-equiv=refresh content='0; url=http://127.0.0.1:{port}/refresh'>",
    "form": "<form action='http://127.0.0.1:{port}/form'><input autofocus></form>",
    "base": "<base href='http://127.0.0.1:{port}/base/'>",
    "picture from elsewhere": "![](http://127.0.0.1:{port}/picture)",
    "html picture": "<img src='http://127.0.0.1:{port}/tag'>",
    "closing": "</div></div></body>",
    "unclosed": "<textarea>",
    "attachment that is not there": "![](attachment:nothing)",
    "processing": f"<?xml <img src=x onerror='{RUN}'> ?>",
    "cdata": f"<![CDATA[<img src=x onerror='{RUN}'>]]>",
}
OUTPUTS = {
    "text/html": f"<p id=score class=score>table</p><script>{RUN}</script><img src=x onerror='{RUN}'>"
    f"<a href='javascript:{RUN}'>link</a><style>body {{ display: none }}</style>"
    "<img src='http://127.0.0.1:{port}/output'>",
    "application/javascript": RUN,
    "image/svg+xml": f"<svg xmlns='http://www.w3.org/2000/svg' onload='{RUN}'><script>{RUN}</script></svg>",
    "text/markdown": f"<img src=x onerror='{RUN}'>",
    "application/vnd.jupyter.widget-view+json": {"model_id": f"</script><script>{RUN}</script>"},
    "text/vnd.mermaid": f"<img src=x onerror='{RUN}'>",
}
FRAME = "<table><thead><tr><th></th><th>x</th></tr></thead><tbody><tr><th>0</th><td>1.5</td></tr></tbody></table>"


def markdown(text, **more):
    return new_markdown_cell(text, **more)


def shown(*outputs):
    """A code cell's outputs once they are safe."""
    notebook = new_notebook(cells=[new_code_cell("x", outputs=list(outputs))])
    sanitize_notebook(notebook)
    return notebook.cells[0].outputs


def page_of(notebook):
    """The notebook as HTML, by the template that the formgrader builds upon."""
    return HTMLExporter(template_name="classic").from_notebook_node(notebook)[0]


@pytest.mark.parametrize("text", SAFE.values(), ids=SAFE.keys())
def test_a_safe_text_stays_as_it_is(text):
    notebook = new_notebook(cells=[markdown(text)])
    assert sanitize_notebook(notebook) == 0
    assert notebook.cells[0].source == text


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE.keys())
def test_a_text_that_would_act_is_shown_as_it_was_typed(text):
    notebook = new_notebook(cells=[markdown(text)])
    assert sanitize_notebook(notebook) == 1
    assert text in notebook.cells[0].source
    again = copy.deepcopy(notebook)
    assert sanitize_notebook(again) == 0 and again == notebook, "what is shown as typed is safe"


def test_no_hostile_text_leaves_a_tag_in_the_page():
    notebook = new_notebook(cells=[markdown(text) for text in HOSTILE.values()])
    plain = page_of(new_notebook(cells=[markdown("text") for _ in HOSTILE]))
    sanitize_notebook(notebook)
    page = page_of(notebook)
    for word in (
        "<script",
        "<img",
        "<svg",
        "<iframe",
        "<style",
        "<form",
        "<textarea",
        "<base",
        "<meta",
        'href="javascript',
    ):
        assert page.count(word) == plain.count(word), word


def test_the_author_s_own_text_is_left_alone():
    text = HOSTILE["script"]
    notebook = new_notebook(cells=[markdown(text), markdown(text + " \n"), markdown(text + " mine")])
    assert sanitize_notebook(notebook, authors={text}) == 1, (
        "what an editor changes at the ends of lines does not matter"
    )
    assert [cell.source for cell in notebook.cells[:2]] == [text, text + " \n"]


def test_a_pasted_picture_stays_and_nothing_else_is_attached():
    pasted = {
        "a.png": {"image/png": "iVBORw0KGgo="},
        "b.png": {"image/png": '"><script>', "text/html": "<script>"},
        "c.svg": {"image/svg+xml": "PHN2Zy8+"},
    }
    notebook = new_notebook(cells=[markdown("![](attachment:a.png)", attachments=pasted)])
    assert sanitize_notebook(notebook) == 0
    assert notebook.cells[0].attachments == {"a.png": pasted["a.png"], "c.svg": pasted["c.svg"]}


@pytest.mark.parametrize("kind", OUTPUTS)
def test_of_an_output_only_text_tables_and_pictures_stay(kind):
    size = {"width": f"1 onload={RUN}", "height": 20, "alt": "a <line>"}
    metadata = {"image/png": size, "text/html": {"isolated": True}, "image/svg+xml": "x"}
    data = {kind: OUTPUTS[kind], "text/plain": "<IPython object>", "image/png": "iVBORw0KGgo="}
    [output] = shown(new_output("display_data", data=data, metadata=metadata))
    assert output.metadata == {"image/png": {"alt": "a <line>", "height": 20}}
    assert output.data["image/png"] == "iVBORw0KGgo="
    kept = {"text/html": "<p>table</p>link"} if kind == "text/html" else {}
    plain = OUTPUTS[kind] if kind == "text/markdown" else "<IPython object>"
    assert output.data == {"text/plain": plain, "image/png": "iVBORw0KGgo=", **kept}


def test_a_table_of_pandas_keeps_its_cells():
    html = f"<div>\n<style scoped>\n    .dataframe tbody {{ color: red }}\n</style>\n{FRAME}\n</div>"
    [output] = shown(new_output("execute_result", data={"text/html": html, "text/plain": "     x\n0  1.5"}))
    assert FRAME in output.data["text/html"]
    assert "color" not in output.data["text/html"]


def test_html_of_which_nothing_is_left_gives_way_to_the_text():
    [output] = shown(new_output("display_data", data={"text/html": "<iframe src=x>", "text/plain": "<HTML object>"}))
    assert output.data == {"text/plain": "<HTML object>"}


def test_printed_text_and_errors_stay():
    outputs = [
        new_output("stream", name="stdout", text="<b>printed</b>"),
        new_output("error", ename="E", evalue="v", traceback=["t"]),
    ]
    assert shown(*copy.deepcopy(outputs)) == outputs


@pytest.mark.parametrize(
    "unit", ["\\\\(", "<b>", "[a](", "|a|b|\n|--|--|\n", "<b></p>", "![", "> ", "<div>", "<i><table>"]
)
def test_a_text_made_to_keep_a_parser_busy_is_parsed_only_so_far(unit, monkeypatch):
    text = (unit * LONGEST_PIECE)[:LONGEST_PIECE]
    html = new_output("display_data", data={"text/html": text, "text/plain": "x"})
    cells = [cell for _ in range(40) for cell in (markdown(text), new_code_cell("x", outputs=[copy.deepcopy(html)]))]
    parsed = Counter()

    def count(parser, parse):
        return lambda text, *more: parsed.update({parser: len(text)}) or parse(text, *more)

    for parser in (sanitize_html.clean_html, sanitize_html.shows_only_text):
        monkeypatch.setattr(sanitize_html, parser.__name__, count(parser.__name__, parser))
    sanitize_notebook(new_notebook(cells=cells))
    assert parsed["clean_html"] == MOST_HTML and parsed["shows_only_text"] <= MOST_MARKDOWN


def test_what_is_too_long_to_look_at_is_shown_as_typed():
    links = "[a](https://example.org) "
    cells = [markdown(links * (LONGEST_PIECE // len(links))) for _ in range(MOST_MARKDOWN // LONGEST_PIECE + 2)]
    notebook = new_notebook(cells=[*cells, markdown(links * LONGEST_PIECE), markdown("plain " * LONGEST_PIECE)])
    assert sanitize_notebook(notebook) == 3
    assert notebook.cells[0].source.startswith("[a]")
    assert notebook.cells[-1].source.startswith("plain")


PIECES = [*HOSTILE.values(), *SAFE.values(), *"`~$\\<>()[]!|#-_\n\t:'", "```", "~~~", "$$", "\n\n", "    ", "text"]


@given(st.lists(st.sampled_from(PIECES), max_size=30).map("".join))
@settings(max_examples=300, deadline=None)
def test_nothing_that_is_typed_breaks_out_of_its_fence(text):
    typed = as_typed(text)
    assert sanitize_notebook(new_notebook(cells=[markdown(typed)])) == 0
    page = markdown2html(typed)
    assert not [word for word in ("<script", "<img", "<svg", "<iframe", "<style", "<a", "<b ") if word in page]
