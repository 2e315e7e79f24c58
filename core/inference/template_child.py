"""The process in which a file's chat template is rendered, with made-up messages alone; it ends after one answer."""

from core.inference.chat_format import format_as_json
from core.inference.child import Header, Reply, serve
from core.inference.template import learn


def _learn(header: Header, template: bytes) -> Reply:
    """{"end"} and the template's text -> {"format"}, see chat_format.format_as_json."""
    return {"format": format_as_json(learn(template.decode("utf-8", "replace"), str(header["end"])))}, b""


def main() -> None:
    """Learn for the host until it closes the pipe."""
    serve({"learn": _learn})


if __name__ == "__main__":
    main()
