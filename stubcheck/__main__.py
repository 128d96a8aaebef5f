"""`python -m stubcheck`."""

from stubcheck.cli import main

raise SystemExit(main())
