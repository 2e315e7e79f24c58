"""Puts the window and the memory together and runs them: commands, host, timetable."""
