"""The command line, the clock's work and the demo world."""
