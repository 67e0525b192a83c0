"""Small mistakes made automatically: every mutant of a function differs from it in one place.

Operators: arithmetic, comparison and boolean operators exchanged, operands dropped or swapped; constants moved or doubled,
True and False exchanged; unary operators dropped; calls dropped, renamed (mean/sum, exp/log, ...) or given their arguments in
another order; attributes dropped; one variable read in the place of another; statements and filters dropped; loops left
after one pass; parts of a result dropped or swapped.
"""

import ast
import itertools
import sys
from types import FrameType
from typing import Any, Callable, Iterator

ARITHMETIC = {ast.Add: [ast.Sub], ast.Sub: [ast.Add], ast.Mult: [ast.Div], ast.Div: [ast.Mult], ast.Pow: [ast.Mult, ast.Add],
              ast.MatMult: [ast.Mult], ast.Mod: [ast.FloorDiv], ast.FloorDiv: [ast.Mod]}
COMPARISON = {ast.Eq: [ast.NotEq], ast.NotEq: [ast.Eq], ast.Lt: [ast.LtE, ast.Gt], ast.LtE: [ast.Lt, ast.GtE],
              ast.Gt: [ast.GtE, ast.Lt], ast.GtE: [ast.Gt, ast.LtE], ast.Is: [ast.IsNot], ast.IsNot: [ast.Is],
              ast.In: [ast.NotIn], ast.NotIn: [ast.In]}
RENAMED = {"mean": ["sum", "median"], "sum": ["mean"], "exp": ["log"], "log": ["exp", "log10"], "sqrt": ["exp"], "max": ["min"],
           "min": ["max"], "softmax": ["log_softmax"], "log_softmax": ["softmax"], "logsumexp": ["sum", "mean"],
           "sigmoid": ["tanh"], "argmax": ["argmin"], "cumsum": ["cumprod"], "zeros": ["ones"], "ones": ["zeros"]}
STEP_LIMIT = 50_000


def mutants(source: str) -> Iterator[tuple[str, str]]:
    """(description, source) of every mutant of the one function in `source`, each once."""
    tree = ast.parse(source)
    (function,) = tree.body
    if isinstance(function.body[0], ast.Expr) and isinstance(function.body[0].value, ast.Constant):
        del function.body[0]  # the docstring
    names = sorted({node.id for node in ast.walk(function) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)}
                   | {argument.arg for argument in function.args.args})
    original, seen = ast.unparse(tree), set()
    for put, child in list(places(function)):
        for replacement in replacements(child, names):
            put(replacement)
            mutant = ast.unparse(ast.fix_missing_locations(tree))
            put(child)
            if mutant != original and mutant not in seen:
                seen.add(mutant)
                yield describe(original, mutant), mutant


def places(function: ast.FunctionDef) -> Iterator[tuple[Callable[[Any], None], ast.AST]]:
    """Every node below `function`, with a way to put another in its place."""
    for parent in ast.walk(function):
        if isinstance(parent, ast.arguments):
            continue
        for field, value in ast.iter_fields(parent):
            if isinstance(value, ast.AST):
                yield (lambda new, parent=parent, field=field: setattr(parent, field, new)), value
            elif isinstance(value, list):
                for i, item in enumerate(value):
                    if isinstance(item, ast.AST):
                        yield (lambda new, value=value, i=i: value.__setitem__(i, new)), item


def replacements(node: ast.AST, names: list[str]) -> Iterator[Any]:
    """What may stand in the place of one node."""
    if isinstance(node, ast.operator):
        yield from (kind() for kind in ARITHMETIC.get(type(node), []))
    elif isinstance(node, ast.cmpop):
        yield from (kind() for kind in COMPARISON.get(type(node), []))
    elif isinstance(node, ast.BinOp):
        yield from (node.left, node.right)
        if not isinstance(node.op, (ast.Add, ast.Mult)):
            yield ast.BinOp(node.right, node.op, node.left)
    elif isinstance(node, ast.BoolOp):
        yield ast.BoolOp(ast.Or() if isinstance(node.op, ast.And) else ast.And(), node.values)
        yield from (ast.BoolOp(node.op, [v for v in node.values if v is not dropped]) for dropped in node.values
                    if len(node.values) > 2)
        yield from (node.values if len(node.values) == 2 else [])
    elif isinstance(node, ast.UnaryOp):
        yield node.operand
    elif isinstance(node, ast.Constant):
        yield from constants(node.value)
    elif isinstance(node, ast.Call):
        yield from calls(node)
    elif isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Load):
        yield node.value
        yield from (ast.Attribute(node.value, name, node.ctx) for name in RENAMED.get(node.attr, []))
    elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load) and node.id in names:
        yield from (ast.Name(name, node.ctx) for name in names if name != node.id)
    elif isinstance(node, ast.comprehension) and node.ifs:
        yield ast.comprehension(node.target, node.iter, [], node.is_async)
    elif isinstance(node, (ast.Tuple, ast.List)) and isinstance(node.ctx, ast.Load) and len(node.elts) > 1:
        yield from (type(node)([e for e in node.elts if e is not dropped], node.ctx) for dropped in node.elts)
        yield type(node)(node.elts[::-1], node.ctx)
    elif isinstance(node, ast.stmt):
        yield ast.Pass()
        if isinstance(node, (ast.For, ast.While)):
            yield type(node)(**{**dict(ast.iter_fields(node)), "body": [*node.body, ast.Break()]})
        if isinstance(node, ast.If):
            yield ast.If(ast.UnaryOp(ast.Not(), node.test), node.body, node.orelse)


def constants(value: Any) -> Iterator[ast.Constant]:
    if isinstance(value, bool):
        yield ast.Constant(not value)
    elif isinstance(value, (int, float)):
        yield from (ast.Constant(v) for v in (value + 1, value - 1, value * 2))


def calls(node: ast.Call) -> Iterator[ast.expr]:
    """The object of a method, or one of the arguments, in the place of the call; arguments swapped or dropped."""
    if isinstance(node.func, ast.Attribute):
        yield node.func.value
    yield from node.args
    for i, j in itertools.combinations(range(len(node.args)), 2):
        swapped = list(node.args)
        swapped[i], swapped[j] = swapped[j], swapped[i]
        yield ast.Call(node.func, swapped, node.keywords)
    for dropped in node.keywords:
        yield ast.Call(node.func, node.args, [k for k in node.keywords if k is not dropped])


def describe(original: str, mutant: str) -> str:
    """The lines that differ: 'before  ->  after'."""
    before, after = original.splitlines(), mutant.splitlines()
    while before and after and before[0] == after[0]:
        before, after = before[1:], after[1:]
    while before and after and before[-1] == after[-1]:
        before, after = before[:-1], after[:-1]
    return "  ->  ".join(" ; ".join(line.strip() for line in lines) for lines in (before, after))


def limited(function: Callable, filename: str) -> Callable:
    """`function`, stopped with a TimeoutError once STEP_LIMIT lines of its own file have run: no clock, no process."""

    def call(*arguments: Any) -> Any:
        left = STEP_LIMIT

        def trace(frame: FrameType, event: str, argument: Any) -> Any:
            nonlocal left
            if frame.f_code.co_filename != filename:
                return None
            left -= 1
            if left < 0:
                raise TimeoutError("too many steps")
            return trace

        before = sys.gettrace()
        sys.settrace(trace)
        try:
            return function(*arguments)
        finally:
            sys.settrace(before)

    return call
