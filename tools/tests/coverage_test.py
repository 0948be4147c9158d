"""Only a scenario that turns red when its row is off proves the row."""

import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

HERE = Path(__file__).resolve().parent
NOTE = 'login admin\nPOST /api/v1/notes {"text": "a"} => 201\n'


class Coverage(unittest.TestCase):
    def run_on(self, folder, *arguments):
        (folder / "rows.csv").write_text('id,group,starred,title\nT-01,T,1,"Notes"\nT-02,T,0,Other\nU-01,U,0,Third\n')
        done = subprocess.run([sys.executable, str(HERE.parent / "coverage"), "--scenarios", str(folder / "s"),
                               "--requirements", str(folder / "rows.csv"), "--binary", str(HERE / "fake_tilth.py"),
                               "--proofs", str(folder / "proofs.json"), *arguments],
                              capture_output=True, text=True, check=False)
        return done.returncode, done.stdout + done.stderr

    def counts(self, said, group):
        line = next(line for line in said.splitlines() if line.startswith(group + " "))
        return [int(word) for word in line.split()[1:5]]

    def test_proven_claimed_and_open(self):
        with tempfile.TemporaryDirectory() as made:
            folder = Path(made)
            (folder / "s").mkdir()
            (folder / "s/a.scn").write_text("# covers: T-01\n" + NOTE)
            self.assertEqual(self.counts(self.run_on(folder)[1], "T"), [2, 0, 1, 1])

            code, said = self.run_on(folder, "--prove", "changed")
            self.assertEqual((code, said.splitlines()[-1]), (0, "1 passed, 0 failed"), said)
            self.assertEqual(self.counts(self.run_on(folder)[1], "T"), [2, 1, 0, 1])

            # Another text is another claim.
            (folder / "s/a.scn").write_text("# covers: T-01\n" + NOTE + "GET /api/v1/notes => 200\n")
            self.assertEqual(self.counts(self.run_on(folder)[1], "T"), [2, 0, 1, 1])

            # A row that nothing here depends on stays green when it is off.
            (folder / "s/a.scn").write_text("# covers: T-01, T-02\n" + NOTE)
            code, said = self.run_on(folder, "--prove", "all")
            self.assertEqual((code, said.splitlines()[-1]), (1, "1 passed, 1 failed"), said)
            self.assertIn("T-02 is not proven by", said)
            self.assertIn("stays green", said)

            # Red from the beginning proves nothing.
            (folder / "s/a.scn").write_text("# covers: T-01\nlogin admin\nGET /api/v1/notes => 500\n")
            code, said = self.run_on(folder, "--prove", "T-01")
            self.assertEqual((code, said.splitlines()[-1]), (1, "0 passed, 1 failed"), said)

    def test_rows_nobody_knows(self):
        with tempfile.TemporaryDirectory() as made:
            folder = Path(made)
            (folder / "s").mkdir()
            (folder / "s/a.scn").write_text("# covers: T-99\n" + NOTE)
            code, said = self.run_on(folder)
            self.assertEqual(code, 1)
            self.assertIn("T-99, which is no row", said)


if __name__ == "__main__":
    unittest.main()
