"""Background work: a row is the truth, a queue wakes the workers."""
