"""The exercises of lesson 1, pixels as matrices."""

from functools import partial

from imgrec_lib.exercises.guessing import Guesses
from imgrec_lib.exercises.lesson_01.brightness import after_overflow, brighten
from imgrec_lib.exercises.lesson_01.colours import only_red, swap_channels
from imgrec_lib.exercises.lesson_01.cropping_slips import crop_center
from imgrec_lib.exercises.lesson_01.grey import to_gray
from imgrec_lib.exercises.lesson_01.mirroring import flip_left_right
from imgrec_lib.exercises.lesson_01.noise import average_photos
from imgrec_lib.exercises.lesson_01.normalising import normalise
from imgrec_lib.exercises.lesson_01.shapes import cut_out_shape
from imgrec_lib.exercises.summary import summary

EXERCISES = (
    cut_out_shape,
    only_red,
    swap_channels,
    after_overflow,
    brighten,
    to_gray,
    flip_left_right,
    crop_center,
    normalise,
    average_photos,
)
guessed = Guesses("01")
done = partial(summary, EXERCISES)
