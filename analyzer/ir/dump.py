"""The IR as text, one instruction a line: for tests and for looking at."""

from __future__ import annotations

from analyzer.ir.nodes import (
    Access,
    AddressOf,
    Assign,
    Binary,
    Block,
    Branch,
    Call,
    Cast,
    Const,
    Declare,
    Deref,
    EndScope,
    Evaluate,
    Expr,
    Frame,
    Function,
    Global,
    Index,
    Initialiser,
    InitList,
    Instruction,
    Jump,
    Lock,
    Member,
    Opaque,
    Return,
    Select,
    Str,
    Switch,
    Temp,
    Terminator,
    Unary,
    Unreachable,
    Unsequenced,
    Var,
)
from analyzer.ir.spelling import spell_type


def dump(function: Function) -> str:
    """All of a function: its head, then its blocks, with temporaries as `t1`."""
    params = ", ".join(spell_type(param.type, param.name) for param in function.params)
    result = function.symbol.type.target
    head = f"{function.name}({params})"
    marks = [
        word
        for word, holds in (
            ("static", not function.external),
            ("primitive", function.primitive),
            ("incomplete", function.incomplete),
        )
        if holds
    ]
    lines = [" ".join([*marks, spell_type(result, head) if result else head])]
    for block in function.blocks:
        lines += _block(block)
    return "\n".join(lines) + "\n"


def dump_global(variable: Global) -> str:
    """A file-level or static variable with its initialiser, on one line."""
    symbol = variable.symbol
    text = f"{symbol.storage.name.lower()} {spell_type(symbol.type, symbol.name)}"
    if variable.function:
        text += f" in {variable.function}"
    if variable.initialiser is not None:
        text += f" = {_initialiser(variable.initialiser)}"
    return text


def _initialiser(initialiser: Initialiser) -> str:
    if not isinstance(initialiser, InitList):
        return dump_expr(initialiser)
    items = (f"{key}: {_initialiser(item)}" for key, item in initialiser.items)
    return f"{{{', '.join(items)}}}"


def _block(block: Block) -> list[str]:
    lines = [f"b{block.number}{' loop' if block.loop_head else ''}:"]
    lines += (f"  {dump_instruction(instruction)}" for instruction in block.instructions)
    lines.append(f"  {dump_terminator(block.terminator)}")
    return lines


def dump_instruction(instruction: Instruction) -> str:
    match instruction:
        case Declare(symbol=symbol, zeroed=zeroed):
            text = spell_type(symbol.type, symbol.name)
            return f"declare {text}{' zeroed' if zeroed else ''}"
        case EndScope(symbols=symbols):
            return f"end {', '.join(symbol.name for symbol in symbols)}"
        case Assign(place=place, source=source):
            return f"{dump_expr(place)} = {dump_expr(source)}"
        case Call():
            return _call(instruction)
        case Frame(macro=macro, roots=roots, size=size, type=ctype):
            args = [dump_expr(root) for root in roots]
            if size is not None:
                args.append(f"size {dump_expr(size)}")
            if ctype is not None:
                args.append(spell_type(ctype))
            return f"frame {macro}({', '.join(args)})"
        case Lock(op=op, name=name):
            return f"lock {op.name.lower()} {name}"
        case Evaluate(expr=expr):
            return f"evaluate {dump_expr(expr)}"
        case Unsequenced(held=held, calls=calls):
            return f"unsequenced {dump_expr(held)} with {', '.join(map(_named, calls))}"


def _call(call: Call) -> str:
    result = "" if call.result is None else f"{dump_expr(call.result)} = "
    return f"{result}call {_callee(call)}({', '.join(map(dump_expr, call.args))})"


def _callee(call: Call) -> str:
    return call.name or f"*{_operand(call.callee)}"


def _named(call: Call) -> str:
    return f"{_callee(call)}" + ("" if call.result is None else f":{dump_expr(call.result)}")


def dump_terminator(terminator: Terminator) -> str:
    match terminator:
        case Jump(target=target):
            return f"goto b{target}"
        case Branch(condition=condition, then=then, otherwise=otherwise):
            return f"if {dump_expr(condition)} then b{then} else b{otherwise}"
        case Switch(subject=subject, cases=cases, default=default):
            texts = [f"{', '.join(map(dump_expr, labels))}: b{to}" for labels, to in cases]
            texts.append(f"default: b{default}")
            return f"switch {dump_expr(subject)} {{{'; '.join(texts)}}}"
        case Return(expr=expr, implicit=implicit):
            text = "return" if expr is None else f"return {dump_expr(expr)}"
            return f"{text} (implicit)" if implicit else text
        case Unreachable():
            return "unreachable"


def dump_expr(expr: Expr) -> str:
    match expr:
        case Const(text=text):
            return text
        case Str(text=text):
            return f'"{text}"'
        case Var(symbol=symbol):
            return symbol.name
        case Temp(number=number):
            return f"t{number}"
        case Member(base=Deref(pointer=pointer), name=name):
            return f"{_operand(pointer)}->{name}"
        case Member(base=base, name=name):
            return f"{_operand(base)}.{name}"
        case Index(base=base, index=index):
            return f"{_operand(base)}[{dump_expr(index)}]"
        case Deref(pointer=pointer):
            return f"*{_operand(pointer)}"
        case AddressOf(place=place):
            return f"&{_operand(place)}"
        case Unary(op=op, operand=operand):
            return f"{op}{_operand(operand)}"
        case Binary(op=op, left=left, right=right):
            return f"{_operand(left)} {op} {_operand(right)}"
        case Select(condition=condition, then=then, otherwise=otherwise):
            return f"{_operand(condition)} ? {_operand(then)} : {_operand(otherwise)}"
        case Cast(operand=operand, type=ctype):
            return f"({spell_type(ctype)}) {_operand(operand)}"
        case Access(name=name, args=args):
            return f"{name}({', '.join(map(dump_expr, args))})" if args else name
        case Opaque(parts=parts):
            return f"opaque({', '.join(map(dump_expr, parts))})"


def _operand(expr: Expr) -> str:
    text = dump_expr(expr)
    return f"({text})" if isinstance(expr, (Binary, Select, Cast)) else text
