"""The hostile submissions of the homework under `imgrec grade`: each loses its own points and no others."""

from collections.abc import Iterator, Sequence
from pathlib import Path

from grading_parts import answers, students
from grading_parts.homework import Homework
from grading_parts.students import Student
from grading_parts.tool_imgrec import Imgrec

Row = dict[str, str]


def hostile_class(homework: Homework) -> list[Student]:
    """All hostile students among tame ones."""
    found = [students.right(homework, 0, "tame_first")]
    found += [students.with_one(homework, f"hostile_{name}", *one) for name, one in answers.HOSTILE.items()]
    found += [students.cheat(homework, "hostile_cheat")]
    found += [students.with_one(homework, f"wrong_{name}", *one) for name, one in answers.WRONG.items()]
    if any(task.name == "build_cnn" for task in homework.tasks):
        found.append(students.with_one(homework, "warned", "build_cnn", answers.WARNED, solved=True))
    return [*found, students.untouched(homework, "untouched"), students.right(homework, 77, "tame_last")]


def faults(homework: Homework, student: Student, rows: Sequence[Row]) -> Iterator[str]:
    """What is not as it should be in the rows of one student, a sentence each."""
    if sorted(row["exercise"].partition(".")[2] for row in rows) != sorted(task.name for task in homework.tasks):
        yield f"has {len(rows)} rows for {len(homework.tasks)} tasks"
    for row in rows:
        task, full = row["exercise"].partition(".")[2], float(row["points"]) == float(row["max_points"])
        if full != (task in student.solved) or full != (row["outcome"] == "correct"):
            yield f"gets {row['points']} of {row['max_points']} for {task}, {row['outcome']}: {row['message']}"
        if student.name == "wrong_syntax" and not full and "syntax" not in row["message"].lower():
            yield f"is not told of the syntax error: {row['message']}"


def run(homework: Homework, work: Path, jobs: int) -> int:
    """Print a line a student, then how many came out as they should; returns 1 where one did not."""
    tool, given = Imgrec(homework, work), hostile_class(homework)
    done = tool.grade(given, jobs)
    rows, good = tool.rows(), 0
    for student in given:
        own = [row for row in rows if row["student"] == student.name]
        found = [*faults(homework, student, own)]
        good += not found
        told = next((row["message"] for row in own if row["outcome"] != "correct"), "everything is right")
        print(f"{student.name:18} {'; '.join(found) or f'as it should be: {told}'}", flush=True)
    if done.status:
        print(f"imgrec grade ended with status {done.status}; its output is in {tool.folder / 'log.txt'}")
    print(
        f"{homework.name}, hostile class in {done.seconds:.0f} s: {good} of {len(given)} students have what they "
        f"should: ratio {good / len(given):.2f}"
    )
    return int(good < len(given) or done.status != 0)
