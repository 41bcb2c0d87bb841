"""An exercise on augmentation: for which pictures does a flip tell the truth?"""

from itertools import product
from typing import Any

from imgrec_lib.exercises.comparing import is_number
from imgrec_lib.exercises.making import value

SENTENCES = {
    "healthy or spotted leaf": "Look at the leaf again: a mirror changes neither its health nor its spots.",
    "left or right hand": "Look at the hand again: hold your left hand before a mirror, and see which hand looks back.",
    "letter p or q": "Look at p and q again: write a p on thin paper and read it from the back.",
    "letter A or H": "Look at A and H again: some letters look the same in a mirror. Write them and see.",
    "arrow up or down": "Look at the vertical arrow again: this flip exchanges left and right, not top and bottom.",
    "keep left or keep right": "Look at the road sign again: its meaning lies in the side to which it points.",
}
HONEST = ("healthy or spotted leaf", "letter A or H", "arrow up or down")
SOLUTION = {kind: kind in HONEST for kind in SENTENCES}


def _filled_in(answer: Any) -> Any:
    """The dictionary, with 1 and 0 as True and False, or dots as long as one of its answers is still dots."""
    if not isinstance(answer, dict):
        return answer
    return ... if any(one is ... for one in answer.values()) else {kind: _truth(one) for kind, one in answer.items()}


def _truth(one: Any) -> Any:
    """True or False where one of them, or 1 or 0, is meant."""
    return bool(one) if is_number(one) and one in (0, 1) else one


honest_flips = value(
    "04.honest_flips",
    SOLUTION,
    source="{\n" + "".join(f'    "{kind}": {truth},\n' for kind, truth in SOLUTION.items()) + "}",
    observe_with=_filled_in,
    hints=(
        "Imagine each picture in a mirror: would you still give it the same one of the two labels?",
        "A flip lies where the label depends on which side something points to or lies on. It tells the truth where "
        "left and right say nothing.",
        "Three may be flipped. One has no preferred side, one is symmetric, and one tells only top from bottom.",
    ),
    praise="What counts is the question, not the picture: the same arrow may be flipped when you ask up or down, "
    "and not when you ask left or right.",
)


def _wrong_first_at(number: int) -> list[dict[str, bool]]:
    """All dictionaries that are right up to one kind and wrong there, but for the two that call all kinds alike."""
    kinds = list(SOLUTION)
    right = {kind: SOLUTION[kind] for kind in kinds[:number]}
    tails = product((True, False), repeat=len(kinds) - number - 1)
    found = [
        right | {kinds[number]: not SOLUTION[kinds[number]]} | dict(zip(kinds[number + 1 :], tail)) for tail in tails
    ]
    return [one for one in found if len(set(one.values())) == 2]


honest_flips.misconception(
    "You would flip them all: a flip lies wherever the label says left or right in some way.",
    dict.fromkeys(SOLUTION, True),
)
honest_flips.misconception(
    "You would flip none: that is safe and gives away pictures. Where left and right say nothing, a flip is honest.",
    dict.fromkeys(SOLUTION, False),
)
honest_flips.misconception(
    "Each one is the other way round: True says that the flip is honest, so that the label stays true.",
    {kind: not truth for kind, truth in SOLUTION.items()},
)
for number, sentence in enumerate(SENTENCES.values()):
    honest_flips.misconception(
        sentence,
        *[one for one in _wrong_first_at(number) if any(one[kind] == truth for kind, truth in SOLUTION.items())],
    )
