"""The gradient-descent playground: its mathematics against NumPy, and what it says of each way a walk can go."""

from __future__ import annotations

import numpy as np
import pytest
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support.ui import Select

from tests.browser.conftest import errors_of

FUNCTIONS = {  # name: the function and its derivative
    "square_plus": (lambda x: x**2 + x, lambda x: 2 * x + 1),
    "square": (np.square, lambda x: 2 * x),
    "cube": (lambda x: x**3, lambda x: 3 * x**2),
    "sine": (np.sin, np.cos),
    "reciprocal": (lambda x: 1 / x, lambda x: -(x**-2.0)),
    "polynomial": (lambda x: x**4 / 4 - x**3 / 3 - x**2, lambda x: x**3 - x**2 - 2 * x),
}
SURFACES = {
    "ravine": (lambda u, v: u**2 / 2 + 5 * v**2, lambda u, v: [u, 10 * v]),
    "saddle": (lambda u, v: (v**2 - u**2) / 2, lambda u, v: [-u, v]),
    "valleys": (lambda u, v: FUNCTIONS["polynomial"][0](u) + v**2 / 2, lambda u, v: [FUNCTIONS["polynomial"][1](u), v]),
}


def text(browser, name):
    return browser.find_element(By.ID, name).text


def press(browser, *names):
    for name in names:
        browser.find_element(By.ID, name).send_keys(Keys.ENTER)


def choose(browser, name, value):
    Select(browser.find_element(By.ID, name)).select_by_value(value)


def states(browser):
    """What the page says that each walker does."""
    return [
        row.find_elements(By.TAG_NAME, "td")[-1].text for row in browser.find_elements(By.CSS_SELECTOR, "#walkers tr")
    ]


@pytest.mark.parametrize("name", FUNCTIONS)
def test_values_and_slopes_are_those_of_numpy(opened, rng, name):
    page, (f, slope) = opened("descent"), FUNCTIONS[name]
    for x in 2 * rng.normal(size=20):
        assert page("f", name, x) == pytest.approx(f(x), rel=1e-9, abs=1e-9)
        assert page("derivative", name, x) == pytest.approx(slope(x), rel=1e-9, abs=1e-9)
        h = 1e-6 * abs(x)
        assert page("derivative", name, x) == pytest.approx((f(x + h) - f(x - h)) / (2 * h), rel=1e-4, abs=1e-5)


@pytest.mark.parametrize("name", FUNCTIONS)
def test_a_path_goes_against_the_slope(opened, rng, name):
    page, slope = opened("descent"), FUNCTIONS[name][1]
    start, eta = rng.uniform(0.6, 1.4), rng.uniform(0.01, 0.2)
    path = np.array(page("descend", name, start, eta, 12))
    assert path.shape == (13,)
    assert path[0] == start
    np.testing.assert_allclose(path[1:], path[:-1] - eta * slope(path[:-1]), rtol=1e-9, atol=1e-9)


@pytest.mark.parametrize("name", SURFACES)
def test_landscapes_and_their_gradients_are_those_of_numpy(opened, rng, name):
    page, (loss, gradient) = opened("descent"), SURFACES[name]
    for w in 2 * rng.normal(size=(20, 2)):
        assert page("surface", name, w) == pytest.approx(loss(*w), rel=1e-9, abs=1e-9)
        np.testing.assert_allclose(page("gradient", name, w), gradient(*w), rtol=1e-9, atol=1e-9)
        differences = [(loss(*(w + h)) - loss(*(w - h))) / 2e-6 for h in 1e-6 * np.eye(2)]
        np.testing.assert_allclose(page("gradient", name, w), differences, rtol=1e-5, atol=1e-5)


@pytest.mark.parametrize("name", SURFACES)
def test_both_parameters_move_at_once(opened, rng, name):
    page, gradient = opened("descent"), SURFACES[name][1]
    path = np.array(page("descend2", name, rng.uniform(-1, 1, size=2), 0.1, 15))
    assert path.shape == (16, 2)
    slopes = np.array([gradient(*w) for w in path[:-1]])
    np.testing.assert_allclose(path[1:], path[:-1] - 0.1 * slopes, rtol=1e-9, atol=1e-9)


def test_seven_presses_on_next_step_bring_the_slides_walk_where_the_slides_say(opened, browser):
    opened("descent")
    assert text(browser, "current") == "5"
    for _ in range(7):
        press(browser, "next")
    assert (text(browser, "count"), text(browser, "current")) == ("7", "−0.45703125")
    rows = browser.find_elements(By.CSS_SELECTOR, "#steps tr")
    first, last = (row.get_property("textContent") for row in (rows[0], rows[-1]))
    assert (len(rows), first, last) == (8, "05" + "30" + "11", "7−0.45703125" + "−0.2481536865234375" + "0.0859375")
    press(browser, "again", "seven")
    assert text(browser, "current") == "−0.45703125"
    assert errors_of(browser) == []


@pytest.mark.parametrize(
    ("name", "start", "eta", "steps", "words"),
    [
        ("square_plus", 5, 0.25, 1, "to the left"),
        ("square_plus", -4, 0.25, 1, "to the right"),
        ("square_plus", 5, 0.9, 1, "other side"),
        ("square_plus", 5, 1, 2, "to and fro"),
        ("square_plus", 5, 1.05, 3, "diverges"),
        ("square", 5, 1.5, 40, "beyond a million"),
        ("square", 1, 0.5, 1, "slope is exactly 0"),
        ("cube", 0, 0.25, 0, "no minimum"),
        ("cube", 1, 0.1, 1, "to the left"),
        ("cube", -1, 0.1, 3, "falls without end"),
        ("cube", -1, 0.1, 30, "beyond a million"),
        ("reciprocal", 0, 0.25, 0, "no value at 0"),
        ("reciprocal", -1, 0.25, 3, "jumped over the pole"),
        ("reciprocal", -1, 1, 1, "no value at 0"),
        ("reciprocal", 5, 0.25, 3, "no minimum to reach"),
        ("polynomial", 0, 0.25, 0, "hilltop"),
        ("polynomial", -1.9, 0.1, 80, "nearly 0"),
    ],
)
def test_the_page_says_what_the_walk_does(opened, browser, name, start, eta, steps, words):
    page = opened("descent")
    page("set", {"name": name, "start": start, "eta": eta})
    press(browser, *["seven"] * (steps // 7), *["next"] * (steps % 7))
    assert words in text(browser, "words")
    assert "NaN" not in browser.find_element(By.ID, "curve").get_attribute("innerHTML")
    assert errors_of(browser) == []


def test_no_step_leaves_the_pole(opened, browser):
    page = opened("descent")
    page("set", {"name": "reciprocal", "start": 0})
    press(browser, "next", "seven")
    assert text(browser, "count") == "0"


def test_start_function_and_rate_are_chosen_by_keyboard_and_begin_a_new_walk(opened, browser):
    page = opened("descent")
    press(browser, "seven")
    browser.find_element(By.ID, "start").send_keys(Keys.ARROW_LEFT)
    assert (text(browser, "start-out"), text(browser, "current"), text(browser, "count")) == ("4.95", "4.95", "0")
    browser.find_element(By.ID, "eta").send_keys(Keys.ARROW_RIGHT)
    assert text(browser, "eta-out") == "0.26"
    choose(browser, "function", "sine")
    press(browser, "next")
    assert page("state")["path"] == pytest.approx([4.95, 4.95 - 0.26 * np.cos(4.95)])


def test_four_walkers_go_at_once_and_end_where_numpy_does(opened, browser):
    page = opened("descent")
    choose(browser, "surface", "valleys")
    page("set", {"eta2": 0.1})
    press(browser, *["ten2"] * 10)
    ends = np.array([path[-1] for path in page("state")["paths"]])
    np.testing.assert_allclose(ends, [[-1, 0], [2, 0], [2, 0], [0, 0]], atol=1e-3)
    assert states(browser) == ["arrived", "arrived", "arrived", "stuck at ✕"]
    starts = np.array(page("state")["starts"])
    for _ in range(100):
        starts -= 0.1 * np.array([SURFACES["valleys"][1](*w) for w in starts])
    np.testing.assert_allclose(ends, starts, atol=1e-9)


def test_a_ravine_is_left_uphill_when_the_rate_is_too_large_and_a_saddle_downhill(opened, browser):
    page = opened("descent")
    page("set", {"eta2": 0.21})
    press(browser, "ten2")
    assert states(browser) == ["uphill"] * 4
    press(browser, *["ten2"] * 15)
    assert states(browser) == ["diverges"] * 4
    choose(browser, "surface", "saddle")
    press(browser, "ten2", "ten2")
    assert states(browser) == ["off the map"] * 3 + ["downhill"]
    assert errors_of(browser) == []


def test_at_twice_the_inverse_of_the_curvature_a_walker_goes_to_and_fro(opened, browser):
    page = opened("descent")
    page("set", {"eta2": 0.2})
    press(browser, "ten2", "ten2")
    assert states(browser) == ["downhill"] * 3 + ["to and fro"]
    np.testing.assert_allclose(page("state")["paths"][3][-2:], [[0, -2.4], [0, 2.4]], atol=1e-9)
    assert "D to and fro" in browser.find_element(By.ID, "map-text").get_attribute("textContent")


def test_a_start_is_moved_by_sliders_or_by_a_click_into_the_map(opened, browser):
    page = opened("descent")
    browser.find_element(By.ID, "a1").send_keys(Keys.ARROW_RIGHT)
    assert page("state")["starts"][0] == [-2.45, 1.5]
    press(browser, "next2")
    chart = browser.find_element(By.ID, "map")
    browser.execute_script("arguments[0].scrollIntoView({block: 'center'})", chart)
    chart.click()  # in its middle
    state = page("state")
    np.testing.assert_allclose(state["starts"][0], [-0.2, -0.2], atol=0.1)
    assert [len(path) for path in state["paths"]] == [1] * 4


def test_contours_are_drawn_where_the_loss_has_their_level(opened, browser):
    page = opened("descent")
    lines = browser.find_elements(By.CSS_SELECTOR, "#map > path")
    levels = [0.3, 1.2, 3, 6, 11, 18, 28, 40]
    assert len(lines) == len(levels)
    for line, level in zip(lines, levels, strict=True):
        pairs = line.get_attribute("d").replace("L", "M").strip("M").split("M")
        x, y = np.array([pair.split() for pair in pairs], dtype=float).T
        losses = [
            page("surface", "ravine", w)
            for w in np.stack([(x - 30) / 364 * 6 - 3, 3 - (y - 6) / 364 * 6], axis=1)[::40]
        ]
        np.testing.assert_allclose(losses, level, rtol=0.03, atol=0.05)
