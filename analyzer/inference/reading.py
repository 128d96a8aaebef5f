"""Reads functions into classes of terms: what flows where, and what is asked of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from analyzer.flow.program import Program
from analyzer.flow.walk import instructions_of, uncast
from analyzer.inference.regions import Tags, tags_by_block
from analyzer.inference.runtime_calls import (
    ALLOCATIONS,
    ARGUMENTS,
    CALLBACKS,
    CALLBACKS_WITH_ARRAY,
    COPIES,
    CUSTOM_ALLOCATIONS,
    RESULTS,
    SIZED,
)
from analyzer.inference.terms import (
    ANY_TAG,
    CARRIERS,
    Carrier,
    Link,
    Term,
    Use,
    field_of,
    find,
    hold,
    leads_to,
    linked,
    pointing,
    unify,
    use,
)
from analyzer.ir.nodes import (
    Access,
    AddressOf,
    Assign,
    Binary,
    Branch,
    Call,
    Cast,
    Const,
    Deref,
    Evaluate,
    Expr,
    Frame,
    FrameOp,
    Function,
    Index,
    Instruction,
    Member,
    Opaque,
    Return,
    Select,
    Storage,
    Str,
    Switch,
    Symbol,
    Temp,
    Terminator,
    Unary,
    Unit,
    Var,
)
from analyzer.ir.spelling import spell_type
from analyzer.ir.types import DOUBLE, INT, LONG, VALUE, VOID, CType, TypeKind, pointer_to

_MAX_DEPTH = 8
_MAX_ACTIVATIONS = 150
"""How many calls are looked into for one external; the rest counts as unknown."""
_SMALL_SIZE = 8
_SHORT_SIZE = 5
_LARGEST_FIELD = 250

_CONSTANTS = {
    "Val_unit": 0,
    "Val_false": 0,
    "Val_true": 1,
    "Val_emptylist": 0,
    "Val_none": 0,
    "Val_int": None,
    "Val_long": None,
    "Val_bool": None,
}
_NUMBERS = frozenset(
    {
        *("Int_val", "Long_val", "Unsigned_int_val", "Unsigned_long_val"),
        *("Int8_val", "Int16_val"),
    }
)
_NAMED = {ctype.name: ctype for ctype in (VOID, INT, LONG, DOUBLE, VALUE)}
_ORDER = frozenset({"<", "<=", ">", ">="})
COMPARISONS = frozenset({"==", "!=", *_ORDER})
_ARITHMETIC = frozenset({"+", "-", "*", "/", "%", "<<", ">>"})
"""What is done with a tagged integer as it is."""
_MIRRORED = {"<": ">", "<=": ">=", ">": "<", ">=": "<="}


class Activation:
    """One reading of a function: a function that is called twice has other terms each time."""

    def __init__(self, function: Function, unit: Unit, caller: Activation | None) -> None:
        self.function = function
        self.unit = unit
        self.caller = caller
        self.depth: int = 0 if caller is None else caller.depth + 1
        self.variables: dict[Symbol, Term] = {}
        self.cells: dict[tuple[Symbol, int], Term] = {}
        self.temps: dict[int, Term] = {}
        self.result = Term()
        self.returns_only_unit = True
        self.tags: Tags = {}
        self.locals = frozenset(
            root.symbol
            for instruction in instructions_of(function)
            if isinstance(instruction, Frame) and instruction.op is FrameOp.LOCAL
            for root in instruction.roots
            if isinstance(root, Var)
        )

    def param(self, number: int) -> Term:
        return self.variable(self.function.params[number])

    def variable(self, symbol: Symbol) -> Term:
        return self.variables.setdefault(symbol, Term())


class Reader:
    """Reads the functions of a program.

    What lives longer than a call has one term for all: globals, the members of structures, the
    values that C knows by name (`named`).
    """

    def __init__(self, program: Program) -> None:
        self._program = program
        self._shared: dict[object, Term] = {}
        self._regions: dict[Function, list[Tags]] = {}
        self._activations = 0
        self._now: Activation
        self._read: set[Function] = set()
        self.named: dict[str, Term] = {}

    def read(self, function: Function) -> Activation:
        """A function as OCaml calls it."""
        self._activations = 0
        return self._activate(function, self._program.unit_of[function], None)

    def read_rest(self) -> None:
        """Read what no external calls by name: the functions of custom blocks, callbacks."""
        for function in self._program.functions():
            if function not in self._read:
                self.read(function)

    def _activate(
        self,
        function: Function,
        unit: Unit,
        caller: Activation | None,
        args: Sequence[Term | None] = (),
    ) -> Activation:
        self._activations += 1
        self._read.add(function)
        activation = Activation(function, unit, caller)
        for symbol, arg in zip(function.params, args, strict=False):
            activation.variables[symbol] = arg or Term()
        regions = self._regions.get(function)
        if regions is None:
            regions = self._regions[function] = tags_by_block(function)
        self._now = activation
        for block, tags in zip(function.blocks, regions, strict=True):
            activation.tags = tags
            for instruction in block.instructions:
                self._instruction(instruction)
            self._terminator(block.terminator)
        if caller is not None:
            self._now = caller
        return activation

    # --- instructions ---

    def _instruction(self, instruction: Instruction) -> None:
        match instruction:
            case Assign():
                self._assign(instruction)
            case Call():
                result = self._call(instruction)
                if instruction.result is not None and result is not None:
                    self._now.temps[instruction.result.number] = result
            case Evaluate(expr=expr):
                self._term(expr)
            case _:
                pass

    def _assign(self, assign: Assign) -> None:
        place, source = assign.place, assign.source
        if (
            isinstance(place, Var)
            and place.symbol in self._now.locals
            and isinstance(source, Access)
            and source.name == "Val_unit"
        ):
            return  # how CAMLlocal begins
        self._written(place)
        into, term = self._term(place), self._term(source)
        if term is not None:
            term = self._converted(term, source, place.type)
        if into is not None and term is not None:
            unify(into, term)

    def _written(self, place: Expr) -> None:
        """Note that what is assigned to is in a value."""
        if isinstance(place, Index | Deref):
            pointer = self._term(place.base if isinstance(place, Index) else place.pointer)
            text = None if pointer is None else leads_to(pointer, Link.TEXT)
            if text is not None:
                use(text, Use.BYTES)
        elif isinstance(place, Access) and place.args:
            term = self._term(place.args[0])
            if term is None:
                return
            if place.name in ("Byte", "Byte_u"):
                use(term, Use.BYTES)
            elif place.name == "Field" and isinstance(place.args[1], Const):
                find(term).written.add((ANY_TAG, place.args[1].number or 0))

    def _terminator(self, terminator: Terminator) -> None:
        match terminator:
            case Branch(condition=condition):
                self._term(condition)
            case Switch(subject=subject, cases=cases):
                self._switch(subject, [label for labels, _ in cases for label in labels])
            case Return(expr=expr):
                if expr is None:
                    return
                only_unit = isinstance(expr, Access) and expr.name == "Val_unit"
                self._now.returns_only_unit &= only_unit
                ctype = self._now.function.symbol.type.target or expr.type
                term = self._term(expr)
                term = None if term is None else self._converted(term, expr, ctype)
                if term is not None:
                    unify(self._now.result, term)
            case _:
                pass

    def _switch(self, subject: Expr, labels: Sequence[Expr]) -> None:
        term = self._term(subject)
        if term is None:
            return
        inner = uncast(subject)
        if inner.type.is_value:
            constants = [self._constant(label) for label in labels]
            find(term).constants.update(n for n in constants if n is not None)
        elif (block := leads_to(term, Link.TAG)) is not None:
            for label in labels:
                self._tag(block, label)
        else:
            numbers = [label.number for label in labels if isinstance(label, Const)]
            find(term).labels.update(number for number in numbers if number is not None)

    # --- expressions ---

    def _term(self, expr: Expr) -> Term | None:
        """The class of an expression; None if no value can be reached from it."""
        match expr:
            case Var(symbol=symbol):
                if symbol.storage is Storage.FUNCTION:
                    return None
                if symbol.is_local:
                    return self._now.variable(symbol)
                return self._shared.setdefault(symbol, Term())
            case Temp(number=number):
                return self._now.temps.setdefault(number, Term())
            case Member():
                return self._member(expr)
            case Index(base=base, index=index):
                return self._at(base, index)
            case Deref(pointer=pointer):
                return self._at(pointer, None)
            case AddressOf(place=place):
                return self._address(place)
            case Unary(operand=operand, op=op):
                term = self._term(operand)
                if term is not None and operand.type.is_value and op != "!":
                    use(term, Use.INTEGER)
                return None
            case Binary():
                return self._binary(expr)
            case Select(condition=condition, then=then, otherwise=otherwise):
                self._term(condition)
                return self._either(self._term(then), self._term(otherwise))
            case Cast(operand=operand, type=ctype):
                term = self._term(operand)
                return None if term is None else self._converted(term, operand, ctype)
            case Access():
                return self._access(expr)
            case Opaque(parts=parts):
                for part in parts:
                    self._term(part)
        return None

    def _either(self, one: Term | None, other: Term | None) -> Term | None:
        if one is not None and other is not None:
            unify(one, other)
        return one or other

    def _member(self, expr: Member) -> Term:
        base = expr.base
        held = self._term(base.pointer if isinstance(base, Deref) else base)
        bigarray = None if held is None else leads_to(held, Link.BIGARRAY)
        if bigarray is not None and expr.name == "data":
            return pointing(Link.ELEMENTS, bigarray)
        if bigarray is not None and expr.name == "dim":
            return pointing(Link.DIMENSIONS, bigarray)
        if isinstance(base, Var) and base.symbol.is_local:
            # A structure of the function's own, as the members of others are shared.
            key: object = (id(self._now), base.symbol, expr.name)
            return self._shared.setdefault(key, Term())
        return self._shared.setdefault((base.type.name or "?", expr.name), Term())

    def _at(self, base: Expr, index: Expr | None) -> Term | None:
        """`base[index]`, or `*base`."""
        if isinstance(base, Var) and base.type.kind is TypeKind.ARRAY:
            number = index.number if isinstance(index, Const) else None
            if number is not None and base.symbol.is_local:
                return self._now.cells.setdefault((base.symbol, number), Term())
        term = self._term(base)
        position = None if index is None else self._term(index)
        if position is not None:
            length = self._length(base)
            if length and not find(position).compared:
                find(position).bound = max(find(position).bound, length)
        if term is None:
            return None
        dimensions = leads_to(term, Link.DIMENSIONS)
        if dimensions is not None:
            number = index.number if isinstance(index, Const) else 0
            root = find(dimensions)
            root.dimensions = max(root.dimensions, (number or 0) + 1)
            return None
        block = leads_to(term, Link.BLOCK)
        if block is not None:
            return self._field(block, index, position)
        text = leads_to(term, Link.TEXT)
        if text is not None:
            if position is not None:
                find(text).indexes.append(position)
            return None
        return linked(term, Link.POINTEE)

    def _length(self, base: Expr) -> int:
        """The length of an array of C's, 0 if it is not known."""
        if base.type.length:
            return base.type.length
        if isinstance(base, Var):
            known = self._program.globals.get(base.symbol)
            items = getattr(None if known is None else known.initialiser, "items", ())
            return len(items)
        return 0

    def _address(self, place: Expr) -> Term | None:
        if isinstance(place, Index) and not isinstance(place.base, Var):
            self._term(place)
            return self._term(place.base)
        if isinstance(place, Deref):
            return self._term(place.pointer)
        if isinstance(place, Access) and place.name in ("Byte", "Byte_u") and place.args:
            term = self._term(place.args[0])
            return None if term is None else pointing(Link.TEXT, use(term, Use.STRING))
        term = self._term(place)
        if term is None:
            return None
        address = pointing(Link.POINTEE, term)
        if isinstance(place, Access) and place.name == "Field":
            block, index = self._term(place.args[0]), place.args[1]
            if block is not None and isinstance(index, Const) and index.number == 0:
                address.links[Link.BLOCK] = block
        return address

    def _binary(self, expr: Binary) -> Term | None:
        left, right = self._term(expr.left), self._term(expr.right)
        if expr.op in COMPARISONS:
            self._compare(expr.op, expr.left, left, expr.right, right)
            op = _MIRRORED.get(expr.op, expr.op)
            self._compare(op, expr.right, right, expr.left, left)
            return None
        if expr.type.is_value or expr.left.type.is_value:
            for side, term in ((expr.left, left), (expr.right, right)):
                if expr.op in _ARITHMETIC and side.type.is_value and term is not None:
                    if not find(term).held:
                        use(term, Use.INTEGER)
            return self._tagged(expr, left)
        if expr.op in "+-":
            if expr.left.type.is_pointer:
                if left is not None:
                    self._step(left, right)
                return left
            if expr.right.type.is_pointer:
                return right
            step = uncast(expr.right)
            if left is not None and isinstance(step, Const):
                return left
        return None

    def _step(self, pointer: Term, distance: Term | None) -> None:
        """A pointer is moved within the value that it leads into."""
        text, block = leads_to(pointer, Link.TEXT), leads_to(pointer, Link.BLOCK)
        if text is not None and distance is not None:
            find(text).indexes.append(distance)
        if block is not None:
            find(block).indexes.append(distance or Term())
            linked(block, Link.ELEMENT)

    def _tagged(self, expr: Binary, left: Term | None) -> Term | None:
        """Arithmetic on a value: the lowest bit is set, or taken away."""
        if left is None:
            return None
        if expr.op in ("|", "+"):
            for held in [*find(left).held.values()]:
                if held.carrier is Carrier.NAKED:
                    made = Term()
                    hold(made, Carrier.TAGGED, _text(held.type), held.type)
                    return made
            return None
        return pointing(Link.TAGGED, left)

    def _compare(
        self, op: str, expr: Expr, term: Term | None, other: Expr, known: Term | None
    ) -> None:
        if term is None:
            return
        root = find(term)
        inner = uncast(expr)
        if (block := leads_to(term, Link.TAG)) is not None:
            self._tag(block, other)
        elif (block := leads_to(term, Link.LENGTH)) is not None:
            number = uncast(other)
            if isinstance(number, Const) and number.number and op in ("==", "!="):
                find(block).size = max(find(block).size, number.number)
        elif inner.type.is_value:
            constant = self._constant(other)
            if constant is not None:
                root.constants.add(constant)
                name = getattr(uncast(other), "name", "")
                if name == "Val_none":
                    root.uses.add(Use.OPTION)
                elif name in ("Val_true", "Val_false"):
                    root.uses.add(Use.BOOLEAN)
        else:
            self._limit(root, op, uncast(other), known)

    def _limit(self, number: Term, op: str, other: Expr, known: Term | None) -> None:
        """An integer is compared."""
        constant = other.number if isinstance(other, Const) else None
        if constant is None:
            number.compared |= op in _ORDER
            if known is not None and op not in (">", "=="):
                number.limits.append(known)
        elif constant > 0 and op in _ORDER:
            number.below = max(number.below, constant + (op in ("<=", ">")))
        elif op in _ORDER:
            number.compared = True

    def _tag(self, term: Term, label: Expr) -> None:
        label = uncast(label)
        if isinstance(label, Const) and label.number is not None:
            find(term).tags.add(label.number)
        find(term).uses.add(Use.BLOCK)

    def _constant(self, expr: Expr) -> int | None:
        """The number of an immediate that is written out."""
        expr = uncast(expr)
        if isinstance(expr, Const):
            number = expr.number
            return (
                number >> 1 if expr.type.is_value and number is not None and number & 1 else None
            )
        if not isinstance(expr, Access) or expr.name not in _CONSTANTS:
            return None
        if not expr.args:
            return _CONSTANTS[expr.name]
        number_expr = uncast(expr.args[0])
        return number_expr.number if isinstance(number_expr, Const) else None

    def _converted(self, term: Term, expr: Expr, ctype: CType) -> Term | None:
        """What an expression is as a C type: the type tells what data a value carries."""
        source = expr.type
        if source.is_value and ctype.kind is TypeKind.POINTER:
            return self._naked(term, expr, ctype.target)
        if ctype.is_value and _is_typed(source):
            assert source.target is not None
            if source.target.is_value:
                return term
            made = Term()
            hold(made, Carrier.NAKED, _text(source.target), source.target)
            return made
        if _is_typed(ctype) and not _is_typed(source):
            assert ctype.target is not None
            for link, carrier in CARRIERS.items():
                value = leads_to(term, link)
                if value is not None:
                    hold(value, carrier, _text(ctype.target), ctype.target)
        return term

    def _naked(self, term: Term, expr: Expr, target: CType | None) -> Term | None:
        """A value as a pointer."""
        if target is None or target.kind is TypeKind.VOID:
            return term
        if target.is_value:
            return pointing(Link.BLOCK, term)
        if target.kind is TypeKind.INTEGER and target.bits == 8:
            return pointing(Link.TEXT, use(term, Use.STRING))
        if target.kind is TypeKind.FLOATING:
            use(term, Use.FLOATS)
            return None
        carrier, held = Carrier.NAKED, target
        if target.kind is TypeKind.POINTER and target.target is not None:
            carrier = Carrier.ABSTRACT
        hold(term, carrier, _text(held), held)
        return None

    # --- accessors ---

    def _access(self, expr: Access) -> Term | None:
        terms = [self._term(arg) for arg in expr.args]
        name = expr.name
        if name in _CONSTANTS:
            return self._immediate(expr)
        if not terms:
            return None
        value = terms[0]
        if value is None:
            return None
        if name in _NUMBERS:
            use(value, Use.INTEGER)
            number = linked(value, Link.NUMBER)
            number.links.setdefault(Link.INTEGER, value)
            return number
        handler = _ACCESSORS.get(name)
        if handler is not None:
            return handler(self, value)
        if name == "Field" and len(terms) > 1:
            tag = ANY_TAG
            block = uncast(expr.args[0])
            if isinstance(block, Var):
                tag = self._now.tags.get(block.symbol, ANY_TAG)
            return self._field(value, expr.args[1], terms[1], tag)
        if name in ("Double_field", "Double_flat_field", "Double_array_field"):
            self._float_at(value, expr.args[1], terms[1])
        elif name in ("Byte", "Byte_u"):
            use(value, Use.STRING)
            if len(terms) > 1 and terms[1] is not None:
                find(value).indexes.append(terms[1])
        return None

    def _immediate(self, expr: Access) -> Term:
        made = Term()
        constant = self._constant(expr)
        if constant is not None:
            made.made_constants.add(constant)
        if expr.name == "Val_unit":
            made.made.add(Use.UNIT)
        elif expr.name in ("Val_bool", "Val_true", "Val_false"):
            made.made.add(Use.BOOLEAN)
        elif expr.name == "Val_none":
            made.made.add(Use.OPTION)
        elif expr.name in ("Val_int", "Val_long") and constant != 0:
            made.made.add(Use.INTEGER)
            number = self._term(expr.args[0]) if expr.args else None
            source = uncast(expr.args[0]) if expr.args else expr
            if _is_typed(source.type) and source.type.target is not None:
                target = source.type.target
                hold(made, Carrier.INTEGER, _text(target), target)
            elif number is not None:
                made.links[Link.NUMBER] = number
        return made

    def _field(
        self, block: Term, index: Expr | None, position: Term | None, tag: int = ANY_TAG
    ) -> Term:
        index = None if index is None else uncast(index)
        number = 0 if index is None else index.number if isinstance(index, Const) else None
        if number is not None and 0 <= number <= _LARGEST_FIELD:
            return field_of(block, number, tag)
        root = use(block, Use.BLOCK)
        root.indexes.append(position or Term())
        if isinstance(index, Binary) and position and leads_to(position, Link.LENGTH):
            root.size = max(root.size, _SMALL_SIZE)  # it is not empty
        if isinstance(index, Binary) and index.op == "+":
            step = uncast(index.right)
            root.more = max(root.more, step.number or 0 if isinstance(step, Const) else 0)
        return linked(root, Link.ELEMENT)

    def _float_at(self, value: Term, index: Expr, position: Term | None) -> None:
        root = use(value, Use.FLOATS)
        index = uncast(index)
        if isinstance(index, Const) and index.number is not None:
            root.size = max(root.size, index.number + 1)
        else:
            root.indexes.append(position or Term())

    # --- calls ---

    def _call(self, call: Call) -> Term | None:
        name = call.name
        args = [self._term(arg) for arg in call.args]
        self._term(call.callee)
        targets = self._program.resolve(name, self._now.unit) if name else ()
        if targets:
            self._pass_functions(call, args)
            return self._own_call(targets[0], call, args)
        if name in ("Store_field", "caml_initialize", "caml_modify", "caml_initialize_field"):
            self._store(name, call, args)
            return None
        self._pass_functions(call, args)
        self._sizes(name, args)
        for use_of, arg in zip(ARGUMENTS.get(name, ()), args, strict=False):
            if use_of is not None and arg is not None:
                use(arg, use_of)
        if name in CALLBACKS or name in CALLBACKS_WITH_ARRAY:
            return self._callback(call, args)
        if name == "caml_named_value":
            return self._named_value(call)
        if name == "caml_string_length" and args[:1] != [None]:
            self._length_asked(args[0])
            return None
        if name.startswith("Store_double") and len(call.args) == 3 and args[0] is not None:
            self._float_at(args[0], call.args[1], args[1])
            return None
        if name.startswith("caml_raise_with_arg") or name == "caml_raise_with_string":
            self._raise(name, args)
            return None
        self._prototype(call, args)
        return self._made(call, args)

    def _prototype(self, call: Call, args: Sequence[Term | None]) -> None:
        """The types of a C function's parameters tell of the data that it is handed."""
        params = self._now.unit.prototypes.get(call.name, call.callee.type).params or ()
        for expr, term, param in zip(call.args, args, params, strict=False):
            if term is not None:
                self._converted(term, expr, param)
                text = leads_to(term, Link.TEXT)
                if text is not None and param.target is not None:
                    if not param.target.const and param.target.kind is TypeKind.INTEGER:
                        use(text, Use.STRING)
        if call.name in (*COPIES, "read", "recv") and args:
            where = 1 if call.name in ("read", "recv") else 0
            target = args[where] if where < len(args) else None
            written = None if target is None else leads_to(target, Link.TEXT)
            if written is not None:
                use(written, Use.BYTES)

    def _own_call(
        self, function: Function, call: Call, args: Sequence[Term | None]
    ) -> Term | None:
        given: list[Term | None] = []
        for expr, term, symbol in zip(call.args, args, function.params, strict=False):
            given.append(None if term is None else self._converted(term, expr, symbol.type))
        caller: Activation | None = self._now
        while caller is not None:
            if caller.function is function:
                for number, term in enumerate(given):
                    if term is not None:
                        unify(caller.param(number), term)
                return caller.result
            caller = caller.caller
        if self._now.depth >= _MAX_DEPTH or self._activations >= _MAX_ACTIVATIONS:
            return None
        unit = self._program.unit_of[function]
        return self._activate(function, unit, self._now, given).result

    def _pass_functions(self, call: Call, args: Sequence[Term | None]) -> None:
        """A library that is handed a function of ours calls it with what it is handed beside."""
        for expr in call.args:
            for function in self._program.named_functions(expr, self._now.unit):
                context = [
                    term
                    for arg, term in zip(call.args, args, strict=False)
                    if term is not None and (arg.type.is_pointer or arg.type.is_value)
                ]
                given = [
                    context[-1]
                    if context and symbol.type.is_pointer and not _is_typed(symbol.type)
                    else None
                    for symbol in function.params
                ]
                active = self._now.caller
                while active is not None and active.function is not function:
                    active = active.caller
                if (
                    active is None
                    and self._now.depth < _MAX_DEPTH
                    and self._activations < _MAX_ACTIVATIONS
                ):
                    unit = self._program.unit_of[function]
                    self._activate(function, unit, self._now, given)

    def _sizes(self, name: str, args: Sequence[Term | None]) -> None:
        if name in SIZED and args and args[0] is not None and not find(args[0]).compared:
            root = find(args[0])
            root.bound = max(root.bound, _SMALL_SIZE)

        if name in COPIES and len(args) > 2 and args[2] is not None:
            root = find(args[2])
            root.bound = root.bound or (0 if root.compared else _SHORT_SIZE)

    def _length_asked(self, value: Term | None) -> None:
        if value is not None:
            find(value).sized = True

    def _store(self, name: str, call: Call, args: Sequence[Term | None]) -> None:
        if len(args) < 2:
            return
        place, stored = args[0], args[-1]
        if name == "Store_field" and place is not None and len(args) > 2:
            index = uncast(call.args[1])
            if isinstance(index, Const):
                find(place).written.add((ANY_TAG, index.number or 0))
            tag = ANY_TAG
            block = uncast(call.args[0])
            if isinstance(block, Var):
                tag = self._now.tags.get(block.symbol, ANY_TAG)
            place = self._field(place, index, args[1], tag)
        elif place is not None:
            address = uncast(call.args[0])
            if isinstance(address, AddressOf):
                self._written(address.place)
            place = linked(place, Link.POINTEE)
        if stored is not None:
            stored = self._converted(stored, call.args[-1], call.args[-1].type)
        if place is not None and stored is not None:
            unify(place, stored)

    def _callback(self, call: Call, args: Sequence[Term | None]) -> Term | None:
        function = args[0] if args else None
        if function is None:
            return None
        if call.name in CALLBACKS:
            given: Sequence[Term | None] = args[1:]
        else:
            given = self._array(call.args, args)
        root = use(function, Use.FUNCTION)
        for number, arg in enumerate(given):
            root = find(root)
            if number < len(root.params):
                if arg is not None:
                    unify(root.params[number], arg)
            else:
                root.params.append(arg or Term())
        return linked(root, Link.RESULT)

    def _array(self, exprs: Sequence[Expr], args: Sequence[Term | None]) -> list[Term | None]:
        """The arguments in a C array, whose length goes before it."""
        length = uncast(exprs[1]) if len(exprs) > 2 else None
        number = length.number if isinstance(length, Const) else None
        base = exprs[2] if len(exprs) > 2 else None
        if isinstance(base, Var):
            cells = [
                cell for (symbol, _), cell in self._now.cells.items() if symbol is base.symbol
            ]
            count = number or len(cells)
            get = self._now.cells.get
            return [get((base.symbol, index)) for index in range(min(count, _LARGEST_FIELD))]
        return [None] * min(number or 1, _LARGEST_FIELD)

    def _named_value(self, call: Call) -> Term | None:
        name = uncast(call.args[0]) if call.args else None
        if not isinstance(name, Str):
            return None
        return pointing(Link.POINTEE, self.named.setdefault(name.text, Term()))

    def _raise(self, name: str, args: Sequence[Term | None]) -> None:
        if args and args[0] is not None:
            use(args[0], Use.CONSTRUCTOR)

    def _made(self, call: Call, args: Sequence[Term | None]) -> Term | None:
        """What a function of the runtime returns."""
        name = call.name
        made = Term()
        numbers = [
            arg.number if isinstance(arg, Const) else None for arg in map(uncast, call.args)
        ]
        if name in RESULTS:
            use(made, RESULTS[name])
            self._carried(name, call, made)
        elif name in ALLOCATIONS:
            use(made, Use.BLOCK)
            made.size = numbers[0] or 0 if numbers else 0
            if len(numbers) > 1 and numbers[1] is not None:
                made.tags.add(numbers[1])
        elif name == "caml_alloc_tuple":
            use(made, Use.BLOCK)
            made.size = numbers[0] or 0 if numbers else 0
        elif name.startswith("caml_alloc_") and name[11:].isdigit():
            for index, arg in enumerate(args[1:]):
                if arg is not None:
                    unify(field_of(made, index), arg)
        elif name == "caml_alloc_some":
            use(made, Use.OPTION)
            if args and args[0] is not None:
                unify(field_of(made, 0), args[0])
        elif name in ("caml_copy_string_array", "caml_alloc_array"):
            use(made, Use.BLOCK)
            made.sized = True
            element = linked(made, Link.ELEMENT)
            if name == "caml_copy_string_array":
                use(element, Use.STRING)
        elif name in CUSTOM_ALLOCATIONS:
            self._custom(call, made)
        else:
            return None
        return made

    def _carried(self, name: str, call: Call, made: Term) -> None:
        """A pointer in a boxed integer."""
        carrier = {
            "caml_copy_nativeint": Carrier.NATIVEINT,
            "caml_copy_int64": Carrier.INT64,
        }.get(name)
        source = uncast(call.args[0]).type if call.args else None
        if carrier is not None and source is not None and _is_typed(source):
            assert source.target is not None
            hold(made, carrier, _text(source.target), source.target)

    def _custom(self, call: Call, made: Term) -> None:
        """A custom block, by the size of what it holds."""
        size = uncast(call.args[1]) if len(call.args) > 1 else None
        if isinstance(size, Const) and size.text.startswith("sizeof("):
            text = size.text[len("sizeof(") : -1].strip()
            name = text.replace("*", "").strip()
            ctype = (
                CType(TypeKind.STRUCT, name.removeprefix("struct "))
                if name.startswith("struct ")
                else _NAMED.get(name, CType(TypeKind.UNKNOWN, name))
            )
            for _ in range(text.count("*")):
                ctype = pointer_to(ctype)
            hold(made, Carrier.CUSTOM, _text(ctype), ctype)


def _is_typed(ctype: CType) -> bool:
    """Whether this is a pointer to something that is told."""
    return (
        ctype.kind is TypeKind.POINTER
        and ctype.target is not None
        and ctype.target.kind is not TypeKind.VOID
    )


def _text(ctype: CType) -> str:
    return spell_type(ctype).removeprefix("const ")


def _text_of(reader: Reader, value: Term) -> Term:
    return pointing(Link.TEXT, use(value, Use.STRING))


def _bytes_of(reader: Reader, value: Term) -> Term:
    return pointing(Link.TEXT, use(value, Use.BYTES))


def _asks(*uses: Use) -> Callable[[Reader, Term], Term | None]:
    def ask(reader: Reader, value: Term) -> Term | None:
        use(value, *uses)
        return None

    return ask


def _leads(link: Link, *uses: Use) -> Callable[[Reader, Term], Term | None]:
    def lead(reader: Reader, value: Term) -> Term | None:
        return pointing(link, use(value, *uses))

    return lead


def _some(reader: Reader, value: Term) -> Term:
    use(value, Use.OPTION)
    return field_of(value, 0)


def _boolean(reader: Reader, value: Term) -> Term:
    return linked(use(value, Use.BOOLEAN), Link.NUMBER)


def _size(reader: Reader, value: Term) -> Term:
    find(value).sized = True
    return pointing(Link.LENGTH, use(value, Use.BLOCK))


def _string_size(reader: Reader, value: Term) -> Term:
    use(value, Use.STRING).sized = True
    return pointing(Link.LENGTH, value)


_ACCESSORS: Mapping[str, Callable[[Reader, Term], Term | None]] = {
    "Bool_val": _boolean,
    "String_val": _text_of,
    "Bytes_val": _bytes_of,
    "Bp_val": _text_of,
    "caml_string_length": _string_size,
    "caml_string_is_c_safe": _asks(Use.STRING),
    "Double_val": _asks(Use.FLOAT),
    "caml_Double_val": _asks(Use.FLOAT),
    "Float32_val": _asks(Use.FLOAT32),
    "Int32_val": _asks(Use.INT32),
    "Int64_val": _leads(Link.INT64, Use.INT64),
    "caml_Int64_val": _leads(Link.INT64, Use.INT64),
    "Nativeint_val": _leads(Link.NATIVEINT, Use.NATIVEINT),
    "Is_block": _asks(Use.EITHER),
    "Is_long": _asks(Use.EITHER),
    "Is_none": _asks(Use.OPTION),
    "Is_some": _asks(Use.OPTION),
    "Some_val": _some,
    "Tag_val": _leads(Link.TAG, Use.BLOCK),
    "Wosize_val": _size,
    "caml_array_length": _size,
    "Bosize_val": _size,
    "Op_val": lambda reader, value: pointing(Link.BLOCK, use(value, Use.BLOCK)),
    "Data_custom_val": _leads(Link.CUSTOM, Use.CUSTOM),
    "Custom_ops_val": _asks(Use.CUSTOM),
    "Data_abstract_val": _leads(Link.ABSTRACT),
    "Ptr_val": _leads(Link.TAGGED),
    "Caml_ba_array_val": _leads(Link.BIGARRAY, Use.BIGARRAY),
    "Caml_ba_data_val": _leads(Link.ELEMENTS, Use.BIGARRAY),
    "Caml_ba_kind_val": _asks(Use.BIGARRAY),
    "Caml_ba_layout_val": _asks(Use.BIGARRAY),
    "Channel": _asks(Use.CHANNEL),
    "Code_val": _asks(Use.FUNCTION),
    "Forward_val": _asks(Use.LAZY),
    "Extract_exception": _asks(),
}
