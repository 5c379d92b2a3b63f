"""The grader's own pages, opened as files, as students and teachers open them."""

from __future__ import annotations

from pathlib import Path

import pytest
from selenium.webdriver.common.by import By

from grader.pages.render import feedback_address
from tests.browser.conftest import CLASS, NAME, errors_of, overflow, set_width

PAGES = {"report": "report.html", **{student: f"feedback/{student}/{NAME}/{NAME}.html" for student in CLASS}}


def text_of(browser) -> str:
    return browser.find_element(By.TAG_NAME, "body").text


@pytest.mark.parametrize("page", PAGES.values(), ids=PAGES.keys())
def test_a_page_keeps_to_its_policy_and_fits_a_phone(browser, graded_class, page):
    browser.get((graded_class / page).as_uri())
    for width in (1200, 380):
        set_width(browser, width)
        assert overflow(browser) <= 0, f"{page} is too wide for {width} pixels"
    assert errors_of(browser) == []


def test_the_tests_would_notice_a_violated_policy(browser, graded_class, page_of):
    page = (graded_class / "report.html").read_text(encoding="utf-8")
    browser.get(page_of(page.replace("</main>", "<script>document.title = 'run'</script></main>")))
    assert browser.title != "run"
    [error] = errors_of(browser)
    assert "Content Security Policy" in error


@pytest.mark.parametrize(
    ("student", "score"), [("Ada Achterberg", "5"), ("Gabriela Gómez", "0"), ("Omar O'Neill", "3")]
)
def test_feedback_shows_the_score_at_once(browser, graded_class, student, score):
    set_width(browser, 380, 800)
    browser.get((graded_class / PAGES[student]).as_uri())
    shown = browser.find_element(By.CSS_SELECTOR, ".score")
    assert f"{score} of 9 points" in shown.text
    assert shown.rect["y"] + shown.rect["height"] < 800, "the score is below the first screen"
    assert student in text_of(browser)


@pytest.mark.parametrize("student", CLASS)
def test_a_score_in_the_report_links_to_the_students_page(browser, graded_class, student):
    browser.get((graded_class / "report.html").as_uri())
    address = feedback_address(student, NAME)
    link = browser.find_element(By.CSS_SELECTOR, f'table a[href="{address}"]')
    score = link.text
    link.click()
    assert f"{score} of 9 points" in text_of(browser)
    assert student in browser.title
    assert errors_of(browser) == []


def test_every_link_in_the_report_works(browser, graded_class):
    browser.get((graded_class / "report.html").as_uri())
    for link in browser.find_elements(By.TAG_NAME, "a"):
        address = link.get_dom_attribute("href")
        if address.startswith("#"):
            assert browser.find_elements(By.ID, address[1:]), f"nothing is at {address}"
        else:
            path = browser.execute_script("return decodeURIComponent(new URL(arguments[0].href).pathname)", link)
            assert Path(path).is_file(), f"{address} leads nowhere"


def test_the_reports_table_can_be_scrolled_with_the_keyboard_on_a_phone(browser, graded_class):
    set_width(browser, 380)
    browser.get((graded_class / "report.html").as_uri())
    region = browser.find_element(By.CSS_SELECTOR, ".scroll")
    assert region.get_attribute("tabindex") == "0" and region.aria_role == "region"
    assert region.accessible_name == "All scores"
