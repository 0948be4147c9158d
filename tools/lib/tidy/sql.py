"""SQL: one dialect on both engines, and a tenant in every table."""

import re

from .source import Finding, matches

TABLE = re.compile(r"\bCREATE\s+TABLE\s+(?:IF\s+NOT\s+EXISTS\s+)?\"?(\w+)\"?\s*\(", re.I)
TYPES = {"id16", "i64", "txt", "bin", "flag", "instant"}
NOT_COLUMNS = {"primary", "foreign", "unique", "check", "constraint"}
BANNED = re.compile(r"\bI?LIKE\b|\bGLOB\b|\bREGEXP\b|\bSIMILAR\s+TO\b|\bjsonb?_\w+\s*\(|->>|"
                    r"\b(?:date|datetime|strftime|julianday|unixepoch|now|date_trunc|to_char|to_timestamp|age)\s*\(|"
                    r"\bCURRENT_(?:TIMESTAMP|DATE|TIME)\b|\bAUTOINCREMENT\b|\b(?:BIG)?SERIAL\b|\bINSERT\s+OR\s+\w+|"
                    r"\bREPLACE\s+INTO\b|(?<!WITHOUT )\browid\b|\bifnull\s*\(|\bgroup_concat\s*\(|\bstring_agg\s*\(|"
                    r"::\w+", re.I)
STATEMENT = re.compile(r"\s*(?:SELECT|INSERT|UPDATE|DELETE|WITH)\s", re.I)
LITERAL = re.compile(r'R"(\w*)\((.*?)\)\1"|"((?:\\.|[^"\\\n])*)"', re.S)
COMMENT = re.compile(r"--[^\n]*|/\*.*?\*/", re.S)


def check_sql(sources, arrows):
    rules = arrows["sql"]
    for source in sources.values():
        if not source.path.startswith("src/") or matches(source.path, rules["other_dialect"]):
            continue
        if source.path.endswith(".sql"):
            yield from check_file(source, rules)
        elif source.path.endswith((".h", ".cpp")):
            yield from check_statements(source)


def check_file(source, rules):
    text = COMMENT.sub(lambda m: "\n" * m[0].count("\n"), source.text)
    for match in TABLE.finditer(text):
        line = text.count("\n", 0, match.start()) + 1
        body = balanced(text, match.end())
        if match[1] not in rules["without_tenant"] and not re.search(r"\btenant_id\b", body):
            yield Finding(source.path, line, "tenant", f"table {match[1]} has no tenant_id")
        for column in split_columns(body):
            words = column.split()
            if len(words) >= 2 and words[0].lower() not in NOT_COLUMNS and words[1].rstrip(",").lower() not in TYPES:
                yield Finding(source.path, line, "dialect",
                              f"column {words[0]} of {match[1]} is {words[1]}; there are {' '.join(sorted(TYPES))}")
    for match in BANNED.finditer(text):
        yield Finding(source.path, text.count("\n", 0, match.start()) + 1, "dialect",
                      f"{match[0]} does not mean the same on both engines")


def check_statements(source):
    for start, inside in literals(source.text):
        if not STATEMENT.match(inside):
            continue
        for banned in BANNED.finditer(COMMENT.sub("", re.sub(r"'[^']*'", "''", inside))):
            yield Finding(source.path, source.text.count("\n", 0, start) + 1, "dialect",
                          f"{banned[0]} does not mean the same on both engines")


def literals(text):
    """(offset, content) of each string literal, neighbours joined as the compiler joins them."""
    start, end, joined = 0, 0, []
    for match in LITERAL.finditer(text):
        if joined and text[end:match.start()].strip():
            yield start, "".join(joined)
            joined = []
        if not joined:
            start = match.start()
        joined.append(match[2] if match[2] is not None else match[3])
        end = match.end()
    if joined:
        yield start, "".join(joined)


def balanced(text, at):
    depth, start = 1, at
    while at < len(text) and depth:
        depth += {"(": 1, ")": -1}.get(text[at], 0)
        at += 1
    return text[start:at - 1]


def split_columns(body):
    depth, begun = 0, 0
    for at, letter in enumerate(body):
        depth += {"(": 1, ")": -1}.get(letter, 0)
        if letter == "," and depth == 0:
            yield body[begun:at].strip()
            begun = at + 1
    yield body[begun:].strip()
