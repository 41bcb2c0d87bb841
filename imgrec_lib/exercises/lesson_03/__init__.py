"""The exercises of lesson 3."""

EXERCISES = ()
