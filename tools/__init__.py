"""Developer tools of the project; no part of the distribution."""
