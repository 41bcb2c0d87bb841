"""What an exercise asks for, from the Markdown of a lesson to HTML that holds nothing but text and its marks."""

from imgrec_lib.grading.report.cleaning import LONGEST_TASK, clean


def asked(task: str) -> str:
    """HTML of a task: paragraphs, lists, code and tables; raw HTML is shown as text and no picture is fetched."""
    import mistune

    class Renderer(mistune.HTMLRenderer):
        def heading(self, text: str, level: int, **attributes: object) -> str:
            return f"<p><strong>{text}</strong></p>\n"

        def image(self, text: str, url: str, title: str | None = None) -> str:
            return f"<em>{text}</em>"

    render = mistune.create_markdown(renderer=Renderer(escape=True), plugins=["table"])
    return render(clean(task, LONGEST_TASK))
