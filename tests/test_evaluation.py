import numpy as np
import pytest
import sklearn.metrics as oracle

from imgrec_lib import evaluation


def answers(seed: int, count: int = 200, classes: int = 5) -> tuple[np.ndarray, np.ndarray]:
    generator = np.random.default_rng(seed)
    return generator.integers(classes, size=count), generator.integers(classes, size=count)


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("count", [1, 7, 200])
def test_the_confusion_matrix_is_that_of_scikit_learn(seed: int, count: int):
    labels, predictions = answers(seed, count)
    expected = oracle.confusion_matrix(labels, predictions, labels=range(5))
    assert (evaluation.confusion_matrix(labels, predictions, 5) == expected).all()


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("count", [3, 200])
def test_precision_recall_and_f1_are_those_of_scikit_learn(seed: int, count: int):
    labels, predictions = answers(seed, count)
    expected = oracle.precision_recall_fscore_support(labels, predictions, labels=range(5), zero_division=0)[:3]
    found = evaluation.precision_recall_f1(evaluation.confusion_matrix(labels, predictions, 5))
    assert np.allclose(found, expected)


def test_a_class_that_never_occurs_scores_zero_without_a_warning(recwarn: pytest.WarningsRecorder):
    scores = evaluation.precision_recall_f1([[3, 0], [0, 0]])
    assert [list(score) for score in scores] == [[1, 0], [1, 0], [1, 0]]
    assert not recwarn.list


@pytest.mark.parametrize("seed", range(3))
def test_accuracy_is_the_diagonal_over_everything(seed: int):
    labels, predictions = answers(seed)
    matrix = evaluation.confusion_matrix(labels, predictions, 5)
    assert evaluation.accuracy(labels, predictions) == pytest.approx(np.trace(matrix) / matrix.sum())


def test_right_answers_alone_score_one():
    labels = np.arange(5)
    assert evaluation.accuracy(labels, labels) == 1
    assert (np.array(evaluation.precision_recall_f1(np.eye(5))) == 1).all()


def test_lists_are_taken_as_well_as_arrays():
    assert evaluation.confusion_matrix([0, 1, 1], [0, 0, 1], 2).tolist() == [[1, 0], [1, 1]]


def test_the_worst_mistakes_are_wrong_and_in_order_of_confidence():
    probabilities = np.array([[0.9, 0.1], [0.6, 0.4], [0.2, 0.8], [0.99, 0.01], [0.5, 0.5]])
    assert evaluation.worst_mistakes(probabilities, [1, 1, 1, 1, 0], 2).tolist() == [3, 0]
    assert evaluation.worst_mistakes(probabilities, [1, 1, 1, 1, 0], 9).tolist() == [3, 0, 1]


def test_without_mistakes_there_are_no_worst_ones():
    assert evaluation.worst_mistakes(np.eye(3), [0, 1, 2], 5).shape == (0,)


@pytest.mark.parametrize("labels, predictions", [([0, 1], [0]), ([], []), ([[0]], [[0]])])
def test_lists_that_do_not_match_are_refused(labels: list, predictions: list):
    with pytest.raises(ValueError, match="cannot be compared"):
        evaluation.accuracy(labels, predictions)


@pytest.mark.parametrize("label", [-1, 3])
def test_a_label_outside_the_classes_is_refused(label: int):
    with pytest.raises(ValueError, match="3 classes are numbered 0 to 2"):
        evaluation.confusion_matrix([0, label], [0, 0], 3)


def test_a_matrix_that_is_not_square_is_refused():
    with pytest.raises(ValueError, match=r"shape \(2, 3\)"):
        evaluation.precision_recall_f1(np.ones((2, 3)))


def test_probabilities_without_labels_are_refused():
    with pytest.raises(ValueError, match="do not go together"):
        evaluation.worst_mistakes(np.ones((2, 3)), [0])
