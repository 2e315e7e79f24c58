"""The projects of Claude's export, `projects.json`: what each is for and what it was told, as a page."""

from collections.abc import Iterator

from core.capture.conversation import assistants, fields, walk
from core.capture.conversation.attachments import noted
from core.capture.conversation.documents import begins
from core.capture.conversation.fields import Node
from core.capture.conversation.report import ImportContext, Notice, ReadOut, Skipped
from core.capture.conversation.text import Stream, utf8
from core.memory import Channel, Facet, Kind, Observation, Provenance

NAME = "Claude projects"
_GIVEN = "Projects that the service makes for everybody, left out: {n}."


def detect(head: bytes, name: str) -> float:
    """How sure it is, 0 .. 1, that a file with this beginning and name is of this format."""
    begin = begins(head)
    if not begin.startswith((b"[", b"{")) or b'"chat_messages"' in begin:
        return 0.0
    return 0.96 if all(key in begin for key in (b'"uuid"', b'"prompt_template"', b'"is_private"')) else 0.0


def read(source: Stream, context: ImportContext) -> Iterator[ReadOut]:
    """A page for each project; `Skipped.line` is its place in the file."""
    for number, value in enumerate(walk.elements(utf8(source)), 1):
        project = None if value.problem else fields.parsed(value.raw)
        if project is None:
            yield Skipped(line=number, reason=f"a project: {value.problem}" if value.problem else "not a JSON object")
        elif project.get("is_starter_project") is True:
            yield Notice(_GIVEN)
        else:
            yield from _page(project, number, context)


def _page(project: Node, number: int, context: ImportContext) -> Iterator[ReadOut]:
    name = fields.text(project, "name")
    documents = [fields.text(one, "filename", "file_name") for one in fields.several(project, "docs")]
    if documents:
        yield Notice(assistants.ATTACHED, len(documents))
    told = (name, fields.text(project, "description"), fields.text(project, "prompt_template"))
    text = noted("\n\n".join(part for part in told if part.strip()), documents)
    if not text.strip():
        yield Skipped(line=number, reason="a project without words")
        return
    at = assistants.moment(project.get("updated_at") or project.get("created_at"), context)
    yield Observation(
        text=text,
        at=at or context.now,
        at_given=at is not None,
        facet=Facet.PAGE,
        kind=Kind.RESOURCE,
        provenance=Provenance(
            channel=Channel.NOTE,
            app="Claude",
            window=name,
            conversation="Claude projects",
            external_id=fields.text(project, "uuid") or name or str(number),
        ),
    )
