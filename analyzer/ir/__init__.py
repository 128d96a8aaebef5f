"""A small language of our own for C functions; imports nothing of ours."""
