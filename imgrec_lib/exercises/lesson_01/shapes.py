"""The exercise on the shape of a cut-out."""

from imgrec_lib.exercises.making import value

cut_out_shape = value(
    "01.cut_out_shape",
    (20, 35, 3),
    hints=(
        "Which of the two slices is about rows, and how many rows does the picture have?",
        "Count what each slice keeps: the row 30 is not included, and `5:` goes on to the last column.",
        "The rows 10 to 29 and the columns 5 to 39 remain. How many of each are that, and what is the third size?",
    ),
    praise="Rows first, then columns, then channels; a slice keeps as many as its end minus its start.",
)
cut_out_shape.misconception(
    "A slice stops before its end: `10:30` keeps the rows 10 to 29, which is 30 − 10 of them.",
    (21, 35, 3),
    (21, 36, 3),
    (20, 36, 3),
    (21, 34, 3),
    (20, 34, 3),
    (19, 35, 3),
    (19, 34, 3),
)
cut_out_shape.misconception(
    "You counted columns with the first slice and rows with the second: the first slice is always about rows.",
    (85, 20, 3),
    (20, 85, 3),
    (86, 21, 3),
    (21, 86, 3),
    (84, 20, 3),
    (20, 84, 3),
)
cut_out_shape.misconception(
    "The counts are right and in another order: a shape is height × width × channels.",
    (35, 20, 3),
    (3, 20, 35),
    (3, 35, 20),
    (20, 3, 35),
    (35, 3, 20),
)
cut_out_shape.misconception(
    "You took the number after the colon as the size: the rows before the start are gone too, so subtract.",
    (30, 35, 3),
    (30, 40, 3),
    (30, 90, 3),
    (20, 40, 3),
    (30, 5, 3),
    (10, 30, 3),
    (10, 5, 3),
    (10, 35, 3),
)
cut_out_shape.misconception(
    "`5:` begins at column 5 and goes on to the end: it is `:5` that stops there.",
    (20, 5, 3),
    (20, 6, 3),
    (20, 4, 3),
    (21, 5, 3),
    (21, 6, 3),
)
cut_out_shape.misconception(
    "The channels are missing: nothing was cut from the third axis, so its size is still there.",
    (20, 35),
    (35, 20),
    (20, 35, 1),
    (20, 35, 0),
    (21, 36),
)
cut_out_shape.misconception(
    "This is the shape of the whole picture, or of what is cut off: ask what remains after both slices.",
    (90, 40, 3),
    (40, 90, 3),
    (70, 5, 3),
    (70, 35, 3),
)
cut_out_shape.misconception(
    "You multiplied: a shape is written as its sizes one by one, in brackets and with commas.",
    20 * 35 * 3,
    20 * 35,
)
