"""What is measured of capture, a module for each way of playing the session."""
