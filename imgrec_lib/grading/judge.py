"""The verdict on one submission: a row for each exercise, whatever its notebook does."""

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from imgrec_lib.exercises.exercise import Exercise
from imgrec_lib.exercises.feedback import Feedback
from imgrec_lib.exercises.observing import ONE_AT_A_TIME
from imgrec_lib.grading.connection import Died, Late, RemoteError
from imgrec_lib.grading.limits import Limits
from imgrec_lib.grading.remote import Remote, RemoteFunction, RemoteObject
from imgrec_lib.grading.rows import Row
from imgrec_lib.grading.sandbox import Sandbox
from imgrec_lib.grading.selecting import Step
from imgrec_lib.grading.session import Broken, Session

NETWORKS = ("keras", "tensorflow")
MISSING = "The notebook has no answer called `{name}`: an answer is a function or a value of that name."
GIVEN_UP = "Your answer was given up: {why}."
NO_TIME = "The {seconds:g} seconds for the whole notebook were over before this answer was tried: look for what takes long."
BROKEN = "No cell of this notebook could be run to its end: run it from top to bottom yourself and see where it stops."


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
    session = Session(sandbox, limits, paper.steps, time.monotonic() + limits.seconds)
    try:
        return [_row(paper, exercise, _verdict(paper, exercise, seed, session)) for exercise in exercises]
    finally:
        session.end()


def row_without_verdict(student: str, lesson: str, exercise: Exercise, outcome: str, message: str) -> Row:
    """The row of an exercise that could not be judged, with the reason."""
    return Row(student, lesson, exercise.name, 0.0, exercise.points, outcome, message)


def _row(paper: Paper, exercise: Exercise, verdict: Feedback) -> Row:
    correct, recognised = verdict.outcome == "correct", verdict.misconception is not None
    return Row(
        paper.student,
        paper.lesson,
        exercise.name,
        exercise.points if correct else 0.0,
        exercise.points,
        verdict.outcome,
        verdict.message if recognised or not paper.note else f"{verdict.message} {paper.note}",
        verdict.evidence,
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
    except (Died, Late) as error:
        late = isinstance(error, Late)
        why = session.end(late)
        if time.monotonic() >= session.deadline:
            return Feedback(exercise.name, "not yet", NO_TIME.format(seconds=session.limits.seconds))
        return Feedback(exercise.name, "not yet", GIVEN_UP.format(why=why))


def _feedback(exercise: Exercise, seed: int, session: Session, steps: Sequence[Step]) -> Feedback:
    remote = session.remote()
    try:
        answer = remote.answer(exercise.answer_name)
    except RemoteError:
        reasons = [session.faults[step] for step in steps if step in session.faults]
        message = reasons[-1] if reasons else MISSING.format(name=exercise.answer_name)
        return Feedback(exercise.name, "not yet" if reasons else "not attempted", message)
    if isinstance(answer, RemoteObject) and callable(answer):
        return _feedback_on_function(exercise, seed, session, remote)
    with ONE_AT_A_TIME:
        return exercise.feedback(answer, seed)


def _feedback_on_function(exercise: Exercise, seed: int, session: Session, remote: Remote) -> Feedback:
    feedback = exercise.feedback(RemoteFunction(remote, exercise.answer_name), seed)
    if remote.was_late:
        session.end()  # What was stopped may still be running
    return feedback
