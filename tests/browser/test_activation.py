"""The playground of lecture 04: its curves and slopes against NumPy and SciPy; then moved by keyboard, mouse and choice."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from scipy.special import expit
from scipy.stats import norm
from selenium.webdriver import ActionChains, Chrome
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support.ui import Select, WebDriverWait

from tests.browser.conftest import SECONDS, errors_of, overflow, set_width

SELU_ALPHA, SELU_LAMBDA = 1.6732632423543772, 1.0507009873554805


def elu(z: np.ndarray, alpha: float) -> np.ndarray:
    return np.where(z > 0, z, alpha * np.expm1(np.minimum(z, 0)))


FAMILY = {
    "linear": lambda z, alpha: z,
    "step": lambda z, alpha: np.heaviside(z, 1.0),
    "sigmoid": lambda z, alpha: expit(z),
    "tanh": lambda z, alpha: np.tanh(z),
    "relu": lambda z, alpha: np.maximum(0, z),
    "leaky_relu": lambda z, alpha: np.where(z > 0, z, alpha * z),
    "elu": elu,
    "selu": lambda z, alpha: SELU_LAMBDA * elu(z, SELU_ALPHA),
    "swish": lambda z, alpha: z * expit(z),
    "gelu": lambda z, alpha: z * norm.cdf(z),
    "gaussian": lambda z, alpha: np.exp(-(z**2) / 2),
}
each_function = pytest.mark.parametrize("name", FAMILY)


def many(browser: Chrome, function: str, name: str, z: np.ndarray, alpha: float) -> np.ndarray:
    """What a function of the page gives for many z at once."""
    script = (
        "const [f, name, z, alpha] = arguments; return z.map(each => String(window.playground[f](name, each, alpha)))"
    )
    return np.array([float(each) for each in browser.execute_script(script, function, name, z.tolist(), alpha)])


@each_function
def test_a_curve_is_numpy_s(opened, browser, rng, name):
    opened("activation")
    z = np.concatenate([rng.normal(scale=3, size=60), [0.0, -40.0, 40.0, -700.0, 700.0]])
    for alpha in (0.0, 0.1, 1.0, 1.4):
        np.testing.assert_allclose(
            many(browser, "value", name, z, alpha), FAMILY[name](z, alpha), rtol=1e-9, atol=1e-12
        )


@each_function
def test_a_slope_is_the_one_that_finite_differences_measure(opened, browser, rng, name):
    opened("activation")
    z, eps = rng.normal(scale=2, size=60), 1e-5
    z = z[np.abs(z) > 1e-3]  # at the kinks there is nothing to compare with
    for alpha in (0.0, 0.1, 1.0, 1.4):
        measured = (FAMILY[name](z + eps, alpha) - FAMILY[name](z - eps, alpha)) / (2 * eps)
        np.testing.assert_allclose(many(browser, "slope", name, z, alpha), measured, atol=1e-8)


def test_at_a_kink_the_left_slope_counts_and_far_out_nothing_breaks(opened, browser):
    opened("activation")
    for name, left in (("relu", 0), ("leaky_relu", 0.3), ("elu", 0.3), ("selu", SELU_ALPHA * SELU_LAMBDA), ("step", 0)):
        assert many(browser, "slope", name, np.zeros(1), 0.3) == pytest.approx(left)
    for name in FAMILY:
        assert np.all(np.isfinite(many(browser, "slope", name, np.array([-1e4, 1e4]), 0.3)))


def test_the_product_through_d_neurons_is_a_power(opened, rng):
    page = opened("activation")
    for depth in (1, 2, 10, 40):
        z, weight = float(rng.normal()), float(rng.uniform(0, 6))
        factor = weight * expit(z) * expit(-z)
        assert page("product", "sigmoid", z, 0.1, weight, depth) == pytest.approx(factor**depth, rel=1e-9)
    assert page("product", "sigmoid", 0, 0.1, 1, 20) == 0.25**20


def text(browser: Chrome, where: str) -> str:
    return browser.find_element(By.ID, where).text


def value_of(opened: Any, key: str) -> Any:
    return opened("state")[key]


def test_the_arrow_keys_move_the_point_and_the_numbers_follow(opened, browser):
    page = opened("activation")
    slider = browser.find_element(By.ID, "z")
    for _ in range(3):
        slider.send_keys(Keys.ARROW_LEFT)
    z = value_of(page, "z")
    assert z == pytest.approx(1.85)
    assert text(browser, "value-a") == f"{expit(z):.3f}"
    assert text(browser, "slope-a") == f"{expit(z) * expit(-z):.3f}"
    assert text(browser, "slope-b") == "1.000"
    slider.send_keys(Keys.HOME)
    assert text(browser, "slope-b") == "0"
    assert "nothing gets through" in text(browser, "says")
    live = browser.find_element(By.ID, "live")
    WebDriverWait(browser, SECONDS).until(lambda _: "z −5.00" in live.get_attribute("textContent"))
    assert errors_of(browser) == []


def test_the_point_is_dragged_by_the_mouse_and_stays_inside(opened, browser):
    page = opened("activation")
    chart = browser.find_element(By.ID, "chart")
    ActionChains(browser).move_to_element(chart).click_and_hold().move_by_offset(-60, 0).release().perform()
    moved = value_of(page, "z")
    assert -3 < moved < 0
    ActionChains(browser).move_to_element(chart).perform()
    assert value_of(page, "z") == moved, "the point must not follow a mouse that holds nothing"
    far = chart.size["width"] // 2 + 40
    ActionChains(browser).move_to_element(chart).click_and_hold().move_by_offset(far, 0).release().perform()
    assert value_of(page, "z") == 5


def test_a_choice_shows_another_function_and_nothing_to_compare_hides_the_second(opened, browser):
    page = opened("activation")
    page("set", {"z": 0})
    Select(browser.find_element(By.ID, "phi")).select_by_visible_text("tanh")
    assert text(browser, "name-a") == "tanh"
    assert text(browser, "slope-a") == "1.000"
    assert "passes unchanged" in text(browser, "says")
    Select(browser.find_element(By.ID, "second")).select_by_visible_text("nothing")
    assert not browser.find_element(By.ID, "name-b").is_displayed()
    Select(browser.find_element(By.ID, "phi")).select_by_visible_text("ELU")
    assert "kink" in text(browser, "note")
    page("set", {"alpha": 1})
    assert "a kink" not in text(browser, "note").split(":")[1].split(".")[0]
    browser.find_element(By.ID, "again").click()
    assert value_of(page, "phi") == "sigmoid"


def test_the_tasks_of_the_lecture_have_their_answers(opened, browser):
    page = opened("activation")
    # Ten sigmoids at their best leave less than a millionth; nine do not.
    for depth, below in ((9, False), (10, True)):
        page("set", {"phi": "sigmoid", "z": 0, "weight": 1, "depth": depth})
        assert (page("product", "sigmoid", 0, 0.1, 1, depth) < 1e-6) == below
    page("set", {"weight": 4})
    assert "sigmoid: the push passes unchanged" in text(browser, "says")
    # The slope of swish changes its sign between two places of the slider.
    assert page("slope", "swish", -1.3, 0) < 0 < page("slope", "swish", -1.25, 0)
    page("set", {"phi": "linear", "second": "relu", "z": 2, "weight": 1.5, "depth": 30})
    assert text(browser, "says").count("explodes") == 2
    assert text(browser, "product-a") == text(browser, "product-b") == "1.9·10⁵"


@pytest.mark.parametrize("width", [320, 560, 860])
def test_every_function_fits_its_frame(opened, browser, width):
    page = opened("activation")
    set_width(browser, width)
    for name in FAMILY:
        page("set", {"phi": name, "second": "selu", "z": -5, "weight": 6, "depth": 40})
        assert overflow(browser) <= 0
    assert errors_of(browser) == []
