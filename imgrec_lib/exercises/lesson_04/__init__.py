"""The exercises of lesson 4."""

EXERCISES = ()
