"""The files that people read: feedback pages for students, the class report and the CSV for teachers."""
