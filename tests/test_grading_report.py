"""The report on a graded class: its files have the shape that others read, whatever names and messages hold."""

import csv
import os
import time
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote_to_bytes
from xml.etree import ElementTree

import pytest

from imgrec_lib import files
from imgrec_lib.exercises import catalogue
from imgrec_lib.grading import report
from imgrec_lib.grading.report import cleaning, counting, naming, pages
from imgrec_lib.grading.report.asking import asked
from imgrec_lib.grading.rows import Graded, Row

ISOLATION = "Each submission ran alone & apart."
FLIPPED = "You turned the kernel by 180° before laying it on: here it is laid on as it is written."
TASKS = {
    "02.convolve": "**Exercise.** Write `convolve(image, kernel)`.\n\n- one\n- two\n\n```python\nx < 1\n```",
    "02.relu": "Write <b>relu</b>.",
}
VOID = {"meta", "link", "img", "br", "hr", "input"}
HOSTILE_NAMES = [
    "Ana María Ñandú",
    "\"quoted\" 'name'",
    "<script>alert(1)</script>".replace("/", "∕"),
    "=1+1",
    "-rf",
    "50% #1 ?a=b&c",
    "line\nbreak",
    "\u202egnp.exe",
    os.fsdecode(b"not-utf8-\xff"),
    "é" * 127,
    "x" * 255,
    ".hidden",
]
HOSTILE_MESSAGES = [
    "<script>alert(1)</script><img src=x onerror=alert(1)>",
    "`</code><script>alert(1)</script>`",
    "]]> & </failure> <!-- --> {{ 7 * 7 }} {% raw %}",
    "\x00\x01\x08\x0b\x1f\x7f\x85\x9b",
    "lone \ud800 and \udfff, \ufffe\uffff",
    "\x1b[31mred\x1b[0m \x1b]0;title\x07end",
    "\u202eturned\u2066\u2069",
    'one,two\r\n"three"\rfour\nfive',
    "<u>" * 700_000,
    "'" * 5_000,
]


def row(student="Ana", lesson="02_by_hand", exercise="02.convolve", points=1.0, outcome="correct", **more):
    message = more.pop("message", "Cut out, multiply, add, move on.")
    return Row(student, lesson, exercise, points, more.pop("max_points", 1.0), outcome, message, **more)


def graded(*rows):
    return Graded(rows, ISOLATION, TASKS)


CLASS = graded(
    row("Ben", exercise="02.convolve", points=0, outcome="not yet", message=FLIPPED, evidence="Tried with `[[1]]`.",
        misconception=True),
    row("Ben", exercise="02.relu", points=0, outcome="not attempted", message="Put your answer in place of the dots."),
    row("ana", exercise="02.convolve", points=0, outcome="not yet", message=FLIPPED, misconception=True),
    row("ana", exercise="02.relu", points=0.5, max_points=2, outcome="not yet", message="Stopped after 10 seconds."),
    row("Éva", lesson="hw10", exercise="hw10.a", points=1, message="Well done."),
    row("Éva", exercise="02.convolve", points=1),
    row("Éva", exercise="02.relu", points=0, max_points=2, outcome="not yet", message="Stopped after 30 seconds."),
    row("Éva", lesson="hw2", exercise="hw2.a", points=3, max_points=3),
)  # fmt: skip


class Page(HTMLParser):
    """What stands in a page: its elements with their attributes, its text, and the rows of its tables."""

    def __init__(self, text):
        super().__init__(convert_charrefs=True)
        self.elements, self.open, self.words, self.table_rows = [], [], [], []
        self.feed(text)
        self.close()
        assert self.open == [], self.open

    def handle_starttag(self, tag, attributes):
        self.elements.append((tag, dict(attributes)))
        self.open += [] if tag in VOID else [tag]
        if tag == "tr":
            self.table_rows.append([])
        if tag in ("td", "th"):
            self.table_rows[-1].append("")

    def handle_startendtag(self, tag, attributes):
        self.elements.append((tag, dict(attributes)))

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        if "style" not in self.open:
            self.words.append(data)
        if {"td", "th"} & set(self.open):
            self.table_rows[-1][-1] += data

    @property
    def text(self):
        return " ".join("".join(self.words).split())

    @property
    def rows(self):
        return [[" ".join(cell.split()) for cell in cells] for cells in self.table_rows]

    def links(self):
        return [attributes["href"] for tag, attributes in self.elements if tag == "a"]


def written(graded, folder):
    report.write(graded, folder)
    return {path.relative_to(folder): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def scores(folder):
    with (folder / "scores.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def page(path):
    return Page(path.read_text(encoding="utf-8"))


def test_a_report_is_these_files_and_no_others(tmp_path):
    names = {str(name) for name in written(CLASS, tmp_path / "new" / "report")}
    pages_of_students = {f"feedback/{name}.html" for name in ("ana", "Ben", "Éva")}
    assert names == {"scores.csv", "junit.xml", "index.html", "summary.md"} | pages_of_students


def test_scores_hold_a_line_for_each_row_in_order(tmp_path):
    report.write(CLASS, tmp_path)
    lines = (tmp_path / "scores.csv").read_bytes().split(b"\n")
    assert lines[0] == b"student,lesson,exercise,points,max_points,outcome,message"
    assert lines[2] == b"Ben,02_by_hand,02.relu,0,1,not attempted,Put your answer in place of the dots."
    read = [(r["student"], r["exercise"], float(r["points"]), r["outcome"], r["message"]) for r in scores(tmp_path)]
    assert read == [(r.student, r.exercise, r.points, r.outcome, r.message) for r in CLASS.rows]


@pytest.mark.parametrize(("value", "text"), [(2.0, "2"), (0.5, "0.5"), (0, "0"), (1 / 3, "0.3333333333333333")])
def test_points_are_printed_without_a_needless_zero(tmp_path, value, text):
    report.write(graded(row(points=value, max_points=value)), tmp_path)
    assert [scores(tmp_path)[0][name] for name in ("points", "max_points")] == [text, text]


def test_junit_counts_and_names_what_its_readers_look_for(tmp_path):
    report.write(CLASS, tmp_path)
    root = ElementTree.parse(tmp_path / "junit.xml").getroot()
    assert root.tag == "testsuites"
    assert [root.get(name) for name in ("tests", "failures", "skipped", "errors")] == ["8", "4", "1", "0"]
    ana, ben, eva = root
    assert [suite.get("name") for suite in root] == ["ana", "Ben", "Éva"]
    assert [ben.get(name) for name in ("tests", "failures", "skipped")] == ["2", "1", "1"]
    assert [case.get("classname") for case in eva] == ["Éva.hw10", "Éva.02_by_hand", "Éva.02_by_hand", "Éva.hw2"]
    failed, skipped = ben
    assert (failed.get("name"), failed[0].tag, failed[0].get("message")) == ("02.convolve", "failure", FLIPPED)
    assert failed[0].text == f"{FLIPPED}\nTried with `[[1]]`."
    assert (skipped[0].tag, skipped[0].get("message")) == ("skipped", "Put your answer in place of the dots.")
    assert len(eva[0]) == 0
    timed = [element for element in root.iter() if element.tag.startswith("test")]
    assert [element.get("time") for element in timed] == ["0"] * (1 + 3 + 8)


def test_the_index_counts_what_the_rows_hold(tmp_path):
    report.write(CLASS, tmp_path)
    index = page(tmp_path / "index.html")
    glance = "Students 3 Lessons 3 Mean share of points 29 % Exercises correct 3 of 8"
    assert glance in index.text.replace("\xa0", " ")  # The mean of 0 of 2, 0.5 of 3 and 5 of 7
    assert ISOLATION in index.text
    assert index.rows[:4] == [
        ["Student", "02 by hand", "hw2", "hw10", "Total"],
        ["ana", "0.5 of 3", "–not handed in", "–not handed in", "0.5 of 3"],
        ["Ben", "0 of 2", "–not handed in", "–not handed in", "0 of 2"],
        ["Éva", "1 of 3", "3 of 3", "1 of 1", "5 of 7"],
    ]
    assert index.rows[4] == ["Mean share", "17 %", "100 %", "100 %", "29 %"]


def test_the_hardest_exercises_come_first_with_their_counts(tmp_path):
    report.write(CLASS, tmp_path)
    rows = page(tmp_path / "index.html").rows
    start = next(place for place, cells in enumerate(rows) if cells[0] == "Exercise")
    assert rows[start + 1 : start + 5] == [
        ["02.relu 02 by hand", "0 %", "0", "2", "1"],
        ["02.convolve 02 by hand", "33 %", "1", "2", "0"],
        ["hw2.a hw2", "100 %", "1", "0", "0"],
        ["hw10.a hw10", "100 %", "1", "0", "0"],
    ]


def test_a_misconception_is_counted_with_the_names_of_those_who_have_it(tmp_path):
    report.write(CLASS, tmp_path)
    text = page(tmp_path / "index.html").text
    known, others = text.split("Misconceptions")[1].split("Other reasons")
    assert f"2 times {FLIPPED} 02.convolve ana, Ben" in known
    assert "Stopped" not in known and FLIPPED not in others
    assert "2 times Stopped after … seconds. Not yet in 02.relu ana, Éva" in others
    assert "1 time Put your answer in place of the dots. Not attempted yet in 02.relu Ben" in others


def test_reasons_are_sorted_by_how_often_and_keep_who_has_them_once():
    rows = [row(name, exercise=f"02.{name}{i}", outcome="not yet", message=message, misconception=True)
            for name, message in (("b", "Rare."), ("a", "Often."), ("c", "Often.")) for i in range(2)]  # fmt: skip
    rows = [row("a", exercise="02.x", outcome="not yet", message="Often.", misconception=True), *rows]
    rows += [row("b", exercise="02.x", outcome="not yet", message="Often.", misconception=True)]
    found = counting.misconceptions(rows)
    assert [len(reason.rows) for reason in found] == [2, 1, 1, 1, 1, 1, 1]
    other = counting.other_reasons([row("a", outcome="not yet"), row("b", outcome="not yet"), *rows[:0]] * 2)
    assert [(first.student, times) for first, times in other[0].people] == [("a", 2), ("b", 2)]


def test_a_feedback_page_says_what_was_asked_and_what_came_out(tmp_path):
    report.write(CLASS, tmp_path)
    ben = page(tmp_path / "feedback" / "Ben.html")
    assert "Feedback for Ben 0 of 2 points" in ben.text
    assert "0 of 2 exercises are correct. 1 is not yet: a sentence says what to look at next." in ben.text
    assert f"02.convolve Not yet 0 of 1 point {FLIPPED} Tried with [[1]]. What was asked Exercise. Write" in ben.text
    assert "02.relu Not attempted yet 0 of 1 point Put your answer" in ben.text
    assert {"strong", "ul", "li", "pre"} <= {tag for tag, _ in ben.elements}
    assert "Write <b>relu</b>." in ben.text


def test_a_feedback_page_names_no_other_student_and_shows_no_solution(tmp_path):
    exercises = list(catalogue().values())
    rows = [row(name, exercise=exercise.name, outcome=outcome, message=exercise.misconceptions[0].sentence)
            for name, outcome in (("Xanthippe", "not yet"), ("Yorick", "correct"))
            for exercise in exercises]  # fmt: skip
    report.write(graded(*rows), tmp_path)
    text = page(tmp_path / "feedback" / "Xanthippe.html").text
    assert "Yorick" not in text
    assert page(tmp_path / "feedback" / "Xanthippe.html").links() == []
    assert not [e.name for e in exercises if " ".join(e.solution_source.split()) in text]


@pytest.mark.parametrize(
    ("outcomes", "sentence"),
    [
        (["correct"], "Every exercise here is correct. Well done."),
        (["correct", "not attempted"], "1 of 2 exercises is correct. 1 is not attempted yet, and worth a try."),
        (["not yet"] * 2, "0 of 2 exercises are correct. 2 are not yet: a sentence says what to look at next."),
    ],
)
def test_a_page_opens_with_what_is_done(outcomes, sentence):
    assert pages.opening(counting.tally(row(outcome=outcome) for outcome in outcomes)) == sentence


def test_every_link_leads_to_a_page_and_a_place_in_it(tmp_path):
    rows = [row(name, lesson=f"a lesson/{name}", outcome="not yet", message="M.") for name in HOSTILE_NAMES]
    report.write(graded(*rows), tmp_path)
    links = page(tmp_path / "index.html").links()
    assert len(links) == 2 * len(HOSTILE_NAMES)
    assert len({link for link in links if "#" not in link}) == len(HOSTILE_NAMES)
    for link in links:
        address, _, place = link.partition("#")
        target = page(tmp_path / os.fsdecode(unquote_to_bytes(address)))
        assert not place or [e for e in target.elements if e[1].get("id") == place], link


def test_a_page_is_named_after_its_student_where_the_file_system_takes_it(tmp_path):
    report.write(graded(*[row(name) for name in HOSTILE_NAMES]), tmp_path)
    found = {path.name for path in (tmp_path / "feedback").iterdir()}
    short = {f"{name}.html" for name in HOSTILE_NAMES if len(os.fsencode(name)) <= 250}
    assert short <= found and len(found) == len(HOSTILE_NAMES)
    assert all(len(os.fsencode(name)) <= 255 for name in found)
    assert naming.page_name("x" * 254 + "a") != naming.page_name("x" * 254 + "b")


@pytest.mark.parametrize("place", range(len(HOSTILE_MESSAGES)))
@pytest.mark.parametrize("where", ["message", "evidence", "task", "isolation", "exercise"])
def test_nothing_hostile_becomes_markup_or_breaks_a_file(tmp_path, place, where):
    text = HOSTILE_MESSAGES[place]
    short = text[:300]
    kind = {where: short if where == "exercise" else text} if where in ("message", "evidence", "exercise") else {}
    isolation = text if where == "isolation" else "Apart."
    tasks = {"02.convolve": text} if where == "task" else {}
    rows = [row("Ana", outcome="not yet", points=0, **kind), row("Ben", outcome="not attempted", points=0, **kind)]
    report.write(Graded(tuple(rows), isolation, tasks), tmp_path)
    ElementTree.parse(tmp_path / "junit.xml")
    assert [line["student"] for line in scores(tmp_path)] == ["Ana", "Ben"]
    for path in (tmp_path / "index.html", tmp_path / "feedback" / "Ana.html"):
        found = page(path)
        assert not {tag for tag, _ in found.elements} & {"script", "img", "u", "iframe", "object"}
        assert not [a for _, attributes in found.elements for a in attributes if a.startswith("on")]
        assert "49" not in found.text
    for path in tmp_path.rglob("*.*"):
        if path.is_file():
            assert not cleaning.UNFIT_IN_TEXT.search(path.read_text(encoding="utf-8")), path
            assert path.stat().st_size < 500_000


def test_hostile_names_stay_text_in_every_file(tmp_path):
    rows = [row(name, outcome="not yet", message="M.") for name in HOSTILE_NAMES]
    report.write(graded(*rows), tmp_path)
    suites = ElementTree.parse(tmp_path / "junit.xml").getroot()
    shown = [cleaning.clean_name(name) for name in HOSTILE_NAMES]
    assert sorted(suite.get("name") for suite in suites) == sorted(shown)
    assert [line["student"] for line in scores(tmp_path)] == shown
    assert shown[:6] == HOSTILE_NAMES[:6]
    index = page(tmp_path / "index.html")
    assert "script" not in {tag for tag, _ in index.elements}
    assert all(" ".join(name.split()) in index.text for name in shown)


def test_messages_are_read_back_as_they_were_where_a_file_can_hold_them(tmp_path):
    kept = ['a,b;"c"\n\n d\te ', "=1+1", "'", "<b>&amp;</b>", "日本語 ½ 🙂\u200d", ""]
    report.write(graded(*[row(message=message) for message in kept]), tmp_path)
    assert [line["message"] for line in scores(tmp_path)] == kept


@pytest.mark.parametrize(
    ("text", "result"),
    [
        ("\x1b[1;31mred\x1b[0m", "red"),
        ("\x1b]8;;address\x07link", "link"),
        ("a\r\nb\rc\u2028d", "a\nb\nc\nd"),
        ("a\x00b\ud800c\u202ed", "abcd"),
        ("x" * 2000, "x" * 999 + "…"),
    ],
)
def test_a_message_is_cleaned(text, result):
    assert cleaning.clean(text) == result


def test_a_name_is_cleaned_so_that_two_names_stay_two():
    assert cleaning.clean_name("a\nb\t\u202ec\udcff") == r"a\nb\t\u202ec\udcff"
    assert cleaning.clean_name("Ñandú 李 \u200d") == "Ñandú 李 \u200d"


def test_one_exercise_in_two_lessons_has_two_places_in_a_page(tmp_path):
    report.write(graded(row(lesson="a"), row(lesson="b")), tmp_path)
    places = [a["id"] for tag, a in page(tmp_path / "feedback" / "Ana.html").elements if tag == "article"]
    assert len(set(places)) == 2


def test_a_task_is_shown_without_raw_html_pictures_or_dangerous_links():
    line = "<i>x</i> ![a < b <img src=x>](http://x/y.png) [go](javascript:alert(1)) [doc](https://x/)"
    shown = asked(f"# Big\n\n{line}\n\n<div>y</div>\n\n|a|\n|-|\n|1|")
    found = Page(shown)
    assert not {"h1", "i", "img", "div"} & {tag for tag, _ in found.elements}
    assert found.links() == ["#harmful-link", "https://x/"]
    assert "<i>x</i> a < b <img src=x> go" in found.text and "table" in {tag for tag, _ in found.elements}


def test_pages_load_nothing_and_run_nothing(tmp_path):
    report.write(CLASS, tmp_path)
    for path in tmp_path.rglob("*.html"):
        found = page(path)
        policies = [a["content"] for t, a in found.elements if t == "meta" and a.get("http-equiv")]
        assert policies and policies[0].startswith("default-src 'none'")
        assert not {"script", "link", "img"} & {tag for tag, _ in found.elements}
        assert "url(" not in path.read_text(encoding="utf-8") and "@import" not in path.read_text(encoding="utf-8")
        assert all("scope" in attributes for tag, attributes in found.elements if tag == "th")
        assert dict(found.elements)["html"]["lang"] == "en"


def test_the_same_rows_give_the_same_bytes(tmp_path):
    first, second = written(CLASS, tmp_path / "a"), written(CLASS, tmp_path / "deep" / "b")
    assert first == second == written(CLASS, tmp_path / "a")
    assert not any(str(tmp_path).encode() in text for text in first.values())


def test_pages_of_students_who_are_gone_are_removed_and_nothing_else(tmp_path):
    report.write(CLASS, tmp_path)
    others = ["notes.txt", "feedback/mine.html", "feedback/old.css", "feedback/sub/Ben.html"]
    for name in others:
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("mine")
    report.write(graded(row("Ben")), tmp_path)
    left = {str(path.relative_to(tmp_path)) for path in tmp_path.rglob("*") if path.is_file()}
    assert left == {"scores.csv", "junit.xml", "summary.md", "index.html", "feedback/Ben.html", *others}
    assert all((tmp_path / name).read_text() == "mine" for name in others)


@pytest.mark.parametrize("call", ["replace", "fsync"])
@pytest.mark.parametrize("after", range(6))
def test_a_report_that_fails_midway_leaves_only_whole_files(tmp_path, monkeypatch, call, after):
    old = written(CLASS, tmp_path / "new")
    changed = Graded(tuple(row(r.student, message="New.") for r in CLASS.rows), ISOLATION, TASKS)
    new = written(changed, tmp_path / "other")
    real, calls = getattr(os, call), []

    def fail(*arguments):
        calls.append(arguments)
        if len(calls) > after:
            raise OSError(28, "No space left on device")
        return real(*arguments)

    monkeypatch.setattr(files.os, call, fail)
    with pytest.raises(OSError, match="No space left"):
        report.write(changed, tmp_path / "new")
    found = {p.relative_to(tmp_path / "new"): p.read_bytes() for p in (tmp_path / "new").rglob("*") if p.is_file()}
    assert set(found) == set(old)
    assert all(text in (old[name], new[name]) for name, text in found.items())
    assert found[Path("scores.csv")] == old[Path("scores.csv")]
    assert sum(found[name] == new[name] != old[name] for name in found) == after


def test_a_file_is_whole_on_the_disk_before_it_takes_its_name(tmp_path, monkeypatch):
    order = []
    monkeypatch.setattr(files.os, "fsync", lambda number: order.append(os.fstat(number).st_size))
    monkeypatch.setattr(files.os, "replace", lambda source, target: order.append(Path(source).read_bytes()))
    files.write_whole(tmp_path / ("n" * 255), "é\r\n")
    assert order == [4, "é\r\n".encode()]


def test_a_text_that_cannot_be_encoded_leaves_the_old_file(tmp_path):
    files.write_whole(tmp_path / "a", "old")
    with pytest.raises(UnicodeEncodeError):
        files.write_whole(tmp_path / "a", "new \ud800")
    assert [(path.name, path.read_text()) for path in tmp_path.iterdir()] == [("a", "old")]


def test_an_empty_class_has_a_report(tmp_path):
    report.write(graded(), tmp_path)
    assert scores(tmp_path) == []
    assert "Nothing was handed in." in page(tmp_path / "index.html").text
    assert ElementTree.parse(tmp_path / "junit.xml").getroot().get("tests") == "0"


def test_names_are_ordered_as_people_order_them():
    names = ["hw10", "hw2", "Zoë", "zack", "Éva", "eve", "Adam", "hw002"]
    assert sorted(names, key=counting.in_order) == ["Adam", "eve", "Éva", "hw002", "hw2", "hw10", "zack", "Zoë"]


@pytest.mark.parametrize(
    ("share", "text"), [(0, "0 %"), (1, "100 %"), (0.001, "1 %"), (0.999, "99 %"), (0.5, "50 %"), (None, "–")]
)
def test_a_share_is_rounded_but_never_to_all_or_nothing(share, text):
    assert pages.percent(share).replace("\xa0", " ") == text


def test_a_large_class_is_reported_in_seconds(tmp_path):
    rows = [row(f"student {i}", exercise=f"02.e{j}", outcome="not yet", message=f"{i} {FLIPPED}", misconception=j < 4)
            for i in range(1000) for j in range(8)]  # fmt: skip
    start = time.process_time()  # Not the time of a disk that others use too
    report.write(graded(*rows), tmp_path)
    assert time.process_time() - start < 8
    assert len(list((tmp_path / "feedback").iterdir())) == 1000
    assert (tmp_path / "index.html").stat().st_size < 5_000_000


@pytest.mark.parametrize("message", HOSTILE_MESSAGES)
@pytest.mark.parametrize("name", ["| a | b |", "# x", "<b>", "[link](x)", "@everyone", HOSTILE_NAMES[8]])
def test_nothing_hostile_becomes_markdown(name, message, tmp_path):
    report.write(graded(row(student=name, outcome="not yet", points=0.0, message=message)), tmp_path)
    lines = (tmp_path / "summary.md").read_text(encoding="utf-8").splitlines()
    assert [line[:3] for line in lines] == ["## ", "", "###", "", "| e", "| -", "| 0"]
    assert lines[-1].count("|") == 4
    assert not set("`*_<>[]@~") & set("".join(lines))


def test_the_summary_stays_within_what_github_shows(tmp_path):
    rows = [row(student=f"s{place}", message="word " * 190) for place in range(3000)]
    report.write(graded(*rows), tmp_path)
    text = (tmp_path / "summary.md").read_bytes()
    assert len(text) < 1_000_000 and text.endswith(b"More students stand in index.html.\n")


def test_the_summary_says_points_outcome_and_sentence(tmp_path):
    report.write(graded(row(), row(exercise="02.relu", outcome="not yet", points=0.0, message=FLIPPED)), tmp_path)
    text = (tmp_path / "summary.md").read_text(encoding="utf-8")
    assert "## Ana: 1 of 2 points" in text
    assert "| 02.relu | Not yet | You turned the kernel by 180° before laying it on&#58;" in text
