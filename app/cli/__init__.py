"""The command line: words to requests, results to tables or JSON."""
