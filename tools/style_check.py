"""The project's own style rules, as far as ruff does not know them: `python tools/style_check.py`.

Exits 1 and lists each place when a rule is broken. CONTRIBUTING.md gives the reasons.
"""

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
FILE_LINES = 500
FUNCTION_LINES = 60
# Files that may catch everything, in one place each: it logs with traceback and parks the row or
# the job for a person, or reports to the client. None is a request or a form.
BLIND_EXCEPTS = {
    "contacts/jobs.py": 1,  # the end of a job
    "xero_integration/jobs.py": 1,  # the end of a job
    "xero_integration/reading/polling.py": 1,  # one poll
    "xero_integration/push.py": 1,  # one batch
}
TEMPLATE_RULES = {
    " style=": "inline style (the Content-Security-Policy forbids it)",
    "<style": "inline style sheet (the Content-Security-Policy forbids it)",
    " onclick=": "inline script (the Content-Security-Policy forbids it)",
    "hx-on": "inline script (the Content-Security-Policy forbids it)",
}
SCRIPT_LINES = 80

Finding = tuple[str, str]


def tracked(*patterns: str) -> list[Path]:
    """Return the files that git knows or would add, without those deleted."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "--", *patterns]
    output = subprocess.run(  # noqa: S603 - fixed arguments
        command, cwd=ROOT, check=True, capture_output=True, text=True
    ).stdout
    return sorted({ROOT / line for line in output.splitlines() if (ROOT / line).is_file()})


def is_test(path: Path) -> bool:
    return bool({"tests", "e2e"} & set(path.parts)) or path.name == "conftest.py"


def python_findings(path: Path, name: str) -> Iterator[Finding]:
    source = path.read_text()
    lines = source.count("\n")
    if lines > FILE_LINES:
        yield name, f"{lines} lines, {FILE_LINES} are allowed: split it by subject"
    tree = ast.parse(source)
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield from function_findings(node, name, in_test=is_test(path))
    handlers = (node for node in ast.walk(tree) if isinstance(node, ast.ExceptHandler))
    blind = [handler.lineno for handler in handlers if is_blind(handler)]
    if len(blind) > BLIND_EXCEPTS.get(name, 0):
        yield f"{name}:{blind[-1]}", "blind except: name the exceptions"


def function_findings(
    node: ast.FunctionDef | ast.AsyncFunctionDef, name: str, *, in_test: bool
) -> Iterator[Finding]:
    place = f"{name}:{node.lineno}"
    length = (node.end_lineno or node.lineno) - node.lineno + 1
    if length > FUNCTION_LINES:
        yield place, f"{node.name} has {length} lines, {FUNCTION_LINES} are allowed"
    if node.returns is None and not in_test:
        yield place, f"{node.name} has no return type"


def is_blind(node: ast.ExceptHandler) -> bool:
    """Whether `node` catches everything and does not raise it on."""
    caught = getattr(node.type, "id", None)
    raised_on = any(isinstance(each, ast.Raise) and each.exc is None for each in ast.walk(node))
    return (node.type is None or caught in {"Exception", "BaseException"}) and not raised_on


def migration_findings(path: Path, name: str) -> Iterator[Finding]:
    if "_auto_" in path.name:
        yield name, "name the migration by what it does"


def template_findings(path: Path, name: str) -> Iterator[Finding]:
    for number, line in enumerate(path.read_text().splitlines(), start=1):
        for mark, what in TEMPLATE_RULES.items():
            if mark in line:
                yield f"{name}:{number}", what


def script_findings(path: Path, name: str) -> Iterator[Finding]:
    lines = path.read_text().count("\n")
    if lines > SCRIPT_LINES:
        yield name, f"{lines} lines, {SCRIPT_LINES} are allowed: one behaviour a file"


CHECKS = (
    (("*.py", ":!:*/migrations/*"), python_findings),
    (("*/migrations/*.py",), migration_findings),
    (("templates/*.html",), template_findings),
    (("static/js/*.js",), script_findings),
)


def findings() -> Iterator[Finding]:
    for patterns, check in CHECKS:
        for path in tracked(*patterns):
            yield from check(path, path.relative_to(ROOT).as_posix())


def main() -> int:
    found = list(findings())
    for place, what in found:
        sys.stdout.write(f"{place}: {what}\n")
    sys.stdout.write(f"Style: {len(found) or 'nothing'} to mend.\n")
    return bool(found)


if __name__ == "__main__":
    sys.exit(main())
