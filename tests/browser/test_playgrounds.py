"""The pages that students play with: alone and in a notebook's frame, by keyboard, on a phone; and their mathematics.

The seed of a page comes from its notebook, which is run as far as the page's cell.
"""

from __future__ import annotations

import copy
import re
from collections.abc import Callable, Iterator
from html import escape
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from scipy.special import expit, softmax
from selenium.webdriver import Chrome
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.remote.webelement import WebElement
from selenium.webdriver.support.ui import WebDriverWait

from grader.authoring.build import build_assignment
from grader.authoring.course import Course
from grader.authoring.script import Kind, read_script
from grader.core.model import Limits
from grader.exam.execution import execute
from grader.exam.ownership.demos import idle_demos
from tests.browser.conftest import SECONDS, MakePage, call, errors_of, overflow, set_width

COURSE = Course(Path(__file__).parents[2])
PAGES = sorted(COURSE.playgrounds.glob("*.html"))
LECTURES = {
    cell.name: path
    for path in COURSE.lectures()
    for cell in read_script(path).of_kind(Kind.PLAYGROUND)
}  # fmt: skip
TRAINED = {"digit"}  # the seed is a network, which takes half a minute to train
NOTEBOOK = '<!doctype html><meta name="viewport" content="width=device-width"><body style="margin: 0">'
# What a student can see of a page, or hear.
TEXT = """
    const spoken = [...document.querySelectorAll("output, [aria-live], [role=status]")];
    return spoken.map(each => each.textContent).join(" | ");
"""

# How the controls of a page look: for each kind, the style of its first usable one.
LOOKS = """
    const kinds = {
        body: "body", title: "h1", button: "button:enabled:not([aria-disabled=true], [aria-pressed=true])", list: "select",
        slider: "input[type=range]", box: "input[type=checkbox]",
    };
    const properties = [
        "color", "background-color", "font-family", "font-size", "line-height", "border", "border-radius", "min-height",
        "padding", "accent-color", "color-scheme", "cursor",
    ];
    return Object.fromEntries(Object.entries(kinds).map(([kind, selector]) => {
        const element = document.querySelector(selector), style = element && getComputedStyle(element);
        return [kind, element && properties.map(property => property + ": " + style.getPropertyValue(property)).join("; ")];
    }));
"""
# How much lighter one colour is than another, as the Web Content Accessibility Guidelines count it: from 1 to 21.
CONTRAST = """
    const channels = colour => colour.match(/[\\d.]+/g).map(Number);
    const luminance = colour => channels(colour).slice(0, 3)
        .map(v => v / 255).map(v => (v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4))
        .reduce((sum, v, i) => sum + v * [0.2126, 0.7152, 0.0722][i], 0);
    const contrast = (one, other) => {
        const [dark, light] = [luminance(one), luminance(other)].sort((a, b) => a - b);
        return (light + 0.05) / (dark + 0.05);
    };
    const behind = element => {
        for (let each = element; each; each = each.parentElement) {
            const colour = getComputedStyle(each).backgroundColor;
            if ((channels(colour)[3] ?? 1) > 0) return colour;
        }
        return "rgb(255, 255, 255)";
    };
"""
FAINT = (
    CONTRAST
    + """
    const shown = [...document.body.querySelectorAll("*")].filter(element =>
        !element.closest("script, style, select, .unseen") && element.getClientRects().length
        && [...element.childNodes].some(node => node.nodeType === Node.TEXT_NODE && node.data.trim()));
    if (!shown.length) throw new Error("no text");
    return shown.map(element => {
        const style = getComputedStyle(element), svg = element instanceof SVGElement;
        return [contrast(svg ? style.fill : style.color, behind(element)), element.outerHTML.slice(0, 120)];
    }).filter(([ratio]) => ratio < 4.5);
"""
)
FOCUS = (
    CONTRAST
    + """
    const element = document.activeElement, style = getComputedStyle(element);
    return [element.id, style.outlineStyle, parseFloat(style.outlineWidth), contrast(style.outlineColor, behind(element))];
"""
)
SMALL = """
    const targets = [...document.querySelectorAll("button, select, input[type=range], label:has(input[type=checkbox])")];
    return targets.map(each => [each.getBoundingClientRect(), each.outerHTML.slice(0, 120)])
        .filter(([box]) => box.height < 44 || box.width < 44).map(([, html]) => html);
"""

each_page = pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
each_lecture = pytest.mark.parametrize(
    "name", [pytest.param(name, marks=[pytest.mark.slow] * (name in TRAINED)) for name in LECTURES]
)


@pytest.fixture(scope="session")
def framed() -> Callable[[str], str]:
    """A function that gives a playground as its notebook shows it: the HTML that the executed cell puts out."""
    made: dict[str, str] = {}

    def html(name: str) -> str:
        if name not in made:
            made[name] = run_to_playground(LECTURES[name], name)
        return made[name]

    return html


def run_to_playground(lecture: Path, name: str) -> str:
    """Run a lecture's solution as far as its playground, with only those demos that others need."""
    assignment = build_assignment(COURSE, read_script(lecture))
    notebook = copy.deepcopy(assignment.source)
    title = title_of(COURSE.playgrounds / f"{name}.html")
    [position] = [n for n, cell in enumerate(notebook.cells) if f"# @title Playground: {title} " in cell.source]
    del notebook.cells[position + 1 :]
    # The playground's cell counts as written by a student, so that what it needs is run.
    others = copy.deepcopy(notebook)
    del others.cells[position]
    execute(notebook, Limits(300, 900), files=assignment.files, skip=idle_demos(notebook, others))
    [output] = notebook.cells[position].outputs
    assert output.output_type == "display_data", f"the cell of the playground {name} fails: {output}"
    return str(output.data["text/html"])


def title_of(page: Path) -> str:
    return re.findall("<title>(.*)</title>", page.read_text(encoding="utf-8"))[0]


def changes(browser: Chrome, act: Callable[[], object]) -> bool:
    """Whether what the page says changes by ``act``, at once or soon after: some say it when the slider has come to rest."""
    before = browser.execute_script(TEXT)
    act()
    return bool(WebDriverWait(browser, SECONDS).until(lambda driver: driver.execute_script(TEXT) != before))


def put_on(browser: Chrome, scheme: str) -> None:
    """Light or dark mode, as the reader's system asks for it."""
    browser.execute_cdp_cmd(
        "Emulation.setEmulatedMedia", {"features": [{"name": "prefers-color-scheme", "value": scheme}]}
    )


@pytest.fixture(params=["light", "dark"])
def scheme(browser: Chrome, request: pytest.FixtureRequest) -> Iterator[str]:
    put_on(browser, request.param)
    yield request.param
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": []})


@pytest.fixture
def finger(browser: Chrome) -> Iterator[None]:
    """A screen that is touched."""
    browser.execute_cdp_cmd("Emulation.setTouchEmulationEnabled", {"enabled": True})
    yield
    browser.execute_cdp_cmd("Emulation.setTouchEmulationEnabled", {"enabled": False})


def sliders(browser: Chrome) -> list[WebElement]:
    return browser.find_elements(By.CSS_SELECTOR, "input[type=range]")


def test_every_page_belongs_to_a_lecture():
    assert {page.stem for page in PAGES} == set(LECTURES)


@each_page
def test_a_page_works_when_it_is_opened_as_a_file(browser, page):
    browser.get(page.as_uri())
    for slider in sliders(browser):
        assert changes(browser, lambda slider=slider: slider.send_keys(Keys.ARROW_RIGHT))
    assert errors_of(browser) == []


def test_titles_and_controls_look_alike_on_all_pages(browser, scheme):
    looks: dict[str, dict[str, list[str]]] = {}
    for page in PAGES:
        browser.get(page.as_uri())
        for kind, look in browser.execute_script(LOOKS).items():
            if look is not None:
                looks.setdefault(kind, {}).setdefault(look, []).append(page.stem)
    assert all(len(looks[kind]) == 1 for kind in looks), looks
    for kind in ("body", "title", "button", "slider"):
        assert sum(map(len, looks[kind].values())) == len(PAGES), f"a page has no {kind}"


@each_page
def test_dark_mode_is_followed_at_once_by_the_page_and_its_canvas(browser, scheme, page):
    look = """
        const canvases = [...document.querySelectorAll("canvas")].map(canvas => canvas.toDataURL());
        return [getComputedStyle(document.body).backgroundColor, getComputedStyle(document.body).color, ...canvases];
    """
    browser.get(page.as_uri())
    before = browser.execute_script(look)
    put_on(browser, {"light": "dark", "dark": "light"}[scheme])
    browser.execute_async_script("requestAnimationFrame(() => requestAnimationFrame(arguments[0]))")
    assert all(one != other for one, other in zip(before, browser.execute_script(look), strict=True))


@each_page
def test_text_stands_out_from_what_is_behind_it(browser, scheme, page):
    browser.get(page.as_uri())
    assert browser.execute_script(FAINT) == []


@each_page
def test_the_focus_can_be_seen(browser, scheme, page):
    browser.get(page.as_uri())
    controls = browser.find_elements(By.CSS_SELECTOR, "input, select, button, [tabindex='0']")
    for _ in controls:
        browser.switch_to.active_element.send_keys(Keys.TAB)
        element, line, width, contrast = browser.execute_script(FOCUS)
        assert (line, width) == ("solid", 3) and contrast >= 3, element


@each_page
def test_a_finger_finds_targets_of_44_pixels_and_the_page_still_fits_a_phone(browser, finger, page):
    browser.get(page.as_uri())
    set_width(browser, 320)
    assert browser.execute_script("return matchMedia('(pointer: coarse)').matches")
    assert browser.execute_script(SMALL) == []
    assert overflow(browser) <= 0


@each_page
def test_a_screen_reader_hears_what_a_slider_changes(browser, page):
    browser.get(page.as_uri())
    [live] = browser.find_elements(By.CSS_SELECTOR, "[aria-live=polite]")
    sliders(browser)[0].send_keys(Keys.ARROW_RIGHT)
    WebDriverWait(browser, SECONDS).until(lambda driver: live.get_attribute("textContent"))


@each_page
@pytest.mark.parametrize(
    "frame", ["{}", '<iframe sandbox="allow-scripts" srcdoc="{}"></iframe>'], ids=["file", "frame"]
)
def test_a_page_s_error_would_be_seen(browser, page, page_of, frame):
    broken = page.read_text(encoding="utf-8").replace("window.playground =", "nothing.playground =")
    browser.get(page_of(frame.format(broken if frame == "{}" else escape(broken))))
    assert any("nothing is not defined" in error for error in errors_of(browser))


@each_page
@pytest.mark.parametrize("width", [320, 360, 560, 900])
def test_a_page_is_never_wider_than_its_frame(browser, page, width):
    browser.get(page.as_uri())
    set_width(browser, width)
    assert overflow(browser) <= 0


@each_page
def test_everything_on_a_page_has_a_name_and_can_be_reached_by_keyboard(browser, page):
    browser.get(page.as_uri())
    selector = "input, select, button, [tabindex='0']"
    controls = {element.id for element in browser.find_elements(By.CSS_SELECTOR, selector)}
    assert controls
    reached = set()
    for _ in range(len(controls) + 2):
        browser.switch_to.active_element.send_keys(Keys.TAB)
        element = browser.switch_to.active_element
        if element.tag_name != "body":
            assert element.accessible_name, element.get_attribute("outerHTML")
            reached.add(element.id)
    assert reached >= controls


@each_lecture
def test_a_page_in_its_notebook_takes_the_seed_and_obeys_the_keyboard(browser, framed, page_of, name):
    open_frame(browser, framed(name), page_of)
    assert browser.execute_script("return document.title") == title_of(COURSE.playgrounds / f"{name}.html")
    seed = browser.execute_script("return JSON.parse(document.getElementById('seed').textContent)")
    assert holds_seed(browser, name, seed)
    for slider in sliders(browser):
        assert changes(browser, lambda slider=slider: slider.send_keys(Keys.ARROW_RIGHT))
    assert errors_of(browser) == []


@each_lecture
def test_a_frame_is_high_enough_for_its_page_in_a_notebook_and_never_too_narrow(browser, framed, page_of, name):
    open_frame(browser, framed(name), page_of, 860)
    height = "const e = document.documentElement; return e.scrollHeight - e.clientHeight;"
    assert browser.execute_script(height) <= 0, "the page is higher than its frame"
    set_width(browser, 360)
    assert overflow(browser) <= 0
    browser.switch_to.default_content()
    assert overflow(browser) <= 0


@each_lecture
def test_a_page_in_its_frame_cannot_reach_the_notebook(browser, framed, page_of, name):
    open_frame(browser, framed(name), page_of)
    assert browser.execute_script("try { return parent.document.title; } catch (error) { return error.name; }") == (
        "SecurityError"
    )


def open_frame(browser: Chrome, html: str, page_of: MakePage, width: int = 860) -> None:
    browser.get(page_of(NOTEBOOK + html))
    set_width(browser, width)
    browser.switch_to.frame(browser.find_element(By.TAG_NAME, "iframe"))


def holds_seed(browser: Chrome, name: str, seed: dict[str, Any]) -> bool:
    """Whether the page began with the notebook's numbers."""
    if name == "neuron":
        state = call(browser, "get")
        return all(state[key] == seed[key] for key in ("w", "b", "eta"))
    if name == "softmax":
        state = call(browser, "state")
        return state["scores"] == seed["scores"] and state["temperature"] == seed["temperature"]
    if name == "digit":
        weights = browser.execute_script("return window.playground.weights")
        return all(np.array_equal(mine, theirs) for mine, theirs in zip(weights, seed["weights"], strict=True))
    state = call(browser, "state")
    return bool(seed) and all(state[key] == seed[key] for key in seed)


PHI = {"step": lambda z: float(z >= 0), "relu": lambda z: max(0.0, z), "sigmoid": expit, "none": lambda z: z}


@pytest.mark.parametrize("phi", PHI)
def test_the_neuron_answers_as_numpy_says(opened, rng, phi):
    page = opened("neuron")
    for scale in (1, 1, 1, 30, 1000):
        x, w, b = rng.normal(size=2), scale * rng.normal(size=2), scale * rng.normal()
        assert page("neuron", x, w, b, phi) == pytest.approx(PHI[phi](x @ w + b), rel=1e-9, abs=1e-9)


def test_the_neuron_s_mistakes_are_counted_and_a_point_on_the_line_is_a_one(opened, rng):
    page = opened("neuron")
    points, labels, w = rng.normal(size=(40, 2)), rng.integers(0, 2, size=40), rng.normal(size=2)
    assert page("mistakes", points, labels, w, 0.3) == np.sum((points @ w + 0.3 >= 0) != labels)
    assert page("predict", [1, 1], [1, -1], 0) == 1


def test_the_neuron_learns_by_the_perceptron_rule(opened, rng):
    page = opened("neuron")
    for _ in range(5):
        x, w, b, target = rng.normal(size=2), rng.normal(size=2), rng.normal(), int(rng.integers(2))
        error = target - float(x @ w + b >= 0)
        learned = page("update", x, target, w, b, 0.2)
        np.testing.assert_allclose(learned["w"], w + 0.2 * error * x, atol=1e-9)
        assert learned["b"] == pytest.approx(b + 0.2 * error, abs=1e-9)


def test_the_neuron_s_line_is_drawn_where_the_sum_is_zero(opened, rng):
    page = opened("neuron")
    for _ in range(20):
        w, b = rng.normal(size=2), rng.normal()
        ends = page("lineEnds", w, b, -4, 4)
        corners = np.array([[i, j] for i in (-4, 4) for j in (-4, 4)]) @ w + b
        assert (ends is None) == (len(set(np.sign(corners))) == 1)
        if ends is not None:
            np.testing.assert_allclose(np.array(ends) @ w + b, 0, atol=1e-9)
            np.testing.assert_allclose(np.abs(ends).max(axis=1), 4, atol=1e-9)
    assert page("lineEnds", [0, 0], 1, -4, 4) is None


def test_the_shares_are_scipy_s_softmax(opened, rng):
    page = opened("softmax")
    for size, scale, tau in ((3, 1, 1.0), (3, 5, 0.05), (3, 5, 20.0), (10, 1000, 1.0), (1, 1, 1.0)):
        z = scale * rng.normal(size=size)
        np.testing.assert_allclose(page("softmax", z, tau), softmax(z / tau), rtol=0, atol=1e-9)
        np.testing.assert_allclose(page("softmax", z + 777, tau), softmax(z / tau), rtol=0, atol=1e-9)


def test_the_naive_shares_agree_until_they_overflow(opened, browser, rng):
    page = opened("softmax")
    z = rng.normal(size=3)
    np.testing.assert_allclose(page("naiveSoftmax", z), softmax(z), rtol=0, atol=1e-9)
    lost = "return window.playground.naiveSoftmax([1000, 1001, 1002]).every(Number.isNaN)"
    assert browser.execute_script(lost)
    page("set", {"shift": 1000})
    assert "nan" in browser.find_element(By.ID, "naive").text


def test_the_digits_network_answers_as_numpy_says(opened, browser, rng):
    page = opened("digit")
    weights = [np.array(part) for part in browser.execute_script("return window.playground.weights")]
    assert [part.shape for part in weights] == [(784, 24), (24,), (24, 10), (10,)]
    others = [rng.normal(size=size) for size in ((784, 7), (7,), (7, 5), (5,), (5, 10), (10,))]
    for image in (np.zeros(784), rng.random(784), (rng.random(784) > 0.8) * 1.0):
        for network in (weights, others):
            got = page("forward", image, [part.tolist() for part in network])
            np.testing.assert_allclose(got, forward(image, network), rtol=0, atol=1e-9)


def forward(image: np.ndarray, weights: list[np.ndarray]) -> np.ndarray:
    """A dense network: ReLU inside, softmax at the end."""
    signal = image
    for W, b in zip(weights[::2], weights[1::2], strict=True):  # noqa: N806
        signal, before = np.maximum(signal @ W + b, 0), signal @ W + b
    return softmax(before)


def test_a_digit_is_prepared_as_mnist_does(opened, browser):
    page = opened("digit")
    for digit in range(10):
        image = np.array(page_array(browser, f"move(drawExample({digit}), -3, 4)")).reshape(28, 28)
        rows, columns = np.indices((28, 28))
        mass = [np.sum(image * rows) / image.sum(), np.sum(image * columns) / image.sum()]
        np.testing.assert_allclose(page("centreOfMass", image.ravel()), mass, atol=1e-9)
        ready = np.array(page_array(browser, f"prepare(move(drawExample({digit}), -3, 4))")).reshape(28, 28)
        inked = np.argwhere(ready > 0.1)
        assert abs(np.max(np.ptp(inked, axis=0)) + 1 - 20) <= 1
        centre = [np.sum(ready * rows) / ready.sum(), np.sum(ready * columns) / ready.sum()]
        np.testing.assert_allclose(centre, 14, atol=0.1)  # as in MNIST, on which the page's own network was trained


def page_array(browser: Chrome, expression: str) -> list[float]:
    """The value of an expression in the page's functions, a typed array, as a list."""
    return list(
        browser.execute_script(f"const {{ drawExample, move, prepare }} = playground; return [...{expression}]")
    )


def test_the_network_in_the_page_reads_every_example(opened, browser):
    opened("digit")
    answers = "const p = playground; return p.forward(p.prepare(p.drawExample(arguments[0])), p.weights)"
    assert [int(np.argmax(browser.execute_script(answers, digit))) for digit in range(10)] == list(range(10))
