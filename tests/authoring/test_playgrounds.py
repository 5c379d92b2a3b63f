"""The shared style and script of the playgrounds: written into every page, and what is wrong with a page is named."""

from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner

from grader.authoring.course import Course
from grader.authoring.playgrounds import read_page, stale_pages, write_pages
from grader.cli.main import app
from grader.core.errors import AuthoringErrors

STYLE = "/* shared style: written by grader build from _shared.css */"
STYLE_END = "/* end of the shared style */"
SCRIPT = "/* shared script: written by grader build from _shared.js */"
SCRIPT_END = "/* end of the shared script */"
PAGE = f"""<!doctype html>
<title>Toy</title>
<style>
{STYLE}
p {{ color: old }}
{STYLE_END}
p {{ margin: 0 }}
</style>
<script type="application/json" id="seed">__SEED__</script>
<script>
{SCRIPT}
{SCRIPT_END}
</script>
<script>twice(2)</script>
"""
CELL = '# %% playground="toy" height=300\nseed = {"w": 1}\n\n'


@pytest.fixture
def toys(make_course) -> Course:
    """A course with a stale page, `toy`, and the shared parts."""
    course: Course = make_course(CELL, points=0)
    (course.playgrounds / "_shared.css").write_text("p { color: new }\n")
    (course.playgrounds / "_shared.js").write_text(r"const twice = (x) => 2 * x; // \d" + "\n")
    page_of(course).write_text(PAGE)
    return course


def page_of(course: Course) -> Path:
    return course.playgrounds / "toy.html"


def test_the_shared_parts_are_written_between_their_comments_and_the_rest_is_kept(toys):
    assert write_pages(toys) == [page_of(toys)]
    text = page_of(toys).read_text()
    assert f"{STYLE}\np {{ color: new }}\n{STYLE_END}\np {{ margin: 0 }}" in text
    assert f"{SCRIPT}\nconst twice = (x) => 2 * x; // \\d\n{SCRIPT_END}\n</script>\n<script>twice(2)" in text
    assert "old" not in text


def test_a_page_that_is_up_to_date_is_left_alone(toys):
    write_pages(toys)
    before = page_of(toys).stat().st_mtime_ns
    assert (stale_pages(toys), write_pages(toys)) == ([], [])
    assert page_of(toys).stat().st_mtime_ns == before


def test_every_shared_part_makes_a_page_stale(toys):
    for name in ("_shared.css", "_shared.js"):
        write_pages(toys)
        (toys.playgrounds / name).write_text("/* another */\n")
        assert stale_pages(toys) == [page_of(toys)]


def test_build_check_names_a_stale_page_and_build_writes_it_into_page_and_notebook(toys):
    runner, course = CliRunner(), ["--course", str(toys.root)]
    assert runner.invoke(app, ["build", *course]).exit_code == 0
    written = page_of(toys).read_text()
    assert "p { color: new }" in (toys.notebooks / "01_doubling.ipynb").read_text()
    assert runner.invoke(app, ["build", "--check", *course]).exit_code == 0

    (toys.playgrounds / "_shared.css").write_text("p { color: newer }\n")
    result = runner.invoke(app, ["build", "--check", *course])
    assert result.exit_code == 1
    assert "stale: solutions/playgrounds/toy.html. Run `grader build`." in result.output
    assert page_of(toys).read_text() == written

    result = runner.invoke(app, ["build", *course])
    assert "built solutions/playgrounds/toy.html" in result.output
    assert "p { color: newer }" in page_of(toys).read_text()
    assert "p { color: newer }" in (toys.notebooks / "01_doubling.ipynb").read_text()


@pytest.mark.parametrize(
    "old, new, what, fix",
    [
        (STYLE, "", "no place for the shared style", f"`{STYLE}`"),
        (STYLE_END, "", "no place for the shared style", f"`{STYLE_END}`"),
        (STYLE, f"{STYLE}\n{STYLE}", "no place for the shared style", "once each"),
        (SCRIPT, "", "no place for the shared script", f"`{SCRIPT}`"),
        (SCRIPT_END, f"{SCRIPT_END}\n{SCRIPT_END}", "no place for the shared script", "once each"),
        ("<title>Toy</title>", "", "no plain <title>", "give it one"),
        ('id="seed"', 'id="sed"', "no __SEED__ in a script", 'id="seed">__SEED__</script>'),
        ("<script>twice", "<p>'''</p><script>twice", "holds '''", "write it without"),
    ],
)
def test_a_page_that_lacks_what_it_needs_is_named_with_the_fix(toys, old, new, what, fix):
    page_of(toys).write_text(PAGE.replace(old, new))
    for act in (stale_pages, write_pages, lambda course: read_page(page_of(course))):
        with pytest.raises(AuthoringErrors) as caught:
            act(toys)
        assert f"{page_of(toys)}:1: " in str(caught.value)
        assert what in str(caught.value) and fix.lower() in str(caught.value).lower()


def test_the_faults_of_all_pages_are_named_together_and_nothing_is_written(toys):
    (toys.playgrounds / "good.html").write_text(PAGE)
    for name in ("one", "two"):
        (toys.playgrounds / f"{name}.html").write_text(PAGE.replace(SCRIPT, ""))
    with pytest.raises(AuthoringErrors) as caught:
        write_pages(toys)
    assert [error.path.name for error in caught.value.errors] == ["one.html", "two.html"]
    assert (toys.playgrounds / "good.html").read_text() == PAGE


@pytest.mark.parametrize("text", [STYLE, STYLE_END, "</style>"])
def test_a_shared_style_that_would_end_its_own_place_is_named(toys, text):
    (toys.playgrounds / "_shared.css").write_text(f"p {{ margin: 0 }} {text}")
    with pytest.raises(AuthoringErrors, match=r"_shared\.css:1: the shared style holds its own comment or ends"):
        write_pages(toys)


def test_a_page_with_a_place_for_a_part_that_is_gone_is_named(toys):
    (toys.playgrounds / "_shared.js").unlink()
    with pytest.raises(
        AuthoringErrors, match=r"toy\.html:1: the page has a shared script, but there is no .*_shared\.js"
    ):
        stale_pages(toys)


def test_a_course_without_shared_parts_needs_no_comments_in_its_pages(toys):
    for name in ("_shared.css", "_shared.js"):
        (toys.playgrounds / name).unlink()
    page_of(toys).write_text(
        '<title>Toy</title><script type="application/json" id="seed">__SEED__</script><p>A toy</p>'
    )
    assert stale_pages(toys) == []


def test_the_pages_of_the_course_are_up_to_date(real_course):
    assert len(list(real_course.playgrounds.glob("*.html"))) == 10
    assert stale_pages(real_course) == []
