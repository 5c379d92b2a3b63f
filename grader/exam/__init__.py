"""One submission's exam: run it, judge it. In: an assignment, a submission, limits. Out: an `ExamResult`."""
