"""The library of imgrec, a course that takes you from a grid of numbers to an image recogniser of your own.

The modules follow an image on its way: images, filters, datasets, models, training, evaluation.
"""

__version__ = "0.1.0"
