"""The sample class: the same each time, with every kind of submission in it."""

from __future__ import annotations

from grader.sample import HONEST, MAKERS, write_sample


def test_the_sample_of_the_course_has_every_kind_in_it_and_enough_students(real_course, tmp_path):
    written = write_sample(real_course, tmp_path)
    assert {submission.kind for submission in written} == set(MAKERS)
    assert len(written) >= 16
    assert {submission.assignment for submission in written} == {path.stem for path in real_course.lectures()}
    assert all(submission.honest == (submission.kind in HONEST) for submission in written)


def test_the_sample_is_the_same_each_time(real_course, tmp_path):
    first, second = (write_sample(real_course, tmp_path / name) for name in ("one", "two"))
    assert [one.path.read_bytes() for one in first] == [two.path.read_bytes() for two in second]


def test_no_sample_holds_a_hidden_test_or_a_mark_scheme(real_course, tmp_path):
    for submission in write_sample(real_course, tmp_path):
        content = submission.path.read_bytes()
        for secret in (b"HIDDEN TESTS", b"Mark scheme", b"reference_", b"BEGIN SOLUTION"):
            assert secret not in content, f"{submission.path} holds {secret!r}"
