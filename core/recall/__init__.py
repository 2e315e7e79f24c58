"""Recall: a question in, the memories that bear on it out, each with the reason."""

from core.recall.recaller import Recaller

__all__ = ["Recaller"]
