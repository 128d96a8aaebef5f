"""What the OCaml side says of the C side, and what contradicts it.

`contracts` ties externals to C functions; `typed_values` says what a value of a known type is and
holds; `access` and `given` compare that with what C reads and what it makes; `numbers` looks at
conversions, for which C's own types are enough.
"""
