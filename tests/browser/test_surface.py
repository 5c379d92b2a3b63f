"""The loss surface's page: its mathematics against NumPy and SciPy, and what it says when it is moved."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from scipy.optimize import minimize
from scipy.special import expit
from selenium.webdriver import ActionChains, Chrome
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support.ui import Select

KINDS = ("mse", "mae", "bce", "sigmoid_mse")


@pytest.fixture
def page(opened: Callable[[str], Callable[..., Any]]) -> Callable[..., Any]:
    return opened("surface")


def wanted(kind: str, x: np.ndarray, y: np.ndarray, w: float, b: float) -> float:
    """The loss of the model w, b as NumPy has it."""
    z = w * x + b
    if kind == "mae":
        return float(np.mean(np.abs(z - y)))
    if kind == "mse":
        return float(np.mean((z - y) ** 2))
    if kind == "sigmoid_mse":
        return float(np.mean((expit(z) - y) ** 2))
    p = np.clip(expit(z), 1e-7, 1 - 1e-7)
    return float(-np.mean(y * np.log(p) + (1 - y) * np.log(1 - p)))


def some_data(rng: np.random.Generator, kind: str, n: int = 15) -> tuple[np.ndarray, np.ndarray]:
    x = rng.normal(size=n)
    if kind in ("mse", "mae"):
        return x, 1.3 * x - 0.4 + rng.normal(scale=0.5, size=n)
    return x, (rng.random(n) < expit(2 * x)).astype(float)


def text(browser: Chrome, name: str) -> str:
    return browser.find_element(By.ID, name).text


@pytest.mark.parametrize("kind", KINDS)
def test_the_loss_is_the_one_of_numpy_also_where_the_sigmoid_saturates(page, rng, kind):
    x, y = some_data(rng, kind)
    for scale in (0.1, 1, 3, 30, 1000):
        w, b = scale * rng.normal(size=2)
        assert page("loss", kind, x, y, w, b) == pytest.approx(wanted(kind, x, y, w, b), rel=1e-9, abs=1e-12)


@pytest.mark.parametrize("kind", KINDS)
def test_a_row_of_the_surface_is_a_weight_and_a_column_a_bias(page, rng, kind):
    x, y = some_data(rng, kind)
    ws, bs = rng.normal(size=4), rng.normal(size=3)
    table = [[wanted(kind, x, y, w, b) for b in bs] for w in ws]
    np.testing.assert_allclose(page("surface", kind, x, y, ws, bs), table, rtol=1e-9)


@pytest.mark.parametrize("outlier", [False, True])
@pytest.mark.parametrize("kind", KINDS)
def test_the_lowest_place_is_as_low_as_a_search_with_scipy_finds(page, kind, outlier):
    state = page("state")
    odd = state["odd"] if kind in ("mse", "mae") else state["odd_label"]
    y = state["y"] if kind in ("mse", "mae") else state["labels"]
    x, y = (
        np.array([*values, extra][: len(values) + outlier]) for values, extra in zip((state["x"], y), odd, strict=True)
    )
    best = min(
        minimize(lambda t: wanted(kind, x, y, *t), start, method="Nelder-Mead", bounds=[(-6, 6)] * 2).fun
        for start in ([0.0, 0.0], [1.0, 0.5], [2.0, 0.0])
    )
    found = page("lowest", kind, x, y)
    assert found["loss"] == pytest.approx(best, abs=1e-4)
    assert found["loss"] == pytest.approx(wanted(kind, x, y, found["w"], found["b"]), rel=1e-9)


def test_a_contour_runs_where_the_table_has_its_level(page):
    ws = np.linspace(-3, 3, 61)
    bowl = ws[:, None] ** 2 + ws**2
    pieces = np.array(page("contour", bowl, 4.0)) * 0.1 - 3
    assert len(pieces) > 50
    np.testing.assert_allclose(np.hypot(pieces[..., 0], pieces[..., 1]), 2, atol=0.01)
    ends = sorted(map(tuple, np.round(pieces.reshape(-1, 2), 6)))
    assert ends[::2] == ends[1::2]  # each end is shared by two pieces: the line is closed
    assert page("contour", bowl, 100.0) == []


def test_the_map_is_walked_on_by_the_arrow_keys_and_not_left(page, browser):
    page("set", {"w": -1.0, "b": 2.0})
    plane = browser.find_element(By.ID, "map")
    plane.send_keys(Keys.ARROW_RIGHT, Keys.ARROW_RIGHT, Keys.ARROW_DOWN)
    state = page("state")
    assert (state["w"], state["b"]) == pytest.approx((-0.8, 1.9))
    here = wanted("mse", np.array(state["x"]), np.array(state["y"]), -0.8, 1.9)
    assert text(browser, "now") == f"MSE here: {here:.3f}"
    page("set", {"w": 5.95, "b": -6.0})
    plane.send_keys(Keys.ARROW_RIGHT, Keys.ARROW_RIGHT, Keys.ARROW_DOWN)
    assert (page("state")["w"], page("state")["b"]) == (6, -6)


def test_the_point_is_dragged(page, browser):
    plane = browser.find_element(By.ID, "map")
    size = plane.rect["width"]
    drag = (
        ActionChains(browser).move_to_element(plane).click_and_hold().move_by_offset(round(size / 4), round(-size / 8))
    )
    drag.release().move_by_offset(-50, 0).perform()
    state = page("state")
    assert (state["w"], state["b"]) == pytest.approx((3, 1.5), abs=0.1)


def test_the_lowest_place_is_marked_when_asked_for_and_an_outlier_moves_it(page, browser):
    assert "Where" in text(browser, "low")
    browser.find_element(By.ID, "mark").click()
    assert text(browser, "low") == "Lowest: 0.245 at w = 1.22, b = 0.58."
    browser.find_element(By.ID, "outlier").click()
    assert "w = 0.52, b = 0.07" in text(browser, "low")
    Select(browser.find_element(By.ID, "loss")).select_by_value("mae")
    assert "w = 1.08, b = 0.35" in text(browser, "low")
    browser.find_element(By.ID, "again").click()
    assert "Where" in text(browser, "low") and page("state")["outlier"] is False


def test_what_a_step_in_w_brings_is_large_for_cross_entropy_and_tiny_for_the_square(page, browser):
    said = {}
    for kind in ("bce", "sigmoid_mse"):
        page("set", {"loss": kind, "w": -6.0, "b": 0.0})
        assert "falls by" in text(browser, "ahead")
        said[kind] = float(text(browser, "ahead").split()[-1].rstrip("."))
        state = page("state")
        x, y = np.array(state["x"]), np.array(state["labels"])
        assert said[kind] == pytest.approx(wanted(kind, x, y, -6, 0) - wanted(kind, x, y, -5.9, 0), rel=0.01)
    assert said["bce"] > 50 * said["sigmoid_mse"]


def test_the_outlier_of_the_line_is_no_label(page, browser):
    for kind, count in (("mse", 12), ("bce", 12)):
        page("set", {"loss": kind, "outlier": False})
        told = browser.find_element(By.ID, "data-text").get_attribute("textContent")
        assert told.startswith(f"{count} points")
        page("set", {"outlier": True})
        told = browser.find_element(By.ID, "data-text").get_attribute("textContent")
        assert told.startswith(f"{count + 1} points")
    assert "cold day" in text(browser, "outlier-name")
