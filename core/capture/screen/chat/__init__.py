"""Chats on the screen: a window's words read into turns, and those of successive looks joined into one talk."""
