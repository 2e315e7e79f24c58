"""Where memories live: one encrypted SQLite file is the truth, all else can be built from it."""
