"""What a rule is, apart from its check."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from analyzer.diagnostics import Severity
from runtime_sim.model.profile import Profile

ALL_PROFILES = frozenset(Profile)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """A rule's public face.

    `severity_in` overrides `severity` for single profiles; a rule that is not in `profiles` says
    nothing there.  A `pedantic` rule speaks only when asked to.
    """

    name: str
    severity: Severity
    profiles: frozenset[Profile] = ALL_PROFILES
    severity_in: Mapping[Profile, Severity] = field(default_factory=dict)
    pedantic: bool = False
    since: str = "0.1"

    def severity_under(self, profile: Profile) -> Severity:
        return self.severity_in.get(profile, self.severity)
