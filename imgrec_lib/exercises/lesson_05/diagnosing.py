"""The exercise of finding causes: six things that go wrong with borrowed networks, and what lies behind each."""

from typing import Any

from imgrec_lib.exercises.making import value

CAUSES = {"A": "range", "B": "rate", "C": "batch-norm", "D": "cut", "E": "classes", "F": "rival"}


def _up_to_the_first_wrong(answer: Any) -> Any:
    """The dictionary with everything after its first wrong entry put right, so that one thing is told at a time."""
    if not isinstance(answer, dict):
        return answer
    given, kept = {str(symptom).strip().upper(): cause for symptom, cause in answer.items()}, {}
    for symptom, cause in CAUSES.items():
        said = given.get(symptom, ...)
        if said is not ...:
            kept[symptom] = said.strip().casefold() if isinstance(said, str) else said
        if kept.get(symptom) != cause:
            rest = list(CAUSES)[list(CAUSES).index(symptom) + 1 :]
            return kept | {name: CAUSES[name] for name in rest}
    return kept


diagnosis = value(
    "05.diagnosis",
    CAUSES,
    observe_with=_up_to_the_first_wrong,
    hints=(
        "Which of these six have you seen happen in this lesson, and what had been changed just before?",
        "Begin with the surest one, and cross its cause out: each cause belongs to one symptom.",
        "Nothing was trained in A, C and E. In A every answer is nonsense, in C the company decides, E has a stranger.",
    ),
    praise="None of the six gives an error message. Whoever knows the symptoms does not have to guess.",
)


def _said(symptom: str, *causes: str) -> list[dict[str, str]]:
    """Answers that are wrong about one symptom, in each of the ways named, by default in all."""
    wrong = causes or [cause for cause in CAUSES.values() if cause != CAUSES[symptom]]
    return [CAUSES | {symptom: cause} for cause in wrong]


diagnosis.misconception(
    "Look at A again: the class *espresso* is there, and a photograph that the network knows gets nonsense. So ask "
    "which numbers it was fed.",
    *_said("A"),
)
diagnosis.misconception(
    "Look at B again: it began well, and ten steps ruined it. So ask how far each step went.",
    *_said("B"),
)
diagnosis.misconception(
    "Look at C again: the picture stayed the same, its company did not. So ask which layer looks at the whole batch.",
    *_said("C"),
)
diagnosis.misconception(
    "Look at D again: the last layers were made for other questions, and the earlier ones kept more. So ask from where "
    "the features came.",
    *_said("D"),
)
diagnosis.misconception(
    "Look at E again: the picture was prepared as it should be, and *hedgehog* is not among the answers. So ask what "
    "it could have said.",
    *_said("E"),
)
diagnosis.misconception(
    "Look at F again: nothing is wrong with the winner. So ask how hard the other one was allowed to try.",
    *_said("F"),
)
