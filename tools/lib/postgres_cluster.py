"""The PostgreSQL that tests run against: tools/testing/postgres.sh started when first asked for, stopped at the end."""

import os
import re
import shutil
import subprocess
import tempfile
import threading
from pathlib import Path

from fast_folder import fast_folder


class PostgresCluster:
    """with PostgresCluster(root) as cluster: cluster.uri() — thread-safe; it may be given."""

    def __init__(self, root):
        self.script = Path(root) / "tools/testing/postgres.sh"
        self.given = os.environ.get("TILTH_TEST_POSTGRES")
        self.started = self.folder = None
        self.lock = threading.Lock()

    def uri(self):
        if self.given:
            return self.given
        with self.lock:
            if self.started is None:
                # Outside the checkout: the user who runs PostgreSQL may not enter a home directory.
                self.folder = tempfile.mkdtemp(prefix="tilth-test-postgres.", dir=fast_folder())
                os.chmod(self.folder, 0o755)
                done = subprocess.run(["bash", str(self.script), "start", self.folder, "--no-fsync"], check=False,
                                      capture_output=True, text=True, stdin=subprocess.DEVNULL, timeout=120)
                found = re.findall(r"postgres(?:ql)?://\S+", done.stdout)
                if done.returncode != 0 or not found:
                    raise RuntimeError(f"{self.script.name} start: {(done.stderr or done.stdout).strip()[-500:]}")
                self.started = found[-1].strip("'\"")
            return self.started

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self.folder is not None:
            subprocess.run(["bash", str(self.script), "stop", self.folder], capture_output=True, check=False,
                           stdin=subprocess.DEVNULL, timeout=90)
            shutil.rmtree(self.folder, ignore_errors=True)
