"""JSON with variables and matchers: what a scenario sends and what it demands of an answer.

Beyond JSON a value may be: $x (a variable), <any> <int> <number> <string> <bool> <time> <id:cus> <re:…> <absent>
<empty>, a comparison >= 3, > 3, <= 3, < 3, != "x", and … as the last element of a list: "these are among others,
in any order".
"""

import json
import re


class Problem(Exception):
    """The scenario's text cannot be understood."""


class Variable:
    def __init__(self, name):
        self.name = name


class Matcher:
    def __init__(self, kind, argument=None):
        self.kind, self.argument = kind, argument

    def __str__(self):
        return f"<{self.kind}:{self.argument}>" if self.argument is not None else f"<{self.kind}>"


class Comparison:
    def __init__(self, operator, value):
        self.operator, self.value = operator, value

    def __str__(self):
        return f"{self.operator} {show(self.value)}"


class Others:
    """The "…" (or "...") at the end of a list."""


KINDS = {"any", "int", "number", "string", "bool", "time", "id", "re", "absent", "empty", "list", "object"}
STRING = re.compile(r'"(?:[^"\\]|\\.)*"')
NUMBER = re.compile(r"-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?")
VARIABLE = re.compile(r"\$(\w+)|\$\{(\w+)\}")
TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)\Z")


class Reader:
    """A cursor over a step's text. Every read_… skips blanks first and raises Problem where the text is not that."""

    def __init__(self, text):
        self.text, self.at = text, 0

    def blanks(self):
        while self.at < len(self.text) and self.text[self.at].isspace():
            self.at += 1

    def rest(self):
        self.blanks()
        return self.text[self.at:]

    def done(self):
        return not self.rest()

    def peek(self, word):
        return self.rest().startswith(word)

    def take(self, word):
        if self.peek(word):
            self.at += len(word)
            return True
        return False

    def pattern(self, expression):
        self.blanks()
        match = re.compile(expression).match(self.text, self.at)
        if match:
            self.at = match.end()
        return match

    def word(self):
        """Up to the next blank; empty at the end."""
        match = self.pattern(r"\S+")
        return match[0] if match else ""

    def string_or_word(self):
        """A JSON string's content, or a bare word."""
        self.blanks()
        match = STRING.match(self.text, self.at)
        if match:
            self.at = match.end()
            return json.loads(match[0], strict=False)
        return self.word()

    def value(self):
        self.blanks()
        letter = self.text[self.at:self.at + 1]
        if letter == "{":
            return self.read_object()
        if letter == "[":
            return self.read_list()
        if letter == '"':
            match = STRING.match(self.text, self.at)
            if not match:
                raise Problem("a string without an end")
            self.at = match.end()
            return json.loads(match[0], strict=False)
        for word, constant in (("true", True), ("false", False), ("null", None)):
            if self.take(word):
                return constant
        variable = self.pattern(VARIABLE.pattern)
        if variable:
            return Variable(variable[1] or variable[2])
        return self.read_matcher_or_number()

    def read_matcher_or_number(self):
        regex = self.pattern(r"<re:((?:[^>\\]|\\.)*)>")
        if regex:
            return Matcher("re", regex[1].replace("\\>", ">"))
        matcher = self.pattern(r"<([a-z]+)(?::([^>]*))?>")
        if matcher:
            if matcher[1] not in KINDS:
                raise Problem(f"<{matcher[1]}> is no matcher; there are {' '.join(sorted(KINDS))}")
            return Matcher(matcher[1], matcher[2])
        comparison = self.pattern(r">=|<=|!=|>|<")
        if comparison:
            return Comparison(comparison[0], self.value())
        number = self.pattern(NUMBER.pattern)
        if number:
            return json.loads(number[0])
        raise Problem(f"no value here: {self.rest()[:40]!r}")

    def read_object(self):
        self.take("{")
        found = {}
        while not self.take("}"):
            self.blanks()
            match = STRING.match(self.text, self.at)
            if not match:
                raise Problem(f"a name in quotes is wanted here: {self.rest()[:40]!r}")
            self.at = match.end()
            if not self.take(":"):
                raise Problem(f"a colon is wanted here: {self.rest()[:40]!r}")
            found[json.loads(match[0])] = self.value()
            if not self.take(",") and not self.peek("}"):
                raise Problem(f"a comma or }} is wanted here: {self.rest()[:40]!r}")
        return found

    def read_list(self):
        self.take("[")
        found = []
        while not self.take("]"):
            found.append(Others() if self.take("…") or self.take("...") else self.value())
            if not self.take(",") and not self.peek("]"):
                raise Problem(f"a comma or ] is wanted here: {self.rest()[:40]!r}")
        return found


def fill(text, variables):
    """Puts variables into text: $name or ${name}; $$ is a dollar."""
    def one(match):
        if match[0] == "$$":
            return "$"
        name = match[1] or match[2]
        if name not in variables:
            raise Problem(f"${name} has no value yet")
        value = variables[name]
        return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return re.sub(r"\$\$|" + VARIABLE.pattern, one, text)


def resolve(value, variables):
    """The value with every variable filled in; matchers stay."""
    if isinstance(value, Variable):
        if value.name not in variables:
            raise Problem(f"${value.name} has no value yet")
        return variables[value.name]
    if isinstance(value, str):
        return fill(value, variables)
    if isinstance(value, dict):
        return {fill(k, variables): resolve(v, variables) for k, v in value.items()}
    if isinstance(value, list):
        return [resolve(v, variables) for v in value]
    if isinstance(value, Comparison):
        return Comparison(value.operator, resolve(value.value, variables))
    if isinstance(value, Matcher) and value.argument:
        # In a regular expression $ is also the end of the text: only known names are filled in, and literally.
        known = re.compile(r"\$(" + "|".join(map(re.escape, sorted(variables, key=len, reverse=True))) + r")\b")
        return Matcher(value.kind, known.sub(lambda m: re.escape(str(variables[m[1]])), value.argument))
    return value


def show(value):
    if isinstance(value, (Matcher, Comparison)):
        return str(value)
    return json.dumps(value, ensure_ascii=False, default=str)


def same_scalar(expected, actual):
    if isinstance(expected, bool) or isinstance(actual, bool):
        return expected is actual
    return expected == actual


def matcher_holds(matcher, actual):
    kind = matcher.kind
    number = isinstance(actual, (int, float)) and not isinstance(actual, bool)
    if kind == "any":
        return True
    if kind == "absent":
        return False
    if kind == "empty":
        return actual in ("", [], {}, None)
    if kind == "int":
        return isinstance(actual, int) and not isinstance(actual, bool)
    if kind == "number":
        return number
    if kind == "bool":
        return isinstance(actual, bool)
    if kind in ("list", "object"):
        return isinstance(actual, list if kind == "list" else dict)
    if not isinstance(actual, str):
        return kind == "re" and number and re.search(matcher.argument, json.dumps(actual)) is not None
    if kind == "time":
        return TIME.match(actual) is not None
    if kind == "id":
        return re.match(re.escape(matcher.argument or "") + r"_[0-9A-Za-z]{8,}\Z", actual) is not None
    if kind == "re":
        return re.search(matcher.argument, actual) is not None
    return kind == "string"


def comparison_holds(comparison, actual):
    other = comparison.value
    if comparison.operator == "!=":
        return not same_scalar(other, actual)
    try:
        return {">=": lambda: actual >= other, ">": lambda: actual > other,
                "<=": lambda: actual <= other, "<": lambda: actual < other}[comparison.operator]()
    except TypeError:
        return False


def mismatches(expected, actual, at=""):
    """What is wrong with the answer, a line for each place; an object may have more fields than are asked for."""
    if isinstance(expected, Matcher):
        return [] if matcher_holds(expected, actual) else [f"{at or '.'}: expected {expected}, got {show(actual)}"]
    if isinstance(expected, Comparison):
        return [] if comparison_holds(expected, actual) else [f"{at or '.'}: expected {expected}, got {show(actual)}"]
    if isinstance(expected, dict):
        return object_mismatches(expected, actual, at)
    if isinstance(expected, list):
        return list_mismatches(expected, actual, at)
    return [] if same_scalar(expected, actual) else [f"{at or '.'}: expected {show(expected)}, got {show(actual)}"]


def object_mismatches(expected, actual, at):
    if not isinstance(actual, dict):
        return [f"{at or '.'}: expected an object, got {show(actual)}"]
    found = []
    for name, value in expected.items():
        absent = isinstance(value, Matcher) and value.kind == "absent"
        if name not in actual:
            if not absent:
                found.append(f"{at}.{name}: expected {show(value)}, but there is no such field")
        elif absent:
            found.append(f"{at}.{name}: expected none, got {show(actual[name])}")
        else:
            found += mismatches(value, actual[name], f"{at}.{name}")
    return found


def list_mismatches(expected, actual, at):
    if not isinstance(actual, list):
        return [f"{at or '.'}: expected a list, got {show(actual)}"]
    if expected and isinstance(expected[-1], Others):
        left, found = list(actual), []
        for wanted in expected[:-1]:
            fitting = next((i for i, one in enumerate(left) if not mismatches(wanted, one)), None)
            if fitting is None:
                found.append(f"{at or '.'}: no element like {show(wanted)}")
            else:
                left.pop(fitting)
        return found
    if len(expected) != len(actual):
        return [f"{at or '.'}: expected {len(expected)} elements, got {len(actual)}"]
    return [line for i, (e, a) in enumerate(zip(expected, actual)) for line in mismatches(e, a, f"{at}[{i}]")]


STEP = re.compile(r'\.([\w-]+)|\."([^"]+)"|\[(-?\d+)\]|\[([\w.]+)=("[^"]*"|[^\]]*)\]|\.?#')


def pick(value, path):
    """The value at .a.b[0], .items[-1], .items[name=x].id or .items# (their number); KeyError where there is none."""
    at = 1 if path == "." else 0
    while at < len(path):
        match = STEP.match(path, at)
        if not match:
            raise Problem(f"no path: {path}")
        at = match.end()
        if match[0].endswith("#"):
            value = len(value)
        elif match[1] or match[2]:
            if not isinstance(value, dict):
                raise KeyError(path)
            value = value[match[1] or match[2]]
        elif match[3]:
            if not isinstance(value, list) or not -len(value) <= int(match[3]) < len(value):
                raise KeyError(path)
            value = value[int(match[3])]
        else:
            wanted = match[5].strip('"')
            fits = [one for one in value if str(pick_or_none(one, "." + match[4])) == wanted]
            if not fits:
                raise KeyError(path)
            value = fits[0]
    return value


def pick_or_none(value, path):
    try:
        return pick(value, path)
    except (KeyError, TypeError):
        return None
