"""Routes that ask nobody's permission, requirement rows, and the map in README.md."""

import json
import os
import re
from pathlib import Path

from .source import SKIPPED_FOLDERS, Finding, matches

METHODS = ("Get", "Post", "Put", "Patch", "Delete")
MAP_LINE = re.compile(r"\s*([\w.@-]+(?:/[\w.@*<>-]+)*/)(?:\s|$)")
LINK = re.compile(r"\]\(([^)\s]+)\)")


def check_routes(sources, arrows):
    """kPublic may be used for the routes listed in arrows.toml, and a listed route must exist."""
    allowed, used = set(arrows["routes"]["public"]), set()
    for source in sources.values():
        if not source.path.startswith("src/") or source.path.endswith("_test.cpp"):
            continue
        if source.path == "src/kernel/authz/permission.h":
            continue
        for match in re.finditer(r"\bkPublic\b", source.code):
            line = source.line_of(match.start())
            named = route_near(source, line)
            if named is None:
                if is_registration(source, line):
                    yield Finding(source.path, line, "routes", "kPublic beside no route that can be read; "
                                  "write method, path and permission in one statement")
            elif named not in allowed:
                yield Finding(source.path, line, "routes", f"{named} asks nobody's permission and is not listed in "
                              "tools/arrows.toml [routes]")
            else:
                used.add(named)
    yield from bare_routes(sources, arrows)
    yield from documented_routes(sources, allowed)
    for missing in sorted(allowed - used):
        yield Finding("tools/arrows.toml", 1, "routes", f"{missing} is listed as public, but not registered")


AUDITED = re.compile(r"\.action\s*=\s*([^;]*?)(?:,\s*\.|\}\s*\))")
ACTION = re.compile(r'"([a-z_]+(?:\.[a-z_]+)+)"')
AUDIT_WORDS = "web/console/src/pages/system/AuditTable.tsx"


def check_audit_words(sources):
    """Every action that the server writes into the audit log by name is one that the console has words for."""
    words = sources.get(AUDIT_WORDS)
    if words is None:
        return
    known = set(re.findall(r"'([a-z_]+(?:\.[a-z_]+)+)'", words.text))
    for source in sources.values():
        if not source.path.startswith("src/") or source.path.endswith("_test.cpp"):
            continue
        for match in AUDITED.finditer(source.text):
            for action in ACTION.findall(match[1]):
                if action not in known:
                    yield Finding(source.path, source.line_of(match.start()), "audit",
                                  f"{action} has no words in the console; see `actions` in {AUDIT_WORDS}")


def bare_routes(sources, arrows):
    """http::route() knows no permission: only doors that check a key of their own or show no data use it."""
    for source in sources.values():
        doors = arrows["routes"]["doors"] + ["src/**/*_test.cpp"]
        if not source.path.startswith("src/") or matches(source.path, doors):
            continue
        for match in re.finditer(r"\bhttp::(?:route\s*\(|Route\s*\w*\s*\{)", source.code):
            yield Finding(source.path, source.line_of(match.start()), "routes",
                          "a route without the Api names no permission; see [routes] doors in tools/arrows.toml")


def documented_routes(sources, allowed):
    """The API's own document, where it is committed, says the same about every route."""
    document = sources.get("web/api/openapi.json")
    for path, methods in (json.loads(document.text)["paths"].items() if document else ()):
        for method, route in methods.items():
            if isinstance(route, dict) and route.get("x-permission", "none") in ("public", "none", ""):
                if f"{method.upper()} {path}" not in allowed:
                    yield Finding(document.path, 1, "routes", f"{method.upper()} {path} asks nobody's permission")


def statement_around(source, line):
    """The lines of the statement that this line is part of, with their literals."""
    code = source.code.split("\n")
    first = last = line - 1
    while first > 0 and not re.search(r"[;{}]\s*$", code[first - 1]):
        first -= 1
    while last < len(code) - 1 and not re.search(r"[;{}]\s*$", code[last]):
        last += 1
    return "\n".join(source.lines[first:last + 1])


def route_near(source, line):
    text = statement_around(source, line)
    path = re.search(r'"(/[^"\s]*)"', text)
    method = re.search(r"\b(?:Method::)?(" + "|".join(METHODS) + r")\b", text) or \
        re.search(r"[.>](get|post|put|patch|del|remove)\s*[<(]", text)
    if not path or not method:
        return None
    word = method[1].upper()
    return f"{ {'DEL': 'DELETE', 'REMOVE': 'DELETE'}.get(word, word)} {path[1]}"


def is_registration(source, line):
    """Comparisons with kPublic are how the kernel checks; a route's registration carries a path."""
    return '"/' in statement_around(source, line)


def check_rows(root, sources):
    """Requirement rows named in the code are rows of docs/requirements.csv: a misspelt one is never switched off."""
    table = Path(root) / "docs/requirements.csv"
    if not table.exists():
        return
    known = {line.split(",", 1)[0] for line in table.read_text(encoding="utf-8").splitlines()[1:]}
    for source in sources.values():
        if not source.path.startswith("src/") or source.path.endswith("_test.cpp"):
            continue
        for match in re.finditer(r"\.rows\s*=\s*\{([^}]*)\}|\bis_off\(\s*(\"[^\"]*\")", source.text):
            for row in re.findall(r'"([^"]*)"', match[1] or match[2] or ""):
                if row not in known:
                    yield Finding(source.path, source.line_of(match.start(), code=False), "rows",
                                  f"{row} is no row of docs/requirements.csv")


def check_map(root, sources):
    """README.md's map, the fenced block after "<!-- map -->", names exactly what stands; no page links to nothing."""
    readme = Path(root) / "README.md"
    if not readme.exists():
        yield Finding("README.md", 1, "map", "there is no README.md")
        return
    for page in pages(root):
        text = page.read_text(encoding="utf-8", errors="replace")
        for match in LINK.finditer(text):
            target = match[1].split("#")[0]
            outside = "://" in target or target.startswith("mailto:")
            if target and not outside and not (page.parent / target).exists():
                yield Finding(page.relative_to(root).as_posix(), text.count("\n", 0, match.start()) + 1, "map",
                              f"{target} does not exist")
    lines = readme.read_text(encoding="utf-8").split("\n")
    start = next((i for i, text in enumerate(lines) if text.strip() == "<!-- map -->"), None)
    if start is None:
        yield Finding("README.md", 1, "map", "no folder map: put \"<!-- map -->\" before the block of folders")
        return
    end = next((i for i in range(start + 2, len(lines)) if lines[i].startswith("```")), len(lines))
    named = {}
    for number in range(start + 2, end):
        match = MAP_LINE.match(lines[number])
        if match:
            named[match[1].rstrip("/")] = number + 1
    for path, number in named.items():
        if not (Path(root) / path).exists():
            yield Finding("README.md", number, "map", f"{path} does not exist")
    for path in sorted(expected_folders(root, sources) - set(named)):
        yield Finding("README.md", start + 1, "map", f"{path}/ is missing from the map")


def pages(root):
    for folder, names, files in os.walk(root):
        names[:] = [n for n in names if n not in SKIPPED_FOLDERS and not n.startswith("build")]
        yield from (Path(folder) / name for name in sorted(files) if name.endswith(".md"))


def expected_folders(root, sources):
    """Top-level folders with something in them, the rooms of src/ and the modules."""
    folders = set()
    for path in sources:
        parts = path.split("/")
        if len(parts) > 1 and not parts[0].startswith("."):
            if parts[0] == "src" and len(parts) > 2:
                folders.add("/".join(parts[:2]))
                if parts[1] == "modules" and len(parts) > 3:
                    folders.add("/".join(parts[:3]))
            elif parts[0] != "src":
                folders.add(parts[0])
    return folders
