"""Guesses the types of externals that no OCaml side declares, from how C uses its values."""

from analyzer.inference.externals import Inferred, InferredExternal, infer_externals
from analyzer.inference.terms import Carrier, Held

__all__ = ["Carrier", "Held", "Inferred", "InferredExternal", "infer_externals"]
