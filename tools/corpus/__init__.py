"""The stubs of a Linux distribution, as material to measure the checker with.

`python -m tools.corpus fetch` gets the sources, the other commands say what the checker makes of
them: how much it reads, what it finds, what it costs, and what a change to it changes.
"""
