"""The verdict on one submission: a row for each exercise, whatever its notebook does."""

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from imgrec_lib.exercises.comparing import shortened
from imgrec_lib.exercises.exercise import Exercise
from imgrec_lib.exercises.feedback import Feedback
from imgrec_lib.exercises.observing import ONE_AT_A_TIME
from imgrec_lib.grading.connection import Died, Late, Missing, RemoteError, Unreadable
from imgrec_lib.grading.limits import Limits
from imgrec_lib.grading.remote import Remote, RemoteFunction, RemoteValue
from imgrec_lib.grading.rows import Row
from imgrec_lib.grading.sandbox import Sandbox, SandboxError
from imgrec_lib.grading.selecting import Step
from imgrec_lib.grading.session import Broken, Session

NETWORKS = ("keras", "tensorflow")
MISSING = "The notebook has no answer called `{name}`: an answer is a function or a value of that name."
GIVEN_UP = "Your answer was given up: {why}."
INCOMPARABLE = "Your answer is nothing that can be compared ({kind}): give plain numbers, texts, lists or arrays."
STRANGE = "what it gives is too large, or nothing that can be read"
NO_TIME = "The {seconds:g} seconds for the whole notebook were over before this was judged: look for what takes long."
BROKEN = "No cell of this notebook could be run to its end: run it from top to bottom yourself and see where it stops."
UNJUDGED = "This notebook could not be judged, which says nothing of its answers: {why}; grade again."
UNFIT = "The exercise {name} itself does not work, so nobody can be graded by it: {why}"
LONGEST_MESSAGE = 4_000


class UnfitExercise(ValueError):
    """An exercise does not work, so nobody can be graded by it."""


@dataclass(frozen=True)
class Paper:
    """A submission ready to be judged: the cells that run, and for answers that cannot run the sentence why."""

    student: str
    lesson: str
    steps: tuple[Step, ...]
    faults: Mapping[str, str]
    note: str = ""

    @property
    def kind(self) -> str:
        """The kind of sandbox that suits it: one with TensorFlow loaded is "heavy"."""
        return "heavy" if any(name in step.source for step in self.steps for name in NETWORKS) else "light"


def judge(paper: Paper, exercises: Sequence[Exercise], seed: int, sandbox: Sandbox, limits: Limits) -> list[Row]:
    """The rows of a submission, one for each exercise, in their order."""
    for exercise in exercises:
        prepare(exercise, seed)
    session = Session(sandbox, limits, paper.steps, time.monotonic() + limits.seconds)
    try:
        return [_row(paper, exercise, _verdict(paper, exercise, seed, session)) for exercise in exercises]
    finally:
        session.end()


@lru_cache(maxsize=1000)
def prepare(exercise: Exercise, seed: int) -> None:
    """Know an exercise's cases and targets; what is wrong with the exercise itself stops the class."""
    try:
        with ONE_AT_A_TIME:
            prepared = exercise.prepared(seed)
    except Exception as error:
        raise UnfitExercise(UNFIT.format(name=exercise.name, why=f"{type(error).__name__}: {error}")) from error
    for case, target in zip(prepared.cases, prepared.targets):
        if target is None:
            seen = exercise.observe(exercise.reference, case)
            why = seen.failure.sentence() if seen.failure else "its solution gives None."
            raise UnfitExercise(UNFIT.format(name=exercise.name, why=why))
    if not prepared.cases:
        raise UnfitExercise(UNFIT.format(name=exercise.name, why="it draws no case."))


def rows_unjudged(paper: Paper, exercises: Sequence[Exercise], why: str) -> list[Row]:
    """The rows of a submission over which the judge itself failed; they are not to be kept."""
    message = UNJUDGED.format(why=why)
    return [row_without_verdict(paper.student, paper.lesson, one, "not attempted", message) for one in exercises]


def is_unjudged(rows: Sequence[Row]) -> bool:
    """Whether rows are those of a submission over which the judge itself failed."""
    return any(row.message.startswith(UNJUDGED.partition("{")[0]) for row in rows)


def row_without_verdict(student: str, lesson: str, exercise: Exercise, outcome: str, message: str) -> Row:
    """The row of an exercise that could not be judged, with the reason."""
    return Row(student, lesson, exercise.name, 0.0, exercise.points, outcome, message)


def _row(paper: Paper, exercise: Exercise, verdict: Feedback) -> Row:
    correct, recognised = verdict.outcome == "correct", verdict.misconception is not None
    message = shortened(verdict.message, LONGEST_MESSAGE)
    return Row(
        paper.student,
        paper.lesson,
        exercise.name,
        exercise.points if correct else 0.0,
        exercise.points,
        verdict.outcome,
        message if recognised or not paper.note else f"{message} {paper.note}",
        shortened(verdict.evidence, LONGEST_MESSAGE),
        recognised,
    )


def _verdict(paper: Paper, exercise: Exercise, seed: int, session: Session) -> Feedback:
    """Feedback on one exercise, also where the worker ends over it."""
    name = exercise.answer_name
    if name in paper.faults:
        return Feedback(exercise.name, "not yet", paper.faults[name])
    steps = [step for step in paper.steps if name in step.answers]
    if not steps:
        return Feedback(exercise.name, "not attempted", MISSING.format(name=name))
    try:
        return _feedback(exercise, seed, session, steps)
    except Broken:
        return Feedback(exercise.name, "not yet", BROKEN)
    except SandboxError:
        raise
    except (Died, Late) as error:
        return Feedback(exercise.name, "not yet", _why_given_up(error, session, steps))
    except Exception as error:  # An answer that nobody reckoned with costs its own point, not the class its report
        session.end()
        return Feedback(exercise.name, "not yet", INCOMPARABLE.format(kind=type(error).__name__))


def _why_given_up(error: Died | Late, session: Session, steps: Sequence[Step]) -> str:
    why = session.end(late=isinstance(error, Late))
    if session.is_over():
        return _fault(session, steps) or NO_TIME.format(seconds=session.limits.seconds)
    return GIVEN_UP.format(why=STRANGE if isinstance(error, Unreadable) else why)


def _fault(session: Session, steps: Sequence[Step]) -> str:
    """How the last of these cells failed; nothing where none did."""
    return next((session.faults[step] for step in reversed(steps) if step in session.faults), "")


def _feedback(exercise: Exercise, seed: int, session: Session, steps: Sequence[Step]) -> Feedback:
    remote = session.remote()
    try:
        answer = remote.answer(exercise.answer_name)
    except RemoteError as error:
        return Feedback(exercise.name, "not yet", error.seen.sentence())
    except Missing:
        fault = _fault(session, steps)
        message = fault or MISSING.format(name=exercise.answer_name)
        return Feedback(exercise.name, "not yet" if fault else "not attempted", message)
    feedback = _feedback_on(answer, exercise, seed, remote)
    if remote.is_waiting:
        session.end()  # What was stopped may still be running
        if session.is_over():
            raise Late
    return feedback


def _feedback_on(answer: Any, exercise: Exercise, seed: int, remote: Remote) -> Feedback:
    if answer is None or answer is ... or exercise.is_function and not callable(answer):
        return exercise.feedback(answer, seed)
    kind = RemoteFunction if exercise.is_function else RemoteValue
    return exercise.feedback(kind(remote, exercise.answer_name), seed)
