"""The page on which a line is fitted by hand: its mathematics against NumPy, and what it says when it is moved."""

from __future__ import annotations

import numpy as np
import pytest
from selenium.webdriver import ActionChains
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys


def text(browser, name):
    return browser.find_element(By.ID, name).text


def press(browser, name, key, times=1):
    browser.find_element(By.ID, name).send_keys(*[key] * times)


def click(browser, name):
    browser.find_element(By.ID, name).click()


def mulberry(n, seed):
    """The page's generator, in NumPy: whole numbers of 32 bits that overflow."""
    a, found = np.uint32(seed), []
    with np.errstate(over="ignore"):
        for _ in range(n):
            a = a + np.uint32(0x6D2B79F5)
            t = (a ^ (a >> np.uint32(15))) * (np.uint32(1) | a)
            t = (t + (t ^ (t >> np.uint32(7))) * (np.uint32(61) | t)) ^ t
            found.append(int(t ^ (t >> np.uint32(14))) / 2**32)
    return np.array(found)


def test_the_loss_is_the_mean_of_the_squared_residuals(opened, rng):
    page = opened("line")
    for n in (1, 2, 12, 200):
        x, y, theta = rng.normal(size=n), rng.normal(scale=5, size=n), rng.normal(size=2)
        misses = y - np.polyval(theta, x)
        np.testing.assert_allclose(page("residuals", theta, x, y), misses, atol=1e-9)
        assert page("loss", theta, x, y) == pytest.approx(np.mean(misses**2), rel=1e-9)
        assert page("predict", theta, x[0]) == pytest.approx(theta @ [x[0], 1], rel=1e-9, abs=1e-12)


def test_the_least_squares_line_is_numpy_s(opened, rng):
    page = opened("line")
    for n in (2, 3, 12, 100):
        x, y = rng.uniform(0, 6, size=n), rng.normal(scale=5, size=n)
        np.testing.assert_allclose(page("leastSquares", x, y), np.polyfit(x, y, 1), rtol=1e-6, atol=1e-8)
    np.testing.assert_allclose(page("throughPoints", [1, 5], [3, -1]), [-3, 8])


def test_the_noise_is_seeded_and_normal(opened):
    page = opened("line")
    for seed in (0, 1, 7, 2**31 - 1):
        np.testing.assert_allclose(page("uniforms", 20, seed), mulberry(20, seed), rtol=0, atol=1e-12)
    u = mulberry(40, 5)
    normal = np.sqrt(-2 * np.log(1 - u[::2])) * np.cos(2 * np.pi * u[1::2])
    np.testing.assert_allclose(page("normals", 20, 5), normal, atol=1e-9)
    many = np.array(page("normals", 20000, 3))
    assert abs(many.mean()) < 0.03 and abs(many.std() - 1) < 0.02
    x = np.linspace(0, 6, 20)
    np.testing.assert_allclose(page("noisy", x, [3.6, 4], 2, 5), 3.6 * x + 4 + 2 * normal, atol=0.0501)


def test_sliders_move_the_line_and_the_best_is_kept(opened, browser):
    page = opened("line")
    start = page("state")
    x, y = np.array(start["x"]), np.array(start["y"])

    def said(slope, offset):
        return f"{np.mean((y - slope * x - offset) ** 2):.2f}"

    assert text(browser, "loss") == said(*start["theta"])
    press(browser, "offset", Keys.ARROW_LEFT, 20)
    assert page("state")["theta"] == pytest.approx([1, 13])
    assert text(browser, "loss") == said(1, 13)
    assert text(browser, "best") == "The best so far."
    press(browser, "slope", Keys.ARROW_RIGHT, 2)
    assert page("state")["theta"] == pytest.approx([1.1, 13])
    assert text(browser, "best") == "The best so far."
    best = text(browser, "loss")
    press(browser, "offset", Keys.END)
    assert float(text(browser, "loss")) > float(best)
    assert text(browser, "best") == f"Best so far: {best} at θ = (1.10, 13.00)."


def test_least_squares_and_the_truth_are_shown_on_demand(opened, browser):
    page = opened("line")
    start = page("state")
    slope, offset = np.polyfit(start["x"], start["y"], 1)
    assert text(browser, "least-told") == text(browser, "truth-told") == ""
    lines = len(browser.find_elements(By.CSS_SELECTOR, "#drawing line"))
    click(browser, "least")
    assert f"({slope:.2f}, {offset:.2f})" in text(browser, "least-told")
    assert browser.find_element(By.ID, "least").get_attribute("aria-pressed") == "true"
    press(browser, "truth", Keys.SPACE)
    assert "(3.60, 4.00)" in text(browser, "truth-told")
    assert len(browser.find_elements(By.CSS_SELECTOR, "#drawing line")) == lines + 2
    assert page("state")["theta"] == start["theta"]  # the student's own line stays
    click(browser, "least")
    assert text(browser, "least-told") == ""


def test_new_noise_moves_the_samples_and_start_again_brings_the_notebook_s_back(opened, browser):
    page = opened("line")
    start = page("state")
    click(browser, "least")
    before = text(browser, "least-told")
    click(browser, "noise")
    other = page("state")
    assert other["noise_seed"] == start["noise_seed"] + 1
    assert other["x"] == start["x"] and other["f_star"] == start["f_star"] and other["y"] != start["y"]
    assert other["y"] == page("noisy", start["x"], start["f_star"], start["noise"], other["noise_seed"])
    assert text(browser, "least-told") != before
    assert other["best"]["loss"] == pytest.approx(page("loss", other["theta"], other["x"], other["y"]))
    click(browser, "again")
    assert page("state") == start


def test_a_handle_is_dragged_and_the_other_one_stays(opened, browser):
    page = opened("line")
    left, right = browser.find_elements(By.CSS_SELECTOR, "circle.handle")
    scale = browser.execute_script("return document.getElementById('drawing').getBoundingClientRect().height / 400")
    held = 1 * 0.05 * 6.5 + 15  # what the line says at the left handle
    ActionChains(browser).drag_and_drop_by_offset(right, 0, round(-60 * scale)).perform()
    slope, offset = page("state")["theta"]
    assert slope > 1.5
    assert slope * 0.05 * 6.5 + offset == pytest.approx(held, abs=0.02)
    left, right = browser.find_elements(By.CSS_SELECTOR, "circle.handle")
    ActionChains(browser).drag_and_drop_by_offset(left, 0, round(40 * scale)).perform()
    assert page("state")["theta"][0] > slope
    assert page("state")["theta"][1] < offset


def test_every_sample_is_counted_once(opened, browser):
    page = opened("line")
    page("set", {"theta": [3.4, 5.0]})  # through the ride of 1.5 km and 10.1 minutes
    assert "Samples above the line: 8, below it: 3, on it: 1." in text(browser, "told")
    page("set", {"theta": [0.0, -5.0]})
    assert "Samples above the line: 12, below it: 0. " in text(browser, "told")
