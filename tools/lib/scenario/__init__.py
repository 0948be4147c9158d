"""Behind tools/scenario: the language of .scn files (text, values), the server under test, and the execution of steps.
tests/scenarios/README.md describes the language for those who write scenarios."""
