"""Languages: which one a text is in, its words that say little, and what its inflected words share."""
