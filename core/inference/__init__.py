"""Models behind the narrowest interface; each runs in a child process that has no key and no socket."""
