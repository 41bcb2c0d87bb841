"""What the photographs of a collection are to a recogniser: learned from, nearly the same, or of no class it knows."""

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from imgrec_lib.collecting import Collection
    from imgrec_lib.recognising.document import Description


def learned_from(collection: "Collection", description: "Description") -> np.ndarray:
    """Whether each photograph, bool, count, is one that the recogniser learned from, by the digests in its file."""
    return np.isin(collection.digests, list(description.trained_on.get("digests", ())))


def fresh(collection: "Collection", description: "Description") -> np.ndarray:
    """Whether each photograph, bool, count, is neither one that was learned from nor a near-duplicate of one."""
    return ~np.isin(collection.groups, collection.groups[learned_from(collection, description)])


def no_class_in_common(collection: "Collection", description: "Description") -> ValueError:
    """The error for a collection in which the recogniser knows no class."""
    there, known = (", ".join(list(names)[:8]) for names in (collection.class_names, description.class_names))
    return ValueError(
        f"{collection.name} has photographs of {there}, and the recogniser knows {known}; give it some of those"
    )
