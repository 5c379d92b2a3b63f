"""Any nbgrader course: its own folder, configuration and gradebook, with the exam in the place of nbgrader's execution.

`source` reads the teacher's side of a notebook; `converter` is nbgrader's own Autograde in two halves; `pages` writes the
grader's pages beside nbgrader's; `grading` grades a course. `grader.plugin` gives the same steps to nbgrader itself.
"""
