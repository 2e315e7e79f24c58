"""What happens in a sleep: filter, segment, fold, learn facts, supersede, summarise; all in a journal."""
