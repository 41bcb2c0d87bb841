"""The exercises of lesson 3, a Keras CNN."""

from functools import partial

from imgrec_lib.exercises.guessing import Guesses
from imgrec_lib.exercises.lesson_03.counting import count_parameters
from imgrec_lib.exercises.lesson_03.diagnosis import diagnose_matrix, hardest_to_find
from imgrec_lib.exercises.lesson_03.losses import cross_entropy
from imgrec_lib.exercises.lesson_03.matrices import confusion_matrix
from imgrec_lib.exercises.lesson_03.networks import train_network
from imgrec_lib.exercises.lesson_03.probabilities import softmax
from imgrec_lib.exercises.lesson_03.scores import precision_recall_f1
from imgrec_lib.exercises.summary import summary

EXERCISES = (
    softmax,
    cross_entropy,
    count_parameters,
    confusion_matrix,
    precision_recall_f1,
    hardest_to_find,
    diagnose_matrix,
    train_network,
)
guessed = Guesses("03")
done = partial(summary, EXERCISES)
