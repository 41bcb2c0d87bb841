"""The prediction how many numbers are trained when a frozen backbone gets a new head."""

from imgrec_lib.exercises.making import value

trainable_count = value(
    "05.trainable_count",
    1280 * 10 + 10,
    source="1280 * 10 + 10",
    relative=0.0,
    hints=(
        "Which numbers may change while the backbone is frozen, and how many inputs does each of the ten outputs have?",
        "The head is one dense layer: a weight from each feature to each class, and one added number a class.",
        "You counted the old head of 1000 classes the same way. Put 10 where 1000 stood, in both places.",
    ),
    praise="Fifty pictures train 12,810 numbers, and the other 3.4 million stay as they are.",
)
trainable_count.misconception(
    "The added numbers are missing: a dense layer has one for each class, besides its weights.",
    1280 * 10,
)
trainable_count.misconception(
    "There is one added number for each class, not for each feature.",
    1280 * 10 + 1280,
)
trainable_count.misconception(
    "The whole layer does not share one added number: each class has one of its own.",
    1280 * 10 + 1,
    1280 * 1000 + 1,
)
trainable_count.misconception(
    "That is the old head of 1000 classes: it was cut off, and the new one has ten.",
    1280 * 1000 + 1000,
    1280 * 1000,
    1280 * 1000 + 10,
    1280 * 10 + 1000,
)
trainable_count.misconception(
    "The backbone is frozen, so its numbers do not change: count the head alone.",
    4_694_024,
    4_694_024 - 1_281_000,
    4_694_024 - 1_281_000 + 12_810,
    4_694_024 + 12_810,
)
trainable_count.misconception(
    "Each feature is joined to each class by a weight of its own: multiply, rather than add, the two counts.",
    1280 + 10,
    1280,
    10,
    1280 + 1,
)
trainable_count.misconception(
    "Weights belong to features and classes. The fifty pictures train them and add none.",
    50 * 10,
    50 * 1280,
    50 * 1280 + 50,
    1280 * 50 + 10,
    50 * 12_810,
    5 * 12_810,
)
trainable_count.misconception(
    "You multiplied with the sides of the picture: the head sees 1280 features and no pixels.",
    96 * 96 * 10 + 10,
    96 * 96 * 3 * 10 + 10,
    64 * 64 * 10 + 10,
    224 * 224 * 3 * 10 + 10,
    96 * 96 * 3 * 10,
    64 * 64 * 10,
)
