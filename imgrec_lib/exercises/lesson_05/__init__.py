"""The exercises of lesson 5, transfer learning."""

from functools import partial

from imgrec_lib.exercises.guessing import Guesses
from imgrec_lib.exercises.lesson_05.averaging import class_means
from imgrec_lib.exercises.lesson_05.choosing import pick_per_class
from imgrec_lib.exercises.lesson_05.counting import trainable_count
from imgrec_lib.exercises.lesson_05.diagnosing import diagnosis
from imgrec_lib.exercises.lesson_05.directions import cosine_similarity
from imgrec_lib.exercises.lesson_05.heads import add_head
from imgrec_lib.exercises.lesson_05.neighbour_slips import nearest
from imgrec_lib.exercises.lesson_05.preparing import preprocess
from imgrec_lib.exercises.summary import summary

EXERCISES = (
    pick_per_class,
    preprocess,
    cosine_similarity,
    trainable_count,
    nearest,
    class_means,
    add_head,
    diagnosis,
)
guessed = Guesses("05")
done = partial(summary, EXERCISES)
