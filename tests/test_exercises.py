"""Every exercise of the catalogue: its solution passes, its misconceptions are told apart, its stub is untouched."""

import tomllib
from pathlib import Path

import pytest
from mutants import mutants

from imgrec_lib.exercises import catalogue
from imgrec_lib.exercises.exercise import Exercise

EXERCISES = catalogue()
SEEDS = (0, 1, 2, 20_261_121)
EQUIVALENT = Path(__file__).parent / "equivalent_mutants"
REFUSED_SHARE = 0.95


def defined(source: str, exercise: Exercise) -> object:
    """What a source text defines under the exercise's answer name."""
    namespace = {}
    exec(compile(source, f"<{exercise.name}>", "exec"), namespace)
    return namespace[exercise.answer_name]


def misconceptions() -> list:
    return [
        pytest.param(exercise, number, answer, id=f"{exercise.name}-{number}-{variant}")
        for exercise in EXERCISES.values()
        for number, misconception in enumerate(exercise.misconceptions)
        for variant, answer in enumerate(misconception.answers)
    ]


@pytest.mark.parametrize("exercise", EXERCISES.values(), ids=list(EXERCISES))
class TestEvery:
    def test_solution_is_correct_on_fresh_seeds(self, exercise):
        answer = defined(exercise.solution_source, exercise)
        for seed in SEEDS:
            feedback = exercise.check(answer, seed)
            assert feedback.outcome == "correct", feedback

    def test_untouched_is_not_attempted(self, exercise):
        stubs = [..., None]
        if exercise.is_function:
            stubs += [lambda *arguments: ..., lambda *arguments: None]
        for stub in stubs:
            assert exercise.check(stub).outcome == "not attempted"

    def test_has_three_hints_and_three_misconceptions(self, exercise):
        assert len(exercise.hints) == 3
        assert len(exercise.misconceptions) >= 3
        assert exercise.hints[0].rstrip().endswith("?")

    def test_hints_do_not_hold_the_solution(self, exercise):
        last = [line.strip() for line in exercise.solution_source.splitlines() if line.strip()][-1]
        assert all(last.removeprefix("return ") not in hint for hint in exercise.hints) or len(last) < 12

    def test_cases_are_drawn_from_the_seed(self, exercise):
        again = [repr(exercise.draw(seed)) for seed in (5, 5, 6)]
        assert again[0] == again[1]
        if any(case for case in exercise.draw()):
            assert again[0] != again[2]


@pytest.mark.parametrize(("exercise", "number", "answer"), misconceptions())
def test_misconception_gets_its_own_sentence(exercise, number, answer):
    for seed in SEEDS:
        feedback = exercise.check(answer, seed)
        assert feedback.outcome == "not yet"
        assert feedback.message == exercise.misconceptions[number].sentence


def equivalents(exercise: Exercise) -> dict[str, str]:
    path = EQUIVALENT / f"lesson_{exercise.name[:2]}.toml"
    known = tomllib.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    return known.get(exercise.answer_name, {})


def survivors(exercise: Exercise) -> tuple[list[str], int]:
    """Mutants of the reference that pass although they are not listed as equivalent, and how many were tried."""
    known, tried, survived = equivalents(exercise), 0, []
    for name, source in mutants(exercise.solution_source):
        if name in known:
            continue
        tried += 1
        try:
            answer = defined(source, exercise)
        except Exception:  # A mutant that cannot even be defined is refused by Python
            continue
        if exercise.check(answer).outcome == "correct":
            survived.append(name)
    return survived, tried


@pytest.mark.filterwarnings("ignore")  # A changed reference may divide by zero
@pytest.mark.parametrize("exercise", EXERCISES.values(), ids=list(EXERCISES))
def test_changed_references_are_refused(exercise):
    survived, tried = survivors(exercise)
    assert len(survived) <= (1 - REFUSED_SHARE) * tried, f"{len(survived)} of {tried} pass: {survived}"


@pytest.mark.parametrize("exercise", EXERCISES.values(), ids=list(EXERCISES))
def test_every_listed_equivalent_is_a_mutant_that_passes(exercise):
    sources = dict(mutants(exercise.solution_source))
    for name, reason in equivalents(exercise).items():
        assert reason and exercise.check(defined(sources[name], exercise)).outcome == "correct", name
