"""Labelled cases, scored by running them: `python -m tools.cases FOLDER...`.

A case is a C file whose functions carry labels, beside it perhaps an .ml file of the same name
with their externals; without one their types are guessed.

    /* case: profile=ocaml-5 */                     in the first line
    /* bad: stale-pointer; also unrooted-value */   above a function that breaks one of these rules
    /* good: read again after the call */           above a function that nothing is wrong with

A bad function is shown when a fault under one of its rules lies in it, or in what it calls, or is
due to a call of it. A good one is clean when no fault is its own. What no program calls by itself
counts as run when a function of the file that calls it was run.
"""
