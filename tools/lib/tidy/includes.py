"""Rooms and arrows: who may include whom. Transitive rules use the compiler's own list where a build exists."""

import re
import subprocess
from pathlib import Path

from .source import Finding, matches

# <string>, <c...>: the C++ library; the C library's own spellings of it.
STANDARD = re.compile(r"[a-z_0-9]+\Z")
OS_HEADER = re.compile(r"(?:sys|netinet|arpa|net|linux|bits|asm)/[\w/]+\.h\Z|"
                       r"(?:unistd|fcntl|dirent|signal|poll|pthread|termios|pwd|grp|dlfcn|sched|syslog|netdb|spawn|"
                       r"stdio|stdlib|string|stdint|stddef|errno|time|math|assert|limits|ctype|locale|wchar|strings|"
                       r"inttypes|execinfo|getopt|glob|fnmatch|malloc|link|elf|features|utime|semaphore|ifaddrs|"
                       r"libgen|mntent|sysexits|ucontext)\.h\Z")


def place(path):
    """("modules", "customer") of src/modules/customer/x.h; (room, "") elsewhere; None outside src/."""
    parts = path.split("/")
    if parts[0] != "src" or len(parts) < 3:
        return None
    return (parts[1], parts[2] if parts[1] == "modules" and len(parts) > 3 else "")


def check_direct(sources, arrows):
    """Third-party headers, and api.h only: over what a file itself includes."""
    for source in sources.values():
        here = place(source.path)
        if here is None or not source.path.endswith((".h", ".cpp")):
            continue
        for line, kind, header in source.includes:
            if kind == '"' and f"src/{header}" in sources:
                words = wrong_module_header(here, header, arrows)
                if words:
                    yield Finding(source.path, line, "api-only", words)
            elif kind == '"' and not header.startswith(("boost/", "tl/")) and is_ours(header, source, sources):
                continue
            else:
                words = wrong_third_party(source.path, header, arrows)
                if words:
                    yield Finding(source.path, line, "third-party", words)


def is_ours(header, source, sources):
    beside = str(Path(source.path).parent / header)
    return beside in sources or header.split("/")[0] in ("base", "platform", "kernel", "modules", "flows", "app")


def wrong_module_header(here, header, arrows):
    there = place(f"src/{header}")
    if there is None or there[0] != "modules" or there == here:
        return None
    rules = arrows["modules"]
    name = header.split("/")[-1]
    if name in rules["public_headers"]:
        return None
    if name in rules["registration_headers"] and here[0] in rules["registration_rooms"]:
        return None
    return f"\"{header}\" is inside module {there[1]}; others include its {' or '.join(rules['public_headers'])} only"


def wrong_third_party(path, header, arrows):
    rules = arrows["third_party"]
    if STANDARD.match(header) or matches(path, rules["files"]):
        return None
    if OS_HEADER.match(header):
        if matches(path, rules["os_files"]):
            return None
        return f"<{header}> is the operating system's; only base, platform and app reach it"
    if matches(path, rules["tests"]) and header.startswith(tuple(rules["test_headers"])):
        return None
    for exception in rules["exceptions"]:
        if header.startswith(exception["header"]) and matches(path, exception["files"]):
            return None
    return f"<{header}> is a third party's; it stands behind a façade, in {' or '.join(rules['files'])}"


def check_arrows(sources, arrows, build):
    """Room direction and module order: over everything that is reached, however indirectly."""
    rooms = {name: number for number, name in enumerate(arrows["rooms"]["order"])}
    modules = {name: number for number, name in enumerate(arrows["modules"]["order"])}
    for path in sources:
        here = place(path)
        if here is not None and here[0] not in rooms:
            yield Finding(path, 1, "rooms", f"src/{here[0]} is no room of tools/arrows.toml")
        elif here is not None and here[1] and here[1] not in modules:
            yield Finding(path, 1, "rooms", f"module {here[1]} has no place in tools/arrows.toml")
    reported = set()
    for path, headers in reached(sources, build).items():
        here = place(path)
        if here is None or here[0] not in rooms:
            continue
        for header in headers:
            there = place(header)
            if there is None or there[0] not in rooms or not against(here, there, rooms, modules):
                continue
            culprit, line = where(path, header, sources)
            if (culprit, header) not in reported:
                reported.add((culprit, header))
                yield Finding(culprit, line, "arrows", f"{'/'.join(filter(None, here))} must not reach {header} "
                              f"(the order is {' ← '.join(rooms) if here[0] != there[0] else ' ← '.join(modules)})")


def against(here, there, rooms, modules):
    if rooms[there[0]] != rooms[here[0]]:
        return rooms[there[0]] > rooms[here[0]]
    if here[0] == "modules" and here[1] != there[1]:
        return modules.get(there[1], -1) > modules.get(here[1], len(modules))
    return False


def where(path, header, sources):
    """The file and line whose include first crosses: the shortest way from path to header by direct includes."""
    frontier, seen, way = [path], {path}, {}
    while frontier:
        following = []
        for at in frontier:
            for line, target in direct(at, sources):
                if target in seen:
                    continue
                seen.add(target)
                way[target] = (at, line)
                following.append(target)
        if header in seen:
            break
        frontier = following
    return way.get(header, (path, 1))


def direct(path, sources):
    source = sources.get(path)
    for line, kind, header in source.includes if source else ():
        if kind == '"' and f"src/{header}" in sources:
            yield line, f"src/{header}"
        elif kind == '"' and str(Path(path).parent / header) in sources:
            yield line, str(Path(path).parent / header)


def reached(sources, build):
    """For every file of src/, the files of src/ that it reaches: by our own scan, plus what the compiler says."""
    closures = {}

    def closure(path):
        found, stack = set(), [path]
        while stack:
            for _, target in direct(stack.pop(), sources):
                if target not in found:
                    found.add(target)
                    stack.append(target)
        return found

    for path in sources:
        if path.startswith("src/") and path.endswith((".h", ".cpp")):
            closures[path] = closure(path)
    for path, headers in compiler_list(sources, build):
        closures.setdefault(path, set()).update(headers)
    return closures


def compiler_list(sources, build):
    """(source, headers of src/) as the compiler wrote them down in the last build; nothing where there is none."""
    if build is None or not (Path(build) / ".ninja_deps").exists():
        return
    root = str(Path(build).resolve().parent)
    command = ["ninja", "-C", str(build), "-t", "deps"]
    listing = subprocess.run(command, capture_output=True, text=True, check=False).stdout
    prefix = f"    {root}/src/"
    path, headers = None, set()
    for line in listing.splitlines():
        if line.startswith("    "):
            if path and line.startswith(prefix):
                headers.add(line[len(root) + 5:])
        elif line:
            match = re.search(r"\.dir/(src/\S+\.cpp)\.o: #deps .*\((VALID|STALE)\)", line)
            path = match[1] if match and match[2] == "VALID" and match[1] in sources else None
        elif path:
            # A header that is gone was reached by a build older than the tree.
            yield path, {h for h in headers if h in sources}
            path, headers = None, set()
