"""The screen under Wayland: asked of the desktop's portal by a helper without the key, its pictures by GStreamer."""
