"""Photographs that show the same picture: saved again, resized, brightened, mirrored, or cropped a little.

First, candidates: a signature of 64 numbers, the low frequencies of the discrete cosine transform of a grey thumbnail,
as in the perceptual hash pHash (Zauner 2010), but kept as numbers, and each multiplied by its frequency, since in
photographs amplitude falls with frequency (Field 1987) and the sky would outweigh the rest. Signatures of the whole are
compared with those of six cuts of the others, and mirrored ones too. Then, a proof: the two thumbnails are laid on each
other by ECC (Evangelidis and Psarakis 2008), and must agree in tones and in details.
"""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

import numpy as np

from imgrec_lib.progress import Report

_THUMBNAIL, _CUT, _SMALL, _FREQUENCIES = 48, 44, 32, 8
_ROWS, _MOST_EACH, _PORTION, _THREADS = 256, 20, 64, 2
_CANDIDATE, _WORTH_LAYING, _SAME_TONES, _SAME_DETAILS = 0.73, 0.25, 0.84, 0.8
_LEAST_SHARED = 0.6
_BLUR = 3.0
_ROUNDS = 5


def groups_of(images: np.ndarray, digests: Sequence[str], report: Report = lambda words, share: None) -> np.ndarray:
    """A number for each photograph, int64, the same for near-duplicates: the place of the first of them.

    images: uint8, count × side × side × 3. digests: equal ones are duplicates without a look. Memory grows with the
    count, time with its square: 4,000 take 3 to 5 s of processor time.
    """
    groups = Groups(len(images))
    first: dict[str, int] = {}
    for place, digest in enumerate(digests):
        groups.join(first.setdefault(digest, place), place)
    one_each = np.array(sorted(first.values()), "int64")
    if len(one_each) > 1:
        _join_alike(images[one_each] if len(one_each) < len(images) else images, one_each.tolist(), groups, report)
    return groups.numbers()


class Groups:
    """Disjoint sets of places; joining two joins all that is joined with either."""

    def __init__(self, count: int) -> None:
        self._above = list(range(count))

    def first(self, place: int) -> int:
        """The smallest place that is joined with this one."""
        while self._above[place] != place:
            self._above[place] = self._above[self._above[place]]
            place = self._above[place]
        return place

    def join(self, one: int, other: int) -> None:
        """Put both into one set."""
        one, other = sorted((self.first(one), self.first(other)))
        self._above[other] = one

    def numbers(self) -> np.ndarray:
        """The first place of each place's set, int64."""
        return np.array([self.first(place) for place in range(len(self._above))], "int64")


def _join_alike(images: np.ndarray, places: list[int], groups: Groups, report: Report) -> None:
    thumbnails = _thumbnails(images)
    signatures = np.stack([_signatures(thumbnails, cut) for cut in _cuts()])
    # A mirrored picture has the same waves, those of odd frequency across turned round.
    mirror = np.where(np.arange(_FREQUENCIES**2) % _FREQUENCIES % 2, -1, 1).astype("float32")
    sides = np.stack([signatures[0], signatures[0] * mirror])
    pairs = _candidates(sides, signatures, report)
    with ThreadPoolExecutor(_THREADS) as executor:
        # In portions, best first: after the first ones, most pairs of a large group are joined already.
        for start in range(0, len(pairs), _PORTION):
            some = [row for row in pairs[start : start + _PORTION] if _apart(groups, places[row[0]], places[row[1]])]
            how = [
                divmod(int((sides[:, one] @ signatures[:, other].T).argmax()), len(signatures)) for one, other in some
            ]
            agreed = executor.map(lambda row, how: _agree(thumbnails, *row, *how), some, how)
            for (one, other), same in zip(some, agreed, strict=True):
                if same:
                    groups.join(places[one], places[other])


def _apart(groups: Groups, one: int, other: int) -> bool:
    return groups.first(one) != groups.first(other)


def _thumbnails(images: np.ndarray) -> np.ndarray:
    """Grey thumbnails, float32, count × 48 × 48."""
    import cv2

    found = np.empty((len(images), _THUMBNAIL, _THUMBNAIL), "float32")
    for place, image in enumerate(images):
        grey = cv2.cvtColor(image, cv2.COLOR_RGB2GRAY)
        found[place] = cv2.resize(grey, (_THUMBNAIL, _THUMBNAIL), interpolation=cv2.INTER_AREA)
    return found


def _cuts() -> list[tuple[int, int, int]]:
    """The side, top and left of the whole thumbnail, of its middle, and of its four corners."""
    end = _THUMBNAIL - _CUT
    corners = [(_CUT, top, left) for top in (0, end) for left in (0, end)]
    return [(_THUMBNAIL, 0, 0), (_CUT, end // 2, end // 2), *corners]


def _signatures(thumbnails: np.ndarray, cut: tuple[int, int, int]) -> np.ndarray:
    """64 numbers a thumbnail, float32, of length 1 together; for one colour all are 0, which is like nothing."""
    import cv2

    side, top, left = cut
    inside = thumbnails[:, top : top + side, left : left + side]
    small = np.stack([cv2.resize(one, (_SMALL, _SMALL), interpolation=cv2.INTER_AREA) for one in inside])
    waves = np.cos(np.pi * np.outer(np.arange(_FREQUENCIES), 2 * np.arange(_SMALL) + 1) / (2 * _SMALL)).astype(
        "float32"
    )
    weights = np.hypot(*np.indices((_FREQUENCIES, _FREQUENCIES))).astype("float32")
    spectrum = ((waves @ small @ waves.T) * weights).reshape(len(small), -1)
    return spectrum / np.maximum(np.linalg.norm(spectrum, axis=1, keepdims=True), 1e-6)


def _candidates(sides: np.ndarray, signatures: np.ndarray, report: Report) -> list[tuple[int, int]]:
    """Pairs of places that may be alike, the likeliest first.

    sides: signatures as they are and mirrored, 2 × count × 64. signatures: those of all cuts, 6 × count × 64.
    """
    found = []
    count = signatures.shape[1]
    for start in range(0, count, _ROWS):
        report("Looking for near-duplicates.", start / count)
        found.append(_likeliest(sides[:, start : start + _ROWS], signatures, start))
    one, other, likeness = np.concatenate(found).T
    pairs = np.stack([one, other], axis=1)[np.argsort(-likeness, kind="stable")].astype("int64")
    # A pair is found from both sides; the likelier one stays.
    _, firsts = np.unique(np.sort(pairs, axis=1), axis=0, return_index=True)
    return [(one, other) for one, other in pairs[np.sort(firsts)].tolist()]


def _likeliest(sides: np.ndarray, signatures: np.ndarray, start: int) -> np.ndarray:
    """For some rows, at most twenty candidates each: place, other place and likeness, count × 3."""
    best = np.full((sides.shape[1], signatures.shape[1]), -1, "float32")
    for side in sides:
        for others in signatures:
            np.maximum(best, side @ others.T, out=best)
    rows = np.arange(len(best))
    best[rows, rows + start] = -1
    if best.shape[1] > _MOST_EACH:
        least = np.partition(best, -_MOST_EACH, axis=1)[:, -_MOST_EACH]
        best[best < np.maximum(least, _CANDIDATE)[:, None]] = -1
    one, other = np.nonzero(best > _CANDIDATE)
    return np.stack([one + start, other, best[one, other]], axis=1)


def _agree(thumbnails: np.ndarray, one: int, other: int, mirrored: int, cut: int) -> bool:
    """Whether two thumbnails show the same once the second is laid on the first, from its cut on."""
    import cv2

    template, image = thumbnails[one], thumbnails[other]
    template = np.ascontiguousarray(template[:, ::-1]) if mirrored else template
    side, top, left = _cuts()[cut]
    scale = side / _THUMBNAIL
    warp = np.array([[scale, 0, left], [0, scale, top]], "float32")
    tones, details = _agreement(template, image, warp)
    if details < _WORTH_LAYING or _is_same(tones, details):
        return details >= _WORTH_LAYING
    end = (cv2.TERM_CRITERIA_EPS | cv2.TERM_CRITERIA_COUNT, _ROUNDS, 1e-3)
    try:
        _, warp = cv2.findTransformECC(template, image, warp, cv2.MOTION_AFFINE, end, None, 3)
    except cv2.error:
        return False  # It found no way to lay one on the other.
    return _is_same(*_agreement(template, image, warp))


def _is_same(tones: float, details: float) -> bool:
    return tones > _SAME_TONES and details > _SAME_DETAILS


def _agreement(template: np.ndarray, image: np.ndarray, warp: np.ndarray) -> tuple[float, float]:
    """The correlation of tones and of details where the image, moved by the warp, covers the template; 0 for less."""
    import cv2

    how, size = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP, image.shape[::-1]
    laid = cv2.warpAffine(image, warp, size, flags=how, borderMode=cv2.BORDER_REPLICATE)
    inside = cv2.warpAffine(np.ones_like(image), warp, size, flags=how) > 0.99
    if inside.mean() < _LEAST_SHARED:
        return 0.0, 0.0
    details = [picture - cv2.GaussianBlur(picture, (0, 0), _BLUR) for picture in (template, laid)]
    return _correlation(template[inside], laid[inside]), _correlation(details[0][inside], details[1][inside])


def _correlation(one: np.ndarray, other: np.ndarray) -> float:
    one, other = one - one.mean(), other - other.mean()
    return float((one @ other) / max(1e-6, np.sqrt((one @ one) * (other @ other))))
