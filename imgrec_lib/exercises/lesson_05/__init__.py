"""The exercises of lesson 5."""

EXERCISES = ()
