"""Weights that do not fit: planned, kept, read ahead, predicted and drafted around llama.cpp (STREAMING in docs)."""
