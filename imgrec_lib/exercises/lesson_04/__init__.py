"""The exercises of lesson 4, overfitting and dropout."""

from functools import partial

from imgrec_lib.exercises.guessing import Guesses
from imgrec_lib.exercises.lesson_04.building_mistakes import dropout_network
from imgrec_lib.exercises.lesson_04.diagnosing import diagnose
from imgrec_lib.exercises.lesson_04.dropping_chances import dropout
from imgrec_lib.exercises.lesson_04.fining import l2_penalty
from imgrec_lib.exercises.lesson_04.flipping import honest_flips
from imgrec_lib.exercises.lesson_04.spreading import mean_and_spread
from imgrec_lib.exercises.lesson_04.stopping_starts import stop_epoch
from imgrec_lib.exercises.summary import summary

EXERCISES = (diagnose, dropout, dropout_network, mean_and_spread, l2_penalty, honest_flips, stop_epoch)
guessed = Guesses("04")
done = partial(summary, EXERCISES)
