"""What crosses between the examiner and the student kernel, as bytes."""
