"""The exercises of lesson 2, convolution by hand."""

from functools import partial

from imgrec_lib.exercises.guessing import Guesses
from imgrec_lib.exercises.lesson_02.channels import multiplications
from imgrec_lib.exercises.lesson_02.channels_slips import convolve_channels
from imgrec_lib.exercises.lesson_02.kernels import edge_kernel, shift_kernel
from imgrec_lib.exercises.lesson_02.learning import gradient_step
from imgrec_lib.exercises.lesson_02.pooling_slips import max_pool
from imgrec_lib.exercises.lesson_02.rectifying import relu
from imgrec_lib.exercises.lesson_02.sizes import output_size
from imgrec_lib.exercises.lesson_02.sliding_loops import convolve
from imgrec_lib.exercises.lesson_02.weighing import weigh
from imgrec_lib.exercises.summary import summary

EXERCISES = (
    weigh,
    convolve,
    edge_kernel,
    shift_kernel,
    output_size,
    relu,
    max_pool,
    multiplications,
    convolve_channels,
    gradient_step,
)
guessed = Guesses("02")
done = partial(summary, EXERCISES)
