"""OCaml text to externals and type definitions."""

from analyzer.mlfront.environment import Environment
from analyzer.mlfront.nodes import DeclaredExternal, MlFile
from analyzer.mlfront.reading import read_ml

__all__ = ["DeclaredExternal", "Environment", "MlFile", "read_ml"]
