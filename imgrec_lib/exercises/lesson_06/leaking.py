"""The exercise on near-duplicates that sit in both parts of a split."""

from collections.abc import Iterator

import numpy as np

from imgrec_lib.exercises.making import function

# How many photographs each group holds, and the share of all that is tested.
ALBUMS = (((2, 1, 2), 0.4), ((3, 1, 1, 2, 4), 0.4), ((1,) * 8, 0.25), ((5,) * 6, 0.3), ((2, 3, 1, 2, 6, 1, 1, 4), 0.5))


@function(
    "06.leaks",
    hints=(
        "Which groups does the network meet in training, and what makes a test photograph unfair then?",
        "Collect the groups of the training places first. Then keep each test place whose own group is among them.",
        "`groups[place]` is the group of one photograph, and `in` asks whether a set holds a number.",
    ),
    praise="A photograph whose twin was learned from tests memory. The places differ, so only the groups give it away.",
)
def leaks(groups: np.ndarray, train: np.ndarray, test: np.ndarray) -> list[int]:
    """The places of `test` whose group also has a photograph in `train`, in rising order."""
    known = {groups[place] for place in train}
    return [place for place in test if groups[place] in known]


@leaks.cases
def _albums(generator: np.random.Generator) -> Iterator[tuple[np.ndarray, np.ndarray, np.ndarray]]:
    """Groups of several sizes with numbers that are no places, in no order; some photographs may be in no part."""
    for sizes, share in ALBUMS:
        numbers = generator.choice(np.arange(100, 200), len(sizes), replace=False)
        while True:
            groups = generator.permutation(np.repeat(numbers, sizes))
            order = generator.permutation(len(groups))
            cut, unused = round(share * len(groups)), len(groups) // 6
            test, train = np.sort(order[:cut]), np.sort(order[cut + unused :])
            if _tells(groups, train, test) or max(sizes) == 1:
                break
        yield groups, train, test
    whole = np.arange(5, 11)
    yield np.full(12, 7), whole, np.array([0, 1, 2, 3])


def _tells(groups: np.ndarray, train: np.ndarray, test: np.ndarray) -> bool:
    """Whether some test places leak and some do not, and a group that leaks does so twice in a larger album."""
    found = np.isin(groups[test], groups[train])
    twice = len(np.unique(groups[test][found])) < found.sum()
    return found.any() and not found.all() and (twice or len(groups) < 6)


def _found(groups, train, test):
    return np.isin(groups[test], groups[train])


leaks.misconception(
    "Those are the clean ones: keep the test places whose group does occur in training.",
    lambda groups, train, test: list(test[~_found(groups, train, test)]),
    lambda groups, train, test: list(test[~np.isin(groups[test], train)]),
)
leaks.misconception(
    "You compared places, and the two parts never share one: compare the groups of the photographs.",
    lambda groups, train, test: [place for place in test if place in train],
    lambda groups, train, test: [place for place in train if place in test],
    lambda groups, train, test: [place for place in test if groups[place] in train],
    lambda groups, train, test: [place for place in test if place in groups[train]],
)
leaks.misconception(
    "Those are the numbers of the groups: give the places of the photographs, as they stand in `test`.",
    lambda groups, train, test: list(groups[test][_found(groups, train, test)]),
    lambda groups, train, test: sorted(set(groups[test]) & set(groups[train])),
    lambda groups, train, test: set(groups[test].tolist()) & set(groups[train].tolist()),
)
leaks.misconception(
    "Those places count within `test`: give the places that stand in it.",
    lambda groups, train, test: list(np.flatnonzero(_found(groups, train, test))),
    lambda groups, train, test: np.flatnonzero(_found(groups, train, test)),
)
leaks.misconception(
    "True and False came back, one for each test photograph: give the places where it is true.",
    lambda groups, train, test: _found(groups, train, test),
    lambda groups, train, test: _found(groups, train, test).tolist(),
)
leaks.misconception(
    "Those are training places: go through `test`, and ask of each whether its group is in training.",
    lambda groups, train, test: list(train[np.isin(groups[train], groups[test])]),
)
leaks.misconception(
    "That is how many there are: give the places themselves.",
    lambda groups, train, test: int(_found(groups, train, test).sum()),
    lambda groups, train, test: float(_found(groups, train, test).mean()),
    lambda groups, train, test: bool(_found(groups, train, test).any()),
)
leaks.misconception(
    "A group that leaks more than once is counted once in yours: give every test place of it.",
    lambda groups, train, test: sorted(
        {groups[place]: place for place in test[_found(groups, train, test)][::-1]}.values()
    ),
    lambda groups, train, test: sorted({groups[place]: place for place in test[_found(groups, train, test)]}.values()),
)
leaks.misconception(
    "You looked for groups with several photographs anywhere: what counts is one in `test` and one in `train`.",
    lambda groups, train, test: [place for place in test if (groups == groups[place]).sum() > 1],
    lambda groups, train, test: [place for place in test if (groups[test] == groups[place]).sum() > 1],
    lambda groups, train, test: [place for place in range(len(groups)) if (groups == groups[place]).sum() > 1],
)
leaks.misconception(
    "You went through `groups` as a whole: only the places that stand in `test` are asked for.",
    lambda groups, train, test: list(np.flatnonzero(np.isin(groups, groups[train]))),
    lambda groups, train, test: list(np.flatnonzero(np.isin(groups, groups[train]) & np.isin(groups, groups[test]))),
)
leaks.misconception(
    "Only one place came back: a `return` inside the loop ends the search, so collect first and return at the end.",
    lambda groups, train, test: next((place for place in test if groups[place] in groups[train]), None),
    lambda groups, train, test: list(test[_found(groups, train, test)][:1]),
)
