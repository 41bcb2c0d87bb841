"""An exercise: cases drawn from a seed, a reference answer, hints, and the misconceptions that people bring to it.

A lesson's module writes the reference as a function and hangs the rest on it:

    @function("01.flip_left_right", hints=("…?", "…", "…"), praise="…")
    def flip_left_right(image):
        \"\"\"The image as a mirror shows it.\"\"\"
        return image[:, ::-1]

    @flip_left_right.cases
    def _cases(generator):
        yield (generator.integers(0, 256, (2, 3, 3), dtype="uint8"),)

    @flip_left_right.misconception("You turned the image upside down: rows come first, so columns are the second axis.")
    def _upside_down(image):
        return image[::-1]
"""

import inspect
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np

from imgrec_lib.exercises import judging, record
from imgrec_lib.exercises.comparing import Closeness, shape_words, shortened
from imgrec_lib.exercises.elsewhere import Blank, Elsewhere
from imgrec_lib.exercises.feedback import Feedback
from imgrec_lib.exercises.observing import Observation, Observations, observe
from imgrec_lib.exercises.showing import Hint, Solution

NOTEBOOK_SEED = 0
KEPT_SEEDS = 4
LONGEST_ARGUMENT = 60
Case = tuple[Any, ...]


@dataclass(frozen=True)
class Misconception:
    """A wrong answer that people give, in one or more variants that can be run, and the sentence for it."""

    sentence: str
    answers: tuple[Any, ...]


@dataclass(frozen=True)
class Prepared:
    """Cases, the value expected on each, and what each variant of each misconception does with them."""

    cases: Sequence[Case]
    targets: Sequence[Any]
    wrong: Sequence[Sequence[Observations]]


class Exercise:
    """One exercise; `name` is such as "02.convolve" and `answer_name` the name that the learner defines.

    `observe_with(answer, *case)` says what is looked at: by default what `answer(*case)` gives back.
    """

    def __init__(
        self,
        name: str,
        reference: Any,
        *,
        answer_name: str,
        solution_source: str,
        hints: Sequence[str],
        closeness: Closeness,
        seconds: float,
        observe_with: Callable[..., Any] | None,
        praise: str,
        points: float = 1.0,
    ) -> None:
        self.name, self.reference, self.answer_name = name, reference, answer_name
        self.points = points
        self.solution_source = solution_source
        self.hints, self.closeness, self.seconds, self.praise = tuple(hints), closeness, seconds, praise
        self.misconceptions: list[Misconception] = []
        self.is_function = callable(reference)
        self._observe_with = observe_with or call
        self._draw: Callable[[np.random.Generator], Iterator[Case]] = _no_arguments
        self._prepared: dict[int, Prepared] = {}
        self._hints_given = 0

    def __repr__(self) -> str:
        return f"Exercise {self.name}: .check({self.answer_name}), .hint(), .solution()"

    def cases(self, draw: Callable[[np.random.Generator], Iterator[Case]]) -> Callable[..., Iterator[Case]]:
        """Decorator: the function that draws the cases, tuples of arguments, from a generator; small ones first."""
        self._draw = draw
        return draw

    def misconception(self, sentence: str, *answers: Any) -> Callable[[Any], Any]:
        """Add a misconception: by its answers, or as a decorator of one; the same sentence may be used again."""
        for place, known in enumerate(self.misconceptions):
            if known.sentence == sentence:
                self.misconceptions[place] = Misconception(sentence, known.answers + answers)
                break
        else:
            self.misconceptions.append(Misconception(sentence, answers))

        def add(answer: Any) -> Any:
            self.misconception(sentence, answer)
            return answer

        return add

    def draw(self, seed: int = NOTEBOOK_SEED) -> list[Case]:
        """The cases of a seed."""
        return list(self._draw(np.random.default_rng(seed)))

    def observe(self, answer: Any, case: Case) -> Observation:
        """What an answer does with a case."""
        if isinstance(answer, Elsewhere):
            return answer.observe_elsewhere(self._observe_with, case, self.seconds)
        return observe(partial(self._observe_with, answer), case, self.seconds)

    def observe_until_late(self, answer: Any, cases: Sequence[Case]) -> list[Observation]:
        """What an answer does with each case, up to the first from which it does not come back in time."""
        seen = []
        for case in cases:
            seen.append(self.observe(answer, case))
            if seen[-1].timed_out:
                break
        return seen

    def _own(self, answer: Any, cases: Sequence[Case]) -> Observations:
        return Observations(partial(self._observe_with, answer), cases)

    def prepared(self, seed: int) -> Prepared:
        """The cases of a seed with what belongs to them; those of the last few seeds are kept."""
        if seed not in self._prepared:
            if len(self._prepared) == KEPT_SEEDS:
                self._prepared.pop(next(iter(self._prepared)))
            cases = self.draw(seed)
            wrong = [[self._own(answer, cases) for answer in one.answers] for one in self.misconceptions]
            targets = [seen.value for seen in self._own(self.reference, cases)]
            self._prepared[seed] = Prepared(cases, targets, wrong)
        return self._prepared[seed]

    def _ignores_arguments(self, answer: Any) -> bool:
        """Whether an answer gives nothing back and does not even touch what it gets, as a stub does."""
        blanks = [Blank() for _ in self.parameters()]
        if isinstance(answer, Elsewhere):
            return answer.observe_elsewhere(call, blanks, self.seconds).is_empty
        return observe(partial(call, answer), blanks, self.seconds).is_empty

    def parameters(self) -> list[str]:
        """Names of the arguments that an answer takes; none where the answer is a value."""
        return list(inspect.signature(self.reference).parameters) if self.is_function else []

    def judge(self, prepared: Prepared, seen: Sequence[Observation]) -> judging.Verdict:
        """The verdict on what was observed, up to the first case that took too long; needs no answer to run."""
        targets, closeness = prepared.targets, self.closeness
        faults = [place for place, one in enumerate(seen) if not judging.right(one, targets[place], closeness)]
        if not faults:
            return judging.Verdict("correct", self.praise)
        if seen[-1].timed_out:
            return judging.Verdict("not yet", judging.LATE.format(seconds=self.seconds))
        fault = faults[0]
        found = judging.what_differs(seen[fault], targets[fault], closeness, self.parameters())
        evidence = self._where(prepared.cases[fault]) + found.sentence
        number = judging.recognised(seen, prepared.wrong, targets, closeness)
        if number is not None:
            return judging.Verdict("not yet", self.misconceptions[number].sentence, found, number, evidence)
        if self._observe_with is call and judging.is_constant(seen, targets, closeness):
            return judging.Verdict("not yet", judging.CONSTANT, found)
        return judging.Verdict("not yet", evidence, found)

    def check(self, answer: Any, seed: int = NOTEBOOK_SEED) -> Feedback:
        """Feedback on an answer, which also goes into the record of what is done."""
        feedback = self.feedback(answer, seed)
        record.note(self.name, feedback.outcome)
        return feedback

    def feedback(self, answer: Any, seed: int) -> Feedback:
        """Feedback on an answer, here or elsewhere, and nothing besides."""
        if answer is None or answer is ...:
            return Feedback(self.name, "not attempted", self._invitation())
        if self.is_function and not callable(answer):
            sentence = (
                f"Give the function itself, `{self.answer_name}`, without brackets after it: it is called for you."
            )
            return Feedback(self.name, "not yet", sentence)
        prepared = self.prepared(seed)
        seen = self.observe_until_late(answer, prepared.cases)
        if seen[0].value is ... or seen[0].is_empty and self._ignores_arguments(answer):
            return Feedback(self.name, "not attempted", self._invitation())
        verdict = self.judge(prepared, seen)
        return Feedback(
            self.name, verdict.outcome, verdict.sentence, verdict.difference, verdict.evidence, verdict.misconception
        )

    def _invitation(self) -> str:
        what = "the function" if self.is_function else f"`{self.answer_name}`"
        return f"Put your answer in place of the dots in {what}, run that cell, then this one. Stuck? Ask `.hint()`."

    def _where(self, case: Case) -> str:
        """The arguments in words, as the opening of a sentence."""
        if not self.parameters() or not case:
            return ""
        named = [f"{name} {_argument_words(value)}" for name, value in zip(self.parameters(), case)]
        return f"Tried with {', '.join(named)}. "

    def hint(self) -> Hint:
        """The next of the three hints; the last one stays."""
        self._hints_given = min(self._hints_given + 1, len(self.hints))
        return Hint(self.name, self._hints_given, len(self.hints), self.hints[self._hints_given - 1])

    def solution(self) -> Solution:
        """The worked solution."""
        return Solution(self.name, self.solution_source, self.praise)


def call(answer: Any, *arguments: Any) -> Any:
    """What an answer gives back, or the answer itself where it is a value: how it is looked at by default."""
    return answer(*arguments) if callable(answer) else answer


def _no_arguments(generator: np.random.Generator) -> Iterator[Case]:
    yield ()


def _argument_words(value: Any) -> str:
    if isinstance(value, np.ndarray):
        if value.size <= 6:
            return np.array2string(value, precision=4, separator=", ").replace("\n", "")
        return f"of shape {shape_words(value.shape)}"
    return shortened(repr(value), LONGEST_ARGUMENT)
