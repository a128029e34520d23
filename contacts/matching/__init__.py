"""Contact matching: one list against itself (duplicates) and two lists against each other (links).

Pure Python with rapidfuzz and numpy, no Django: it takes `Record`s and gives back plain results, so
that it runs in a worker, in a command and in a test alike. It never writes anything and never
decides for a person below `SURE`. The method and its sources are in docs/matching.md.
"""
