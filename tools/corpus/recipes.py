"""How to run the stubs of packages of the corpus: a table, made into what is asked of a run."""

from __future__ import annotations

import contextlib
import tempfile
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from runtime_sim.model.profile import Profile
from runtime_sim.outcome import EVERY_POINT, Policy
from stubcheck.executor import default_jobs
from stubcheck.run import Request
from stubcheck.settings import Settings

_TABLE = Path(__file__).parent / "recipes.toml"


@dataclass(frozen=True, slots=True)
class Recipe:
    """One package: its files below the corpus, and what its build would tell the compiler."""

    name: str
    paths: tuple[str, ...]
    profile: Profile = Profile.OCAML_5
    define: tuple[str, ...] = ()
    include: tuple[str, ...] = ()
    libraries: tuple[str, ...] = ()
    headers: dict[str, str] = field(default_factory=dict)

    def files(self, corpus: Path) -> tuple[str, ...]:
        """The paths, with patterns made into the files that they stand for."""
        found = (sorted(map(str, corpus.glob(path))) for path in self.paths)
        return tuple(path for paths in found for path in paths)


def load_recipes() -> tuple[Recipe, ...]:
    """All that there are, in the order of the table."""
    with _TABLE.open("rb") as file:
        return tuple(_recipe(name, row) for name, row in tomllib.load(file).items())


def _recipe(name: str, row: dict[str, Any]) -> Recipe:
    lists = ("paths", "define", "include", "libraries")
    return Recipe(
        name,
        profile=Profile(row.get("profile", Profile.OCAML_5.value)),
        headers=row.get("headers", {}),
        **{key: tuple(row.get(key, ())) for key in lists},
    )


@contextlib.contextmanager
def request_for(
    recipe: Recipe, corpus: Path, calls: int, timeout: float, policy: Policy = EVERY_POINT
) -> Iterator[Request]:
    """What runs the primitives of a package."""
    with tempfile.TemporaryDirectory(prefix="stubcheck-corpus-") as folder:
        for name, text in recipe.headers.items():
            Path(folder, name).write_text(text)
        include = (folder, *(str(corpus / path) for path in recipe.include))
        yield Request(
            paths=recipe.files(corpus),
            settings=Settings(
                profile=(recipe.profile,), define=recipe.define, include=include, base=str(corpus)
            ),
            policy=policy,
            seed=1,
            calls=calls,
            timeout=timeout,
            jobs=default_jobs(),
            libraries=recipe.libraries,
        )
