"""What the student kernel and the examiner send each other, as bytes."""
