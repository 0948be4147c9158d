"""Sizes and forbidden calls."""

import re

from .source import Finding, matches

CALLS = [
    # (rule, pattern, words, allowed where)
    ("clock", re.compile(r"\bsteady_clock\b"), "measures time; take it from Clock::steady_ns()", "duration_files"),
    ("clock", re.compile(r"\b(?:system_clock|high_resolution_clock|gettimeofday|clock_gettime|"
                         r"timespec_get|localtime|gmtime|localtime_r|gmtime_r)\b|"
                         r"(?:\bstd::|(?<![\w.>:])(?:::)?)time\s*\(\s*(?:nullptr|NULL|0|&)"),
     "reads the clock; take the time from Clock", "clock_files"),
    ("clock", re.compile(r"\b(?:random_device|mt19937(?:_64)?|default_random_engine|arc4random|getrandom)\b|"
                         r"(?:\bstd::|(?<![\w.>:])(?:::)?)s?rand\s*\("),
     "is chance of its own; take it from Rng", "clock_files"),
    ("calls", re.compile(r"\bstd::w?regex\b|#\s*include\s*<regex>"), "takes unbounded time; use RE2", None),
    ("calls", re.compile(r"(?:\bstd::|(?<![\w>])::)(?:system|popen)\s*\(|"
                         r"(?:(?:^|[;{}(=,!&|?])\s*|\breturn\s+)(?:system|popen)\s*\(", re.M), "runs a shell", None),
    ("calls", re.compile(r"\busing\s+namespace\s+std\b"), "hides where a name comes from", None),
    ("calls", re.compile(r"catch\s*\(\s*\.\.\.\s*\)\s*\{\s*\}"), "swallows every failure", None),
]
KEYWORDS = re.compile(r"\s*(?:(?:export|static|inline|constexpr|const|typedef|friend|extern|\[\[[^\]]*\]\])\s*)*"
                      r"(namespace|class|struct|union|enum|extern)\b")
CLAUSES = re.compile(r"\b(?:alignas|__attribute__|requires|noexcept|explicit)\s*"
                     r"\((?:[^()]|\((?:[^()]|\([^()]*\))*\))*\)")


def check_calls(sources, arrows):
    for source in sources.values():
        if not source.path.startswith(("src/", "bench/", "tests/")) or not source.path.endswith((".h", ".cpp")):
            continue
        for rule, pattern, words, allowed in CALLS:
            # A load generator measures time by nature; only what ships takes its time from Clock.
            if allowed and (not source.path.startswith("src/") or matches(source.path, arrows["calls"][allowed])):
                continue
            for match in pattern.finditer(source.code):
                yield Finding(source.path, source.line_of(match.start()), rule, f"{match[0].strip()} {words}")


def check_sizes(sources, arrows):
    sizes = arrows["sizes"]
    for source in sources.values():
        if matches(source.path, sizes["generated"]) or source.path.endswith((".scn", ".toml")):
            continue
        count = len(source.lines) - (1 if source.text.endswith("\n") else 0)
        if count > sizes["file_lines"]:
            yield Finding(source.path, count, "sizes", f"{count} lines; a file has at most {sizes['file_lines']}")
        # web/ has a linter of its own; the scripts under tests/ are stories with long demands.
        if not source.path.startswith(("web/", "tests/")) and not source.path.endswith(".sql"):
            for number, line in enumerate(source.lines, 1):
                if len(line) > sizes["line_columns"]:
                    yield Finding(source.path, number, "sizes",
                                  f"{len(line)} columns; a line has at most {sizes['line_columns']}")
        if source.path.endswith((".h", ".cpp")):
            for start, end, name in functions(source.code):
                if end - start + 1 > sizes["function_lines"]:
                    yield Finding(source.path, start, "sizes",
                                  f"{name} has {end - start + 1} lines; the limit is {sizes['function_lines']}")


def without_templates(head):
    """Takes "template <…>" away, whose parameters say class without being one."""
    while True:
        match = re.match(r"\s*template\s*<", head)
        if not match:
            return head
        depth, at = 1, match.end()
        while at < len(head) and depth:
            depth += {"<": 1, ">": -1}.get(head[at], 0)
            at += 1
        head = head[at:]


def without_labels(head):
    return re.sub(r"^(?:\s|#[^\n]*\n|(?:public|private|protected)\s*:)+", "", head)


def kind_of(head):
    plain = CLAUSES.sub(" ", without_templates(head))
    match = KEYWORDS.match(plain)
    if match and "(" not in plain:
        return "scope"
    if match and match[1] in ("namespace", "extern"):
        return "scope"
    if "(" in plain and not re.search(r"=\s*$", plain):
        return "function"
    return "other"


def functions(code):
    """(first line, last line, name) of every function body outside other functions; by the depth of braces."""
    stack, head_start, line, last = [], 0, 1, 0
    for match in re.finditer(r"[{};]|\n[ \t]*#(?:[^\n]*\\\n)*[^\n]*", code):
        at, token = match.start(), match[0]
        line += code.count("\n", last, at)
        last = at
        inside = any(kind != "scope" for kind, *_ in stack)
        if token[0] == "\n":
            # A directive is no part of a head, unless a declaration goes on around it.
            if not inside and not code[head_start:at].strip():
                head_start = match.end()
        elif token == "{":
            head = without_labels(code[head_start:at])
            kind = "other" if inside else kind_of(head)
            first = line - head.count("\n")
            stack.append((kind, first, head, head_start))
            head_start = at + 1
        elif token == "}" and stack:
            kind, first, head, begun = stack.pop()
            following = code[match.end():match.end() + 80].lstrip()[:1]
            if kind == "function" and following in (",", "{"):
                head_start = begun  # a_{1}, b_{2} {: still the list of a constructor
            else:
                head_start = match.end()
                if kind == "function":
                    yield first, line, name_of(head)
        elif token == ";" and not inside:
            head_start = match.end()


def name_of(head):
    match = re.search(r"([\w:~]+|operator\S+)\s*\(", without_templates(head.strip()))
    return match[1] + "()" if match else "a function"
