"""The batches page: its splits and batches lose nothing and repeat nothing, and it says what it does."""

from __future__ import annotations

import math
import time

import numpy as np
import pytest
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support.ui import WebDriverWait

from tests.browser.conftest import SECONDS, call

LABELS = np.repeat([0, 1, 2], [36, 30, 24])


def text(browser, name):
    return browser.find_element(By.ID, name).text


def press(browser, name, keys=Keys.SPACE):
    browser.find_element(By.ID, name).send_keys(keys)


def training(page):
    state = page("state")
    sets = page("split", 90, state["validation"], state["test"], state["shuffleSplit"], state["seed"])
    return sets["training"]


@pytest.mark.parametrize("n", [1, 7, 50, 90])
def test_the_sets_have_the_sizes_that_python_rounds_to(opened, n):
    page = opened("batches")
    for validation in range(0, 50, 5):
        for test in (0, 15, 25, 45):
            v, t = round(validation / 100 * n), round(test / 100 * n)
            assert page("sizes", n, validation, test) == [n - v - t, v, t]


@pytest.mark.parametrize("shuffle", [True, False])
def test_the_sets_share_nothing_and_miss_nothing(opened, shuffle):
    page = opened("batches")
    for seed in range(5):
        sets = page("split", 90, 20, 10, shuffle, seed)
        assert [len(sets[name]) for name in ("training", "validation", "test")] == [63, 18, 9]
        together = np.concatenate([sets[name] for name in ("training", "validation", "test")])
        np.testing.assert_array_equal(np.sort(together), np.arange(90))
        assert (together.tolist() == list(range(90))) is not shuffle


def test_a_seed_gives_the_same_order_again_and_another_seed_another(opened):
    page = opened("batches")
    orders = [page("permutation", 90, seed) for seed in range(40)]
    assert len({tuple(order) for order in orders}) == 40
    assert orders[7] == page("permutation", 90, 7)
    # Every place is about as likely to come early as late: the mean position is 44.5, give or take 4.1.
    positions = np.argsort(orders, axis=1).mean(axis=0)
    assert np.max(np.abs(positions - 44.5)) < 20


def test_an_epoch_shows_each_training_example_once_and_the_next_epoch_in_another_order(opened):
    page = opened("batches")
    places = [5, 3, 88, 41, 17, 60, 2]
    first, second = page("epochOrder", places, True, 2, 1), page("epochOrder", places, True, 2, 2)
    assert sorted(first) == sorted(second) == sorted(places)
    assert first != second
    assert page("epochOrder", places, False, 2, 1) == page("epochOrder", places, False, 2, 2) == places


def test_the_batches_are_cut_as_numpy_cuts_them(opened):
    page = opened("batches")
    for size in (0, 1, 54, 90):
        for b in (1, 7, 16, 54, 90):
            order = np.random.default_rng(size).permutation(size)
            got = page("cut", order, b)
            assert len(got) == page("steps", size, b, False) == math.ceil(size / b)
            assert page("steps", size, b, True) == size // b
            assert page("leftOver", size, b) == size % b
            for mine, theirs in zip(got, np.split(order, range(b, size, b)) if size else [], strict=True):
                np.testing.assert_array_equal(mine, theirs)


def test_the_classes_are_counted_as_numpy_counts_them(opened, rng):
    page = opened("batches")
    places = rng.permutation(90)[:40]
    assert page("tally", places, LABELS, 3) == np.bincount(LABELS[places], minlength=3).tolist()


def test_the_page_says_what_happens_when_the_batch_size_does_not_divide(opened, browser):
    page = opened("batches")
    assert text(browser, "sum") == "N = 54 = 16 · 3 + 6"
    assert "4 steps" in text(browser, "fact") and "only 6 examples" in text(browser, "fact")
    press(browser, "drop")
    assert "3 steps" in text(browser, "fact") and "6 examples are left out" in text(browser, "fact")
    assert len(browser.find_elements(By.CSS_SELECTOR, ".batch.out")) == 1
    press(browser, "batch", Keys.ARROW_RIGHT * 2)
    assert page("state")["batch"] == 18
    assert text(browser, "sum") == "N = 54 = 18 · 3" and "every batch is full" in text(browser, "fact")
    press(browser, "batch", Keys.END)
    assert "0 steps" in text(browser, "fact")
    assert not browser.find_element(By.ID, "next").is_enabled()
    press(browser, "drop")
    assert "1 step," in text(browser, "fact") and "only 54 examples" in text(browser, "fact")


def test_the_steps_of_an_epoch_go_through_the_training_set_and_then_comes_the_next(opened, browser):
    page = opened("batches")
    assert len(browser.find_elements(By.CSS_SELECTOR, "#batches .tile")) == 54
    order = page("epochOrder", training(page), True, 2, 1)
    for step, batch in enumerate(page("cut", order, 16), start=1):
        bears, snakes, deer = np.bincount(LABELS[batch], minlength=3)
        assert text(browser, "now").startswith(f"Epoch 1, step {step} of 4. This batch has {len(batch)} examples: ")
        for count, name in ((bears, "bear"), (snakes, "snake"), (deer, "deer")):
            assert (f"{count} {name}" in text(browser, "now")) == (count > 0)
        current = browser.find_element(By.CSS_SELECTOR, ".batch.current")
        letters = "".join(tile.text for tile in current.find_elements(By.CLASS_NAME, "tile"))
        assert letters == "".join("BSD"[label] for label in LABELS[batch])
        press(browser, "next")
    assert text(browser, "now").startswith("Epoch 2, step 1 of 4.")
    press(browser, "epoch")
    assert page("state")["epoch"] == 3
    press(browser, "again")
    assert (page("state")["epoch"], page("state")["step"]) == (1, 1)


def test_without_the_shuffle_before_the_split_the_training_set_has_no_deer(opened, browser):
    page = opened("batches")
    press(browser, "shuffle-split")
    assert training(page) == list(range(54))
    assert text(browser, "training-line") == "54 examples: 36 bears, 18 snakes. No deer."
    assert text(browser, "test-line") == "18 examples: 18 deer. No bears, no snakes."
    press(browser, "shuffle-epoch")
    assert "16 bears. Only one class." in text(browser, "now")
    press(browser, "epoch")
    assert "16 bears. Only one class." in text(browser, "now")


def test_another_seed_makes_another_split(opened, browser):
    page = opened("batches")
    before = training(page)
    press(browser, "reseed")
    assert page("state")["seed"] == 3
    assert training(page) != before


def test_an_epoch_plays_to_its_end_and_can_be_halted(opened, browser):
    opened("batches")
    press(browser, "play")
    assert browser.find_element(By.ID, "play").text == "Pause"
    WebDriverWait(browser, SECONDS).until(lambda driver: "step 4 of 4" in text(driver, "now"))
    assert browser.find_element(By.ID, "play").text == "Play the epoch"
    press(browser, "play")
    press(browser, "play")
    halted = call(browser, "state")["step"]
    time.sleep(1)
    assert call(browser, "state")["step"] == halted


def test_what_is_heard_names_the_batch(opened, browser):
    opened("batches")
    press(browser, "next")
    WebDriverWait(browser, SECONDS).until(
        lambda driver: "step 2 of 4" in driver.execute_script("return live.textContent")
    )
