"""The files under inspection: found once, read once, with a copy whose comments and literals are blanked out."""

import fnmatch
import os
import re
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

SKIPPED_FOLDERS = {".git", "node_modules", "dist", "data", "fixtures", "goldens", "test-results", "__pycache__"}
TEXT_SUFFIXES = {".h", ".cpp", ".sql", ".py", ".sh", ".ts", ".tsx", ".scn", ".toml", ".css", ".mjs"}
# Comment, raw string, string, character; a quote after a letter or digit separates digits (1'000).
TOKENS = re.compile(r'//[^\n]*|/\*.*?\*/|R"(\w*)\(.*?\)\1"|"(?:\\.|[^"\\\n])*"|'
                    r"(?<![0-9a-zA-Z_])'(?:\\.|[^'\\\n])+'", re.S)
INCLUDE = re.compile(r'^[ \t]*#[ \t]*include[ \t]*([<"])([^>"]+)[>"]', re.M)


@dataclass(frozen=True)
class Finding:
    path: str
    line: int
    rule: str
    words: str

    def __str__(self):
        return f"{self.path}:{self.line}: {self.rule}: {self.words}"


def blank(match):
    text = match[0]
    kept = '""' if text[0] in '"R' else ""
    return kept + "\n" * text.count("\n")


@dataclass
class Source:
    path: str  # from the root, with slashes
    text: str
    words: list = field(default_factory=list)

    @cached_property
    def lines(self):
        return self.text.split("\n")

    @cached_property
    def code(self):
        """The text without comments and without the insides of literals; lines stay where they are."""
        return TOKENS.sub(blank, self.text)

    @cached_property
    def includes(self):
        """(line, "<" or '"', header) of every include."""
        # Comments are taken out first, but an include's own quotes must stay.
        found = []
        for match in INCLUDE.finditer(self.text):
            found.append((self.text.count("\n", 0, match.start()) + 1, match[1], match[2]))
        return found

    def line_of(self, offset, code=True):
        return (self.code if code else self.text).count("\n", 0, offset) + 1


def matches(path, patterns):
    """Glob with ** over folders; "a/**/b.cpp" also matches "a/b.cpp"."""
    return any(_match(path, p) for p in patterns)


_compiled = {}


def _match(path, pattern):
    if pattern not in _compiled:
        expression = ""
        for part in re.split(r"(\*\*/|\*\*|\*)", pattern):
            expression += {"**/": "(?:.*/)?", "**": ".*", "*": "[^/]*"}.get(part, re.escape(part))
        _compiled[pattern] = re.compile(expression + r"\Z")
    return _compiled[pattern].match(path) is not None


def read_tree(root):
    """Every text file of the project, by path."""
    root = Path(root)
    sources = {}
    for folder, names, files in os.walk(root):
        at_top = Path(folder) == root
        names[:] = sorted(n for n in names if n not in SKIPPED_FOLDERS and not (at_top and n.startswith("build")))
        for name in sorted(files):
            path = Path(folder) / name
            relative = path.relative_to(root).as_posix()
            if path.suffix in TEXT_SUFFIXES or relative == "web/api/openapi.json" or is_script(path, relative):
                try:
                    sources[relative] = Source(relative, path.read_text(encoding="utf-8"))
                except (UnicodeDecodeError, FileNotFoundError):
                    continue
    return sources


def is_script(path, relative):
    """Programs without a suffix: run, test, tools/tidy, tests/*/suite."""
    if path.suffix or not (relative.startswith(("tools/", "tests/", ".ci/")) or "/" not in relative):
        return False
    try:
        with open(path, "rb") as file:
            return file.read(2) == b"#!"
    except OSError:
        return False


__all__ = ["Finding", "Source", "matches", "read_tree", "fnmatch"]
