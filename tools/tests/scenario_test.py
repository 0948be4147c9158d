"""The scenario runner against a small fake server: what holds passes, what does not is said with file and line."""

import tempfile
import textwrap
import unittest
from pathlib import Path

from scenario import run, text
from scenario.values import Problem, Reader, mismatches, pick

FAKE = Path(__file__).resolve().parent / "fake_tilth.py"
HEAD = "# id: T\n# covers: T-01\nclock 2026-03-01T10:00:00+08:00\nlogin admin\n"


def value(words):
    return Reader(words).value()


class Values(unittest.TestCase):
    def wrong(self, expected, actual):
        return mismatches(value(expected), actual)

    def test_objects_may_have_more(self):
        self.assertEqual(self.wrong('{"a": 1}', {"a": 1, "b": 2}), [])
        self.assertEqual(self.wrong('{"a": 1}', {"a": 2}), [".a: expected 1, got 2"])
        self.assertEqual(len(self.wrong('{"a": 1}', {})), 1)
        self.assertEqual(len(self.wrong('{"a": true}', {"a": 1})), 1)

    def test_lists_are_exact_unless_they_end_in_dots(self):
        self.assertEqual(len(self.wrong("[1, 2]", [1, 2, 3])), 1)
        self.assertEqual(self.wrong("[3, 1, …]", [1, 2, 3]), [])
        self.assertEqual(len(self.wrong("[3, 3, ...]", [1, 2, 3])), 1)

    def test_matchers(self):
        fits = {"<any>": None, "<int>": 5, "<id:cus>": "cus_01J8ABCDEFGH", "<re:^a.c$>": "abc", ">= 3": 3, "!= 4": 5,
                "<time>": "2026-03-01T10:00:00.123Z", "<empty>": [], '<re:^\\d+$>': "12"}
        breaks = {"<int>": "5", "<id:cus>": "ord_01J8ABCDEFGH", "<re:^a.c$>": "abd", ">= 3": 2, "!= 4": 4,
                  "<time>": "yesterday", "<empty>": [1], "< 3": "x"}
        for words, actual in fits.items():
            self.assertEqual(self.wrong(words, actual), [], words)
        for words, actual in breaks.items():
            self.assertEqual(len(self.wrong(words, actual)), 1, words)
        self.assertEqual(self.wrong('{"x": <absent>}', {}), [])
        self.assertEqual(len(self.wrong('{"x": <absent>}', {"x": 1})), 1)

    def test_paths(self):
        tree = {"items": [{"name": "a", "n": 1}, {"name": "b", "n": 2}]}
        self.assertEqual(pick(tree, ".items[-1].n"), 2)
        self.assertEqual(pick(tree, ".items[name=a].n"), 1)
        self.assertEqual(pick(tree, ".items#"), 2)
        self.assertRaises(KeyError, pick, tree, ".items[5]")

    def test_words_that_are_no_value(self):
        for words in ("{a: 1}", '{"a" 1}', "<foo>", '"no end', "[1 2]"):
            self.assertRaises(Problem, value, words)


class Runner(unittest.TestCase):
    def play(self, story, head=HEAD, off=None, bless=False, folder=None):
        with tempfile.TemporaryDirectory() as made:
            path = Path(folder or made) / "t.scn"
            path.write_text(head + textwrap.dedent(story))
            return run.run(text.read(path), run.Settings(FAKE, off=off, bless=bless))

    def passes(self, story, **more):
        outcome = self.play(story, **more)
        self.assertEqual(outcome.verdict, "passed", "\n".join(outcome.words))

    def fails(self, story, *words, verdict="failed", **more):
        outcome = self.play(story, **more)
        self.assertEqual(outcome.verdict, verdict, "\n".join(outcome.words))
        for word in words:
            self.assertIn(word, "\n".join(outcome.words))

    def test_a_whole_story(self):
        self.passes("""\
            file two.csv
            | a,b
            | 1,"$5"
            POST /api/v1/notes {"text": "hello", "n": 19900} key k1 => 201 {"id": <id:not>, "n": >= 1} $id := .id
            POST /api/v1/notes (same) key k1                        => 200 {"id": "$id"}       # not made twice
            POST /api/v1/notes (same) key k1                        => 200 same-body
            advance 30d
            settle
            POST /api/v1/notes {"text": "later",
                                "of": $id} => 201 .at "2026-03-31T10:00:00+08:00"
            GET /api/v1/notes => 200 .count 2 .items# 2 .items[text=later].of "$id" contains "hello" lacks "secret"
                header Content-Type: "application/json"
            POST /api/v1/lines <<two.csv type text/csv => 200 {"lines": 2, "type": "text/csv"}
            POST /api/v1/lines "x" => 200 {"lines": 1}
            wait until GET /api/v1/notes matches {"count": >= 2} within 2s
            run tilth verify => exit 0 contains "verified 2"
            run tilth verify --fail => exit 3
            restart
            GET /api/v1/notes => 200 .count 2 .now "2026-03-31T10:00:00+08:00"
            kill
            GET /api/v1/notes => 200 .count 2
            as nobody
            GET /api/v1/notes => 401
            GET /api/v1/notes as admin => 200
            actor robot bearer sk_1
            GET /api/v1/notes => 200
            POST /api/v1/notes {"text": "race"} key k9 together 4 => 200|201 {"text": "race"}
            GET /api/v1/notes => .count 3
            """)

    def test_failures_name_the_line(self):
        self.fails("GET /api/v1/notes => 404\n", "t.scn:5: GET /api/v1/notes => 404", "got: 200", "server log:")
        self.fails("\nGET /api/v1/notes => 200 {\"count\": 1}\n", "t.scn:6:", ".count: expected 1, got 0")
        self.fails("GET /api/v1/notes => 200 contains \"x\"\n", "expected it to contain")
        self.fails("GET /api/v1/notes => 200 $x := .nothing\n", "there is no .nothing")
        self.fails("POST /api/v1/notes {} => 201\nPOST /api/v1/notes {} => 201 same-body\n", "the same bytes")
        self.fails("wait until GET /api/v1/notes => {\"count\": 1} within 50ms\n", "not within 0.05 s")
        self.fails("run tilth verify --fail => exit 0\n", "expected exit code 0, got 3",
                   head=HEAD + "POST /api/v1/notes {}\n")
        self.fails("login admin password wrong\n", "expected to be let in")

    def test_a_row_switched_off_is_red(self):
        story = 'POST /api/v1/notes {"text": "a"} => 201\n'
        self.passes(story, off="T-02")
        self.fails(story, "expected status 201", off="T-01")

    def test_goldens(self):
        story = 'POST /api/v1/notes {"text": "a"} => 201 golden note.json\n'
        with tempfile.TemporaryDirectory() as folder:
            self.fails(story, "--bless writes it", folder=folder)
            self.passes(story, folder=folder, bless=True)
            self.assertIn("not#1", (Path(folder) / "goldens/note.json").read_text())
            self.passes(story, folder=folder)
            self.fails(story.replace('"a"', '"b"'), '-  "text": "a"', '+  "text": "b"', folder=folder)

    def test_what_is_wrong_in_the_text_is_broken_or_refused(self):
        self.fails("GET /api/v1/notes/$nobody => 200\n", "$nobody has no value", verdict="broken")
        for story in ("FETCH /x\n", "GET x\n", "POST /x {\"a\": }\n", "GET /x => 200 maybe\n", "advance soon\n",
                      "GET /x wrong option => 200\n", "run ls => exit 0\n", "wait for it\n", "include nothing.inc\n"):
            with self.assertRaises(Problem, msg=story) as caught:
                self.play(story)
            self.assertIn("t.scn:5:", str(caught.exception))

    def test_a_server_that_does_not_start_is_broken(self):
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "t.scn"
            path.write_text("GET /x => 200\n")
            outcome = run.run(text.read(path), run.Settings(Path("/bin/false")))
            self.assertEqual(outcome.verdict, "broken")

    def test_the_head(self):
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "t.scn"
            path.write_text("# id: SC-B-03   covers: MEM-12, CMP-04   seeds: 001\n# covers: CDP-01\n# smoke\nGET /x\n")
            scenario = text.read(path)
        self.assertEqual(scenario.covers, ["MEM-12", "CMP-04", "CDP-01"])
        self.assertEqual((scenario.id, scenario.smoke), ("SC-B-03", True))


if __name__ == "__main__":
    unittest.main()
