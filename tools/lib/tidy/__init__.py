"""The checks behind tools/tidy. Each yields Finding(path, line, rule, words)."""
