"""The sample, loaded by the program with its own dates, and people of it picked at random with what the file says of them."""

import collections
import json
import os
import random
import re
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "tools/reference"), str(ROOT / "tools/lib")]
import online_retail  # noqa: E402
from fast_folder import fast_folder  # noqa: E402

FILE = ROOT / "samples/online_retail_II/online_retail_II_2009_2010.csv.gz"
LOADED_SECONDS = 240
STOP_SECONDS = 20
ADDRESS = re.compile(r"http://127\.0\.0\.1:(\d+)")


def picked(count, seed):
    """People by card number: sales, money after returns in pence, and when they last bought, computed from the file alone."""
    invoices, _, _ = online_retail.read(FILE)
    own = collections.defaultdict(list)
    for one in invoices.values():
        if one["customer"] and one["kind"] != "adjustment":
            own[one["customer"]].append(one)
    people = []
    for card in random.Random(seed).sample(sorted(own), count):
        sales = [one for one in own[card] if one["kind"] == "sale"]
        people.append({
            "card": card,
            "orders": len(sales),
            "net": sum(one["net"] for one in own[card]),
            # London's wall clock to the minute, as the file writes it and as the console shows it.
            "last": max((one["at"][:16] for one in sales), default=None),
        })
    return people


class SampleServer:
    """The program on a data directory of its own, loading the sample meanwhile; ready() waits until it stands."""

    def __init__(self, binary, options):
        self.folder = Path(tempfile.mkdtemp(prefix="tilth-browser-sample.", dir=fast_folder()))
        self.log = self.folder / "server.log"
        environment = {k: v for k, v in os.environ.items() if not k.startswith("TILTH_")}
        environment["TILTH_CHEAP_PASSWORDS"] = "1"
        command = [str(binary), "serve", "--data", str(self.folder / "data"), "--port", "0", "--first-run-sample",
                   str(FILE.parent), "--keep-dates", *options]
        with open(self.log, "wb") as log:
            self.process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, env=environment,
                                            cwd=ROOT)

    def ready(self):
        """(address, one-time password)"""
        deadline = time.monotonic() + LOADED_SECONDS
        while time.monotonic() < deadline:
            found = ADDRESS.search(self.log.read_text(errors="replace"))
            if found:
                login = json.loads((self.folder / "data/first_login.json").read_text())
                return found[0], login["password"]
            if self.process.poll() is not None:
                break
            time.sleep(0.05)
        raise SystemExit("the sample did not load:\n" + self.log.read_text(errors="replace")[-2000:])

    def remove(self):
        self.process.terminate()
        try:
            self.process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        shutil.rmtree(self.folder, ignore_errors=True)


class Background(threading.Thread):
    """Computes something beside other work; result() waits for it and passes its trouble on."""

    def __init__(self, work):
        super().__init__(daemon=True)
        self.work, self.value, self.trouble = work, None, None
        self.start()

    def run(self):
        try:
            self.value = self.work()
        except BaseException as trouble:  # passed on by result()
            self.trouble = trouble

    def result(self):
        self.join()
        if self.trouble:
            raise self.trouble
        return self.value
