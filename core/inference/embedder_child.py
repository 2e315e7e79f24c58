"""The embedder's process: texts in, unit vectors out."""

from pathlib import Path

from core.inference.child import Header, Reply, serve
from core.inference.llama import SentenceModel


class _Embedding:
    def __init__(self) -> None:
        self._model: SentenceModel | None = None

    def load(self, hello: Header) -> Header:
        """Load the model the host names; says its dimensions."""
        self._model = SentenceModel(Path(str(hello["path"])))
        self._model.embed("ready")
        return {"dimensions": self._model.dimensions}

    def embed(self, header: Header, _: bytes) -> Reply:
        """{"texts": [...], "threads"?: n} -> the vectors' float32 bytes, one after the other."""
        texts = header["texts"]
        if self._model is None or not isinstance(texts, list):
            raise TypeError("embed")
        self._model.set_threads(max(1, int(str(header.get("threads", 1)))))
        vectors = [self._model.embed(str(text)).tobytes() for text in texts]
        return {"count": len(vectors)}, b"".join(vectors)


def main() -> None:
    """Be the embedder until the host closes the pipe."""
    embedding = _Embedding()
    serve({"embed": embedding.embed}, ready=embedding.load)


if __name__ == "__main__":
    main()
