"""The backpropagation stepper: its gradients against NumPy, nudges and the slides, and its steps by click and key."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support.ui import Select

from tests.browser.conftest import errors_of

SLIDES = {"x": 2.1, "y": 4, "w": 1, "b": 0}
PHI: dict[str, tuple[Callable[[Any], Any], Callable[[Any], Any]]] = {
    "tanh": (np.tanh, lambda z: 1 - np.tanh(z) ** 2),
    "relu": (lambda z: np.maximum(0, z), lambda z: (z > 0) * 1.0),
}
NAMES = ("x", "y", "w1", "w2", "b1", "b2", "v1", "v2", "c")
FORWARD, BACKWARD = {"linear": 3, "tanh": 6}, {"linear": 6, "tanh": 14}


@pytest.fixture
def page(opened):
    return opened("backprop")


@pytest.fixture
def click(browser, page):
    def press(*names: str) -> str:
        for name in names:
            browser.find_element(By.ID, name).click()
        return str(browser.find_element(By.ID, "sentence").text)

    return press


def test_the_linear_neuron_gives_the_numbers_of_the_slides(page):
    result = page("backward", "linear", SLIDES)
    values, gradients = result["values"], result["gradients"]
    assert (values["yhat"], values["L"]) == pytest.approx((2.1, 3.61))
    assert (gradients["yhat"], gradients["w"], gradients["b"]) == pytest.approx((-3.8, -7.98, -3.8))
    after = page("update", "linear", SLIDES, 0.01)
    assert (after["w"], after["b"]) == pytest.approx((1.0798, 0.038))
    assert page("forward", "linear", after)["L"] == pytest.approx((1.0798 * 2.1 + 0.038 - 4) ** 2, abs=1e-12)
    assert round(page("forward", "linear", after)["L"], 2) == 2.87


@pytest.mark.parametrize("problem", PHI)
def test_the_network_s_gradients_are_those_of_numpy(page, rng, problem):
    phi, slope = PHI[problem]
    for _ in range(5):
        given = dict(zip(NAMES, rng.normal(size=len(NAMES)).tolist(), strict=True))
        x, y, c = given["x"], given["y"], given["c"]
        w, b, v = (np.array([given[name + "1"], given[name + "2"]]) for name in "wbv")
        z = w * x + b
        error = 2 * (phi(z) @ v + c - y)
        result = page("backward", problem, given)
        assert result["values"]["L"] == pytest.approx((error / 2) ** 2)
        dz = error * v * slope(z)
        wanted = {
            "w1": dz[0] * x, "w2": dz[1] * x, "b1": dz[0], "b2": dz[1], "c": error, "x": dz @ w,
            "v1": error * phi(z)[0], "v2": error * phi(z)[1], "z1": dz[0], "z2": dz[1], "L": 1, "yhat": error,
        }  # fmt: skip
        assert {name: result["gradients"][name] for name in wanted} == pytest.approx(wanted, abs=1e-9)


@pytest.mark.parametrize("problem", ["linear", *PHI])
def test_every_gradient_is_what_nudges_say(page, rng, problem):
    names = SLIDES if problem == "linear" else NAMES
    given = dict(zip(names, rng.uniform(0.2, 1, size=len(names)).tolist(), strict=True))
    gradients = page("backward", problem, given)["gradients"]
    assert "y" not in gradients
    for name in set(names) - {"y"}:
        losses = [page("forward", problem, given | {name: given[name] + nudge})["L"] for nudge in (1e-5, -1e-5)]
        assert gradients[name] == pytest.approx((losses[0] - losses[1]) / 2e-5, abs=1e-7)


def test_an_update_moves_parameters_only_and_against_their_gradient(page, rng):
    given = dict(zip(NAMES, rng.normal(size=len(NAMES)).tolist(), strict=True))
    gradients = page("backward", "tanh", given)["gradients"]
    after = page("update", "tanh", given, 0.1)
    assert (after["x"], after["y"]) == (given["x"], given["y"])
    for name in set(NAMES) - {"x", "y"}:
        assert after[name] == pytest.approx(given[name] - 0.1 * gradients[name])


def test_a_relu_neuron_that_is_shut_gets_no_gradient(page):
    given = dict.fromkeys(NAMES, 1.0) | {"b1": -5.0}
    gradients = page("backward", "relu", given)["gradients"]
    assert gradients["w1"] == gradients["b1"] == gradients["v1"] == 0 != gradients["w2"]


def test_the_slides_step_can_be_clicked_through(browser, page, click):
    assert "first value" in click()
    assert "wx = w · x = 1 · 2.1 = 2.1" in click("next")
    assert "ŷ = wx + b = 2.1 + 0 = 2.1" in click("next")
    assert "L = (ŷ − y)² = (2.1 − 4)² = 3.61" in click("next")
    assert "its gradient is 1" in click("next")
    assert "1 × (−3.8) = −3.8" in click("next")
    assert "Gradient of b = gradient of ŷ × local gradient (1, a sum) = (−3.8) × 1 = −3.8" in click("next")
    assert "Gradient of w = " in click("next", "next", "next")
    assert "(−3.8) × 2.1 = −7.98" in click("next")  # there is nothing after it
    assert "gradient −7.98" in browser.find_element(By.ID, "graph-text").get_attribute("textContent")
    said = click("update")
    assert "w = 1 − 0.01 · (−7.98) = 1.0798" in said and "b = 0 − 0.01 · (−3.8) = 0.038" in said
    assert browser.find_element(By.ID, "w-out").text == "1.0798"
    said = click("forward")
    assert "= 2.8711." in said and "0.7389 lower" in said
    assert errors_of(browser) == []


def test_back_goes_one_step_back_and_start_again_to_the_beginning(browser, page, click):
    first = click("next")
    second = click("next")
    assert click("back") == first != second
    click("backward", "update")
    assert page("state")["updates"] == 1
    click("again")
    state = page("state")
    assert (state["w"], state["b"], state["step"], state["updates"]) == (1, 0, 0, 0)


def test_nothing_is_updated_before_the_gradients_are_there(browser, page, click):
    for before in ((), ("next",), ("forward",), ("forward", "next")):
        assert "first the gradients" in click("again", *before, "update")
        assert page("state")["w"] == 1
        assert browser.find_element(By.ID, "update").get_attribute("aria-disabled") == "true"
    click("backward")
    assert browser.find_element(By.ID, "update").get_attribute("aria-disabled") == "false"


def test_the_network_is_stepped_through_by_keyboard_and_two_paths_are_added(browser, page):
    Select(browser.find_element(By.ID, "problem")).select_by_value("tanh")
    for _ in range(FORWARD["tanh"] + BACKWARD["tanh"]):
        browser.find_element(By.ID, "next").send_keys(Keys.ENTER)
    said = browser.find_element(By.ID, "sentence").text
    assert "x is used twice, and its two paths are added" in said
    state = page("state")
    n = state["network"]
    given = {"x": state["x"], "y": state["y"], "c": n["c"]}
    given |= {name + str(i + 1): n[name][i] for name in "wbv" for i in (0, 1)}
    gradient = page("backward", "tanh", given)["gradients"]["x"]
    assert f"= {gradient:.3f}".replace("-", "−") in said
    browser.find_element(By.ID, "update").send_keys(Keys.SPACE)
    assert page("state")["network"] != n
    assert errors_of(browser) == []


def test_sliders_change_the_numbers_in_the_present_step(browser, page, click):
    click("backward")
    browser.find_element(By.ID, "x").send_keys(Keys.ARROW_RIGHT)
    assert page("state")["x"] == pytest.approx(2.2)
    assert "(−3.6) × 2.2 = −7.92" in browser.find_element(By.ID, "sentence").text
    Select(browser.find_element(By.ID, "problem")).select_by_value("relu")
    before = page("state")["network"]["w"]
    browser.find_element(By.ID, "w").send_keys(Keys.ARROW_RIGHT)
    after = page("state")["network"]["w"]
    assert after[0] > before[0] and after[1] == before[1] and page("state")["w"] == 1


def test_a_loss_after_other_data_is_not_compared(browser, page, click):
    click("backward", "update")
    browser.find_element(By.ID, "y").send_keys(Keys.ARROW_RIGHT)
    assert "lower" not in click("forward")
