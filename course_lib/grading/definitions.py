"""What a cell defines, told from its text: all that is left of it after it hung or crashed."""

import ast

DEFINITIONS = (ast.Import, ast.ImportFrom, ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
ASSIGNMENTS = (ast.Assign, ast.AnnAssign, ast.AugAssign)
BLOCKS = (ast.For, ast.AsyncFor, ast.While, ast.With, ast.AsyncWith)
ANY, WITHOUT_CALL, NO = "any", "without a call", "no"  # which assignments are kept


def definitions_only(source: str, assignments: str = NO) -> str:
    """The imports and definitions of a cell, and its assignments before the first loop. Empty if it is no plain Python.

    assignments: ANY, those WITHOUT_CALL in them (outside a lambda), or NO.
    """
    body, kept = _kept(source, assignments)
    return ast.unparse(ast.Module([_shielded(node) for node in kept], [])) if kept else ""


def reductions(source: str) -> list[str]:
    """What to run in place of a cell that hung or crashed: each entry keeps less than the one before, the last nothing."""
    length, shorter = len(_kept(source, ANY)[0]), []
    for assignments in (ANY, WITHOUT_CALL, NO):
        kept = len(_kept(source, assignments)[1])
        if 0 < kept < length:  # else it would do the same again
            shorter.append(definitions_only(source, assignments))
            length = kept
    return [*shorter, ""]


def binds(source: str, name: str) -> bool:
    """May a cell give `name` a new meaning? Told from its text: True if it is no plain Python and holds the name at all."""
    try:
        nodes = list(ast.walk(ast.parse(source)))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return name in source
    return any(isinstance(node, ast.Name) and node.id == name and not isinstance(node.ctx, ast.Load)
               or isinstance(node, DEFINITIONS[2:]) and node.name == name
               or isinstance(node, ast.alias) and name in (node.name, node.asname) for node in nodes)


def _kept(source: str, assignments: str) -> tuple[list[ast.stmt], list[ast.stmt]]:
    """All statements of a cell, and those that are kept."""
    try:
        body = ast.parse(source).body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return [], []
    first_block = next((place for place, node in enumerate(body) if isinstance(node, BLOCKS)), len(body))
    return body, [node for place, node in enumerate(body) if isinstance(node, DEFINITIONS)
                  or (place < first_block and isinstance(node, ASSIGNMENTS)
                      and (assignments == ANY or assignments == WITHOUT_CALL and not _calls(node)))]


def _calls(node: ast.AST) -> bool:
    """Does running this statement call something? The body of a lambda does not run."""
    return isinstance(node, (ast.Call, ast.Await)) or any(
        _calls(child) for child in ast.iter_child_nodes(node) if not isinstance(child, ast.Lambda))


def _shielded(node: ast.stmt) -> ast.stmt:
    """An assignment may need what is left out: its exception must not take the definitions below with it."""
    if not isinstance(node, ASSIGNMENTS):
        return node
    ignore = ast.ExceptHandler(ast.Name("Exception", ast.Load()), None, [ast.Pass()])
    return ast.Try([node], [ignore], [], [])
