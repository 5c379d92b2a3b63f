"""The page of lecture 05: neurons against the fit of a curve. Its mathematics, and what it says when it is moved."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.special import expit
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support.ui import Select, WebDriverWait

from tests.browser.conftest import SECONDS, call, errors_of

CURVES = {
    "waves": lambda x: np.sin(2 * np.pi * x) + 0.5 * np.sin(6 * np.pi * x),
    "hill": lambda x: 2 * np.exp(-(((x - 0.5) / 0.15) ** 2)) - 0.5,
    "zigzag": lambda x: 2 * np.abs(2 * ((2.5 * x) % 1) - 1) - 1,
    "jump": lambda x: np.where(x < 0.5, -1.0, 1.0),
    "fast": lambda x: np.sin(14 * np.pi * x),
}
RIDGE = 1e-12  # the page's penalty on large weights


def hidden_outputs(x, places, slopes, steepness):
    return expit(steepness * slopes * (x[:, np.newaxis] - places))


def fitted(H, y):  # noqa: N803
    """The outputs of the best output neuron, by NumPy, with the page's penalty on the weights (the bias goes free)."""
    table = np.column_stack([H, np.ones(len(H))])
    penalty = np.sqrt(RIDGE) * np.eye(H.shape[1], H.shape[1] + 1)
    both = np.vstack([table, penalty]), np.concatenate([y, np.zeros(H.shape[1])])
    return table @ np.linalg.lstsq(*both, rcond=None)[0]


def text(browser, name):
    return browser.find_element(By.ID, name).text


def test_the_curves_are_those_of_numpy(opened):
    page, x = opened("fit"), np.linspace(0, 1, 101)
    for name, curve in CURVES.items():
        np.testing.assert_allclose(page("curve", name, x), curve(x), rtol=0, atol=1e-9)


def test_the_sigmoid_never_overflows(opened):
    page = opened("fit")
    for z in (-1e6, -800, -3.5, 0, 0.25, 40, 1e6):
        assert page("sigmoid", z) == pytest.approx(expit(z), abs=1e-15)


def test_the_hidden_neurons_send_out_what_numpy_says(opened, rng):
    page, x = opened("fit"), np.linspace(-0.5, 1.5, 17)
    for neurons, steepness in ((1, 1), (5, 12), (40, 60)):
        places, slopes = rng.uniform(0, 1, size=neurons), rng.normal(size=neurons)
        got = page("hiddenOutputs", x, places, slopes, steepness)
        np.testing.assert_allclose(got, hidden_outputs(x, places, slopes, steepness), rtol=0, atol=1e-12)


def test_least_squares_is_that_of_numpy(opened, rng):
    page = opened("fit")
    for rows, columns in ((3, 1), (4, 4), (30, 7), (141, 41)):
        A, y = rng.normal(size=(rows, columns)), rng.normal(size=rows)  # noqa: N806
        want = np.linalg.lstsq(A, y, rcond=None)[0]
        np.testing.assert_allclose(page("leastSquares", A, y), want, rtol=1e-9, atol=1e-9)


def test_two_neurons_that_are_alike_share_the_weight(opened, rng):
    page = opened("fit")
    H = rng.random(size=(50, 1))  # noqa: N806
    got = page("fitOutput", np.hstack([H, H]), (3 * H[:, 0] - 2))
    np.testing.assert_allclose(got["w"], [1.5, 1.5], atol=1e-4)
    assert got["b"] == pytest.approx(-2, abs=1e-4)


@pytest.mark.parametrize("curve", CURVES)
def test_the_fit_is_the_best_that_numpy_finds(opened, rng, curve):
    page, x = opened("fit"), np.linspace(0, 1, 101)
    for neurons, steepness in ((1, 5), (4, 1), (12, 12), (40, 12), (40, 60)):
        places, slopes = rng.uniform(0, 1, size=40), rng.uniform(0.5, 1.5, size=40) * rng.choice([-1, 1], size=40)
        want = fitted(hidden_outputs(x, places[:neurons], slopes[:neurons], steepness), CURVES[curve](x))
        got = page("fit", curve, neurons, steepness, places, slopes)
        np.testing.assert_allclose(got["fitted"], want, rtol=0, atol=1e-6)
        away = np.abs(want - CURVES[curve](x))
        assert got["error"] == pytest.approx(np.sqrt(np.mean(away**2)), abs=1e-6)
        assert got["largest"] == pytest.approx(away.max(), abs=1e-6)
        assert got["parameters"] == 2 * neurons + (neurons + 1)


def test_the_chart_holds_the_error_of_each_number_of_neurons_and_hardly_ever_rises(opened):
    page = opened("fit")
    state = page("state")
    errors = page("errors", "waves", 12, state["places"], state["slopes"])
    assert len(errors) == 40
    assert errors[6] == pytest.approx(page("fit", "waves", 7, 12, state["places"], state["slopes"])["error"])
    assert np.all(np.diff(errors) < 1e-4)
    assert errors[-1] < 0.01 < 0.3 < errors[0]


def test_a_jump_keeps_its_largest_distance_while_the_typical_one_shrinks(opened):
    page = opened("fit")
    state = page("state")
    few, many = (page("fit", "jump", n, 12, state["places"], state["slopes"]) for n in (5, 40))
    assert many["error"] < 0.7 * few["error"]
    assert many["largest"] > 0.5


def test_neurons_are_added_by_keyboard_and_counted(opened, browser):
    page = opened("fit")
    page("set", {"neurons": 5})
    browser.find_element(By.ID, "neurons").send_keys(Keys.ARROW_RIGHT)
    state = page("state")
    assert state["neurons"] == 6
    assert (text(browser, "neurons-out"), text(browser, "parameters")) == ("6", "19")
    said = "waves, 6 hidden neurons"
    WebDriverWait(browser, SECONDS).until(
        lambda driver: said in driver.find_element(By.ID, "live").get_attribute("textContent")
    )
    assert len(browser.find_elements(By.CSS_SELECTOR, "#plot .one, #plot .newest")) == 6
    assert "6 hidden neurons" in browser.find_element(By.ID, "plot").get_attribute("aria-label")
    browser.find_element(By.ID, "neurons").send_keys(Keys.END)
    assert (text(browser, "neurons-out"), text(browser, "parameters")) == ("40", "121")


def test_the_steepness_and_the_curve_change_the_fit(opened, browser):
    page = opened("fit")
    before = text(browser, "error")
    browser.find_element(By.ID, "steepness").send_keys(Keys.END)
    assert page("state")["steepness"] == 60
    assert text(browser, "error") != before
    Select(browser.find_element(By.ID, "curve")).select_by_value("fast")
    assert page("state")["curve"] == "fast"
    state = page("state")
    want = page("fit", "fast", state["neurons"], 60, state["places"], state["slopes"])["error"]
    assert float(text(browser, "error")) == pytest.approx(want, abs=0.006)
    assert errors_of(browser) == []


def test_other_neurons_are_drawn_always_the_same_ones_and_the_first_come_back(opened, browser):
    page = opened("fit")
    first = page("state")
    browser.find_element(By.ID, "draw").click()
    second = page("state")
    assert second["places"] != first["places"]
    assert len(second["places"]) == len(second["slopes"]) == 40
    assert {"places": second["places"], "slopes": second["slopes"]} == call(browser, "drawNeurons", 101)
    assert all(0 <= place <= 1 for place in second["places"])
    assert all(0.5 <= abs(slope) <= 1.5 for slope in second["slopes"])
    browser.find_element(By.ID, "again").click()
    assert page("state") == first
