"""From a tree to an outline: which modules a file has, and which types and externals they hold.

Expressions are entered only where the word `external` stands in one: for a local module.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace

from tree_sitter import Node

from analyzer.mlfront.nodes import (
    Application,
    Body,
    Constrained,
    Functor,
    Item,
    ModuleItem,
    ModuleTerm,
    Named,
    OpenItem,
    Scope,
    ScopeKind,
    Sealed,
    TypeItem,
    UnknownModule,
)
from analyzer.mlfront.syntax import parts, spelled, squeezed

_LIMIT = 200  # of nesting: nobody writes more, and Python's stack is finite
_BEFORE = -1  # where nothing of a scope is visible


@dataclass(frozen=True, slots=True)
class FoundExternal:
    """An `external` node, its scope, and whether a module type encloses it."""

    node: Node
    scope: int
    in_signature: bool


@dataclass(slots=True)
class _Draft:
    """A scope in the making."""

    scope: Scope
    items: list[Item] = field(default_factory=list)
    in_signature: bool = False


class Outline:
    """The scopes and externals of a file.

    `words` are the offsets at which the word `external` stands, in whatever sense.
    """

    def __init__(self, root: Node, text: bytes, words: Sequence[int]) -> None:
        self.externals: list[FoundExternal] = []
        self._text = text
        self._words = words
        self._depth = 0
        extent = (0, len(text))
        self._drafts = [_Draft(Scope(ScopeKind.MODULE, (), None, 0, extent))]
        self._read_items(root, 0)

    def scopes(self) -> tuple[Scope, ...]:
        return tuple(replace(draft.scope, items=tuple(draft.items)) for draft in self._drafts)

    # --- scopes --------------------------------------------------------------------------------

    def _new_scope(self, kind: ScopeKind, parent: int, at: int, node: Node, name: str = "") -> int:
        outer = self._drafts[parent]
        names = (*outer.scope.names, name) if name else outer.scope.names
        extent = (node.start_byte, node.end_byte)
        in_signature = outer.in_signature or kind is ScopeKind.SIGNATURE
        if outer.scope.kind is not ScopeKind.MODULE and kind is ScopeKind.MODULE:
            kind = outer.scope.kind
        self._drafts.append(
            _Draft(Scope(kind, names, parent, at, extent), in_signature=in_signature)
        )
        return len(self._drafts) - 1

    def _add(self, scope: int, item: Item) -> None:
        self._drafts[scope].items.append(item)

    # --- items ---------------------------------------------------------------------------------

    def _read_items(self, node: Node, scope: int) -> None:
        if self._depth > _LIMIT:
            return
        self._depth += 1
        children = node.children
        for index, child in enumerate(children):
            reader = _READERS.get(child.type)
            if reader is not None:
                reader(self, child, scope, children[index + 1 :])
            elif self._may_hold_external(child):
                self._read_expression(child, scope)
        self._depth -= 1

    def _may_hold_external(self, node: Node) -> bool:
        words = self._words
        index = bisect_left(words, node.start_byte)
        return index < len(words) and words[index] < node.end_byte

    def _read_expression(self, node: Node, scope: int) -> None:
        """Local modules: what they define is seen from inside alone."""
        if node.type in ("comment", "string", "quoted_string", "character"):
            return
        local = self._new_scope(ScopeKind.LOCAL, scope, node.start_byte, node)
        self._read_items(node, local)

    def _read_external(self, node: Node, scope: int, _: Sequence[Node]) -> None:
        in_signature = self._drafts[scope].in_signature
        self.externals.append(FoundExternal(node, scope, in_signature))

    def _read_broken(self, node: Node, scope: int, _: Sequence[Node]) -> None:
        """Where the grammar was lost, what it recognised is taken as if nothing was there."""
        self._read_items(node, scope)

    # --- types ---------------------------------------------------------------------------------

    def _read_types(self, node: Node, scope: int, following: Sequence[Node]) -> None:
        recursive = not any(child.type == "nonrec" for child in node.children)
        children = node.children
        for index, child in enumerate(children):
            if child.type == "type_binding":
                name = child.child_by_field_name("name")
                if name is None or name.type != "type_constructor":
                    continue
                rest = children[index + 1 :] or following
                item = TypeItem(
                    spelled(name),
                    node.start_byte if recursive else node.end_byte,
                    node.start_byte,
                    self._text[child.start_byte : _with_attributes(child, rest)],
                )
                self._add(scope, item)
            elif child.type == "ERROR":
                self._read_broken(child, scope, ())

    def _read_classes(self, node: Node, scope: int, _: Sequence[Node]) -> None:
        """A class is a type of objects as well."""
        for binding in node.children:
            if binding.type not in ("class_binding", "class_type_binding"):
                continue
            if self._may_hold_external(binding):
                self._read_expression(binding, scope)
            for part in binding.children:
                if part.type in ("class_name", "class_type_name"):
                    name = spelled(part)
                    text = b"%b = < .. >" % name.encode()
                    self._add(scope, TypeItem(name, node.start_byte, node.start_byte, text))

    # --- modules -------------------------------------------------------------------------------

    def _read_modules(self, node: Node, scope: int, _: Sequence[Node]) -> None:
        recursive = any(child.type == "rec" for child in node.children)
        for child in node.children:
            if child.type == "module_binding":
                since = node.start_byte if recursive else node.end_byte
                self._read_module(child, scope, since, node.start_byte)
            elif child.type == "ERROR":
                self._read_broken(child, scope, ())

    def _read_module(self, binding: Node, scope: int, since: int, at: int) -> None:
        name = next((spelled(p) for p in binding.children if p.type == "module_name"), "")
        parameters = [part for part in binding.children if part.type == "module_parameter"]
        around = self._read_parameters(parameters, scope, at, name)
        inner, where = (scope, at) if around is None else (around, binding.end_byte)
        own = name if around is None else ""
        body = binding.child_by_field_name("body")
        typed = binding.child_by_field_name("module_type")
        # The signature of a module that has a body describes it, and declares nothing more.
        kind = ScopeKind.SIGNATURE if body is not None else ScopeKind.MODULE
        signature = self._term(typed, inner, where, own, kind) if typed is not None else None
        term: ModuleTerm = UnknownModule()
        if body is not None:
            term = self._term(body, inner, where, own)
            if signature is not None:
                term = Sealed(term, signature)
        elif signature is not None:
            term = signature
        if around is not None:
            term = Functor(around, term)
        self._add(scope, ModuleItem(name, since, at, term))

    def _read_parameters(
        self, parameters: Sequence[Node], scope: int, at: int, name: str
    ) -> int | None:
        """The scope of a functor's parameters, each visible to the next; None without any."""
        if not parameters:
            return None
        around = self._new_scope(ScopeKind.PARAMETERS, scope, at, parameters[0], name)
        for parameter in parameters:
            named = next((p for p in parameter.children if p.type == "module_name"), None)
            typed = parameter.child_by_field_name("module_type")
            if named is None or typed is None:
                continue
            own = spelled(named)
            at = parameter.start_byte
            term = self._term(typed, around, at, own, ScopeKind.SIGNATURE)
            item = ModuleItem(own, parameter.end_byte, at, term, parameter=True)
            self._add(around, item)
        return around

    def _read_module_type(self, node: Node, scope: int, _: Sequence[Node]) -> None:
        name = next((spelled(p) for p in node.children if p.type == "module_type_name"), "")
        body = node.child_by_field_name("body")
        at = node.start_byte
        term: ModuleTerm = UnknownModule()
        if body is not None:
            term = self._term(body, scope, at, name, ScopeKind.SIGNATURE)
        self._add(scope, ModuleItem(name, node.end_byte, at, term, is_type=True))

    def _read_open(self, node: Node, scope: int, _: Sequence[Node]) -> None:
        module = node.child_by_field_name("module")
        if module is not None:
            term = self._term(module, scope, node.start_byte, "")
            self._add(scope, OpenItem(node.end_byte, node.start_byte, term))

    def _read_include(self, node: Node, scope: int, _: Sequence[Node]) -> None:
        module = node.child_by_field_name("module") or node.child_by_field_name("module_type")
        if module is not None:
            term = self._term(module, scope, node.start_byte, "")
            self._add(scope, OpenItem(node.end_byte, node.start_byte, term, include=True))

    # --- module expressions and module types ---------------------------------------------------

    def _term(
        self, node: Node, scope: int, at: int, name: str, kind: ScopeKind = ScopeKind.MODULE
    ) -> ModuleTerm:
        """A module expression or module type, which gets a `name` if it has a body."""
        if self._depth > _LIMIT:
            return UnknownModule()
        self._depth += 1
        try:
            return self._term_of(node, scope, at, name, kind)
        finally:
            self._depth -= 1

    def _term_of(self, node: Node, scope: int, at: int, name: str, kind: ScopeKind) -> ModuleTerm:
        def inner(label: str) -> ModuleTerm:
            part = node.child_by_field_name(label)
            return self._term(part, scope, at, name, kind) if part is not None else unknown

        unknown = UnknownModule()
        match node.type:
            case "structure" | "signature":
                body = self._new_scope(kind, scope, at, node, name)
                self._read_items(node, body)
                return Body(body)
            case "module_path" | "extended_module_path":
                return Named(squeezed(node))
            case "module_type_path":
                return Named(squeezed(node), is_type=True)
            case "parenthesized_module_expression" | "parenthesized_module_type":
                named = [part for part in parts(node) if part.is_named]
                return self._term(named[0], scope, at, name, kind) if named else unknown
            case "functor" | "functor_type":
                return self._functor(node, scope, at, name, kind)
            case "module_application":
                argument = node.child_by_field_name("argument")
                if argument is not None:
                    self._term(argument, scope, at, name)
                return Application(inner("functor"))
            case "typed_module_expression":
                module = inner("module")
                typed = node.child_by_field_name("module_type")
                if typed is None:
                    return module
                return Sealed(module, self._term(typed, scope, at, name, ScopeKind.SIGNATURE))
            case "packed_module":
                if self._may_hold_external(node):
                    self._read_expression(node, scope)
                coerced = node.child_by_field_name("coercion") is not None
                return inner("coercion" if coerced else "module_type")
            case "module_type_of":
                return inner("module")
            case "module_type_constraint":
                return self._constrained(node, scope, at, name, kind)
            case "ERROR":
                self._read_items(node, scope)
                return unknown
            case _:
                return unknown

    def _functor(self, node: Node, scope: int, at: int, name: str, kind: ScopeKind) -> ModuleTerm:
        parameters = [part for part in node.children if part.type == "module_parameter"]
        around = self._read_parameters(parameters, scope, at, name)
        result = node.child_by_field_name("body") or node.child_by_field_name("codomain")
        if domain := node.child_by_field_name("domain"):
            self._term(domain, scope, at, name, ScopeKind.SIGNATURE)
        if result is None:
            return UnknownModule()
        if around is None:
            around = self._new_scope(ScopeKind.PARAMETERS, scope, at, node, name)
        return Functor(around, self._term(result, around, node.end_byte, "", kind))

    def _constrained(
        self, node: Node, scope: int, at: int, name: str, kind: ScopeKind
    ) -> ModuleTerm:
        """`S with type t = int`: as if it included `S` and then defined `t`."""
        base = node.child_by_field_name("module_type")
        if base is None:
            return UnknownModule()
        own = self._new_scope(kind, scope, at, node, name)
        included = Constrained(self._term(base, own, _BEFORE, "", kind))
        self._add(own, OpenItem(base.end_byte, _BEFORE, included, include=True))
        for constraint in node.children:
            item = self._constraint(constraint, base.end_byte)
            if item is not None:
                self._add(own, item)
        return Body(own)

    def _constraint(self, node: Node, included: int) -> Item | None:
        """What is defined by `type 'a t = ...` or `module M = N`, behind what is included.

        Of a module that something is said of the inside of, as by `type M.t = ...`, no more is
        told than that its signature is not all.
        """
        is_type = node.type == "constrain_type"
        sort = "type_constructor_path" if is_type else "module_path"
        name = next((squeezed(p) for p in node.children if p.type == sort), "")
        outer, dot, _ = name.partition(".")
        module = node.child_by_field_name("constraint")
        if not name:
            return None
        if dot:
            term: ModuleTerm = Sealed(Named(outer), UnknownModule())
            return ModuleItem(outer, node.end_byte, included, term)
        if is_type:
            text = self._text[node.start_byte : node.end_byte].removeprefix(b"type")
            return TypeItem(name, node.end_byte, _BEFORE, text.strip())
        if module is not None:
            return ModuleItem(name, node.end_byte, _BEFORE, Named(squeezed(module)))
        return None


def _with_attributes(node: Node, following: Iterable[Node]) -> int:
    """The end of a node with the attributes behind it, which the tree holds apart."""
    end = node.end_byte
    for extra in following:
        if extra.type != "attribute":
            break
        end = extra.end_byte
    return end


_Reader = Callable[[Outline, Node, int, Sequence[Node]], None]
_READERS: dict[str, _Reader] = {
    "external": Outline._read_external,
    "type_definition": Outline._read_types,
    "module_definition": Outline._read_modules,
    "module_type_definition": Outline._read_module_type,
    "open_module": Outline._read_open,
    "open_module_signature": Outline._read_open,
    "include_module": Outline._read_include,
    "include_module_type": Outline._read_include,
    "class_definition": Outline._read_classes,
    "class_type_definition": Outline._read_classes,
    "ERROR": Outline._read_broken,
}


def innermost(scopes: Sequence[Scope], offset: int) -> int:
    """The last scope that encloses an offset: inner ones come after outer ones."""
    return max(i for i, scope in enumerate(scopes) if _encloses(scope, offset) or i == 0)


def _encloses(scope: Scope, offset: int) -> bool:
    return scope.extent[0] <= offset < scope.extent[1]
