"""Forbidden things must be flagged, with their file and line; the same tree without them must pass."""

import importlib.machinery
import importlib.util
import tempfile
import textwrap
import unittest
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
LOADER = importlib.machinery.SourceFileLoader("tidy_program", str(ROOT / "tools/tidy"))
PROGRAM = importlib.util.module_from_spec(importlib.util.spec_from_loader("tidy_program", LOADER))
LOADER.exec_module(PROGRAM)
CLEAN = {
    "README.md": "# A project\n\n<!-- map -->\n```\n" + "".join(f"{folder}/   words\n" for folder in (
        "src/base", "src/platform", "src/kernel", "src/modules", "src/modules/org", "src/modules/customer", "src/flows",
        "src/app", "tools")) + "```\n",
    "src/base/result.h": "#pragma once\n#include <tl/expected.hpp>\n",
    "src/platform/files/files.h": "#pragma once\n#include \"base/result.h\"\n",
    "src/platform/files/files.cpp": "#include \"platform/files/files.h\"\n#include <unistd.h>\n#include <zstd.h>\n",
    "src/kernel/kernel.h": "#pragma once\n#include \"platform/files/files.h\"\n",
    "src/kernel/sql/0001_kernel.sql": "CREATE TABLE shard_lease (\n    tenant_id id16 NOT NULL,\n"
                                      "    owner txt NOT NULL,\n    PRIMARY KEY (tenant_id)\n);\n",
    "src/modules/org/api.h": "#pragma once\n#include \"kernel/kernel.h\"\n",
    "src/modules/org/store.h": "#pragma once\n#include \"modules/org/api.h\"\n",
    "src/modules/customer/api.h": "#pragma once\n#include \"modules/org/api.h\"\n",
    "src/modules/customer/service.cpp": "#include \"modules/customer/api.h\"\n#include <string>\n"
                                        "int f() { return 1'000; }\n",
    "src/modules/customer/service_test.cpp": "#include <gtest/gtest.h>\n",
    "src/flows/erase.cpp": "#include \"modules/customer/api.h\"\n",
    "src/app/main.cpp": "#include \"modules/customer/api.h\"\n#include <signal.h>\nint main() {}\n",
}


class Tidy(unittest.TestCase):
    def run_on(self, changes):
        with tempfile.TemporaryDirectory() as folder:
            tree = dict(CLEAN, **{"tools/arrows.toml": (ROOT / "tools/arrows.toml").read_text()})
            before_routes = tree["tools/arrows.toml"].split("[routes]")[0]
            tree["tools/arrows.toml"] = before_routes + "[routes]\ndoors = []\npublic = []\n"
            tree.update(changes)
            for path, text in tree.items():
                (Path(folder) / path).parent.mkdir(parents=True, exist_ok=True)
                (Path(folder) / path).write_text(textwrap.dedent(text))
            found = [str(f) for f in PROGRAM.findings(folder, None)]
            return (1 if found else 0), "\n".join(found)

    def flagged(self, changes, *words):
        code, said = self.run_on(changes)
        self.assertEqual(code, 1, said)
        for word in words:
            self.assertIn(word, said)

    def passes(self, changes):
        code, said = self.run_on(changes)
        self.assertEqual(code, 0, said)

    def test_a_clean_tree_passes(self):
        self.passes({})

    def test_a_lower_room_reaching_up(self):
        self.flagged({"src/base/money.h": '#include "kernel/kernel.h"\n'}, "src/base/money.h:1: arrows:")

    def test_a_lower_room_reaching_up_through_another_header(self):
        self.flagged({"src/platform/files/real.h": '\n#include "base/deep.h"\n',
                      "src/base/deep.h": '#include "kernel/kernel.h"\n'}, "src/base/deep.h:1: arrows:")

    def test_a_module_reaching_down_the_order(self):
        self.flagged({"src/modules/org/service.cpp": '#include "modules/customer/api.h"\n'},
                     "src/modules/org/service.cpp:1: arrows:", "src/modules/customer/api.h")

    def test_a_module_reaching_into_another(self):
        self.flagged({"src/modules/customer/store.cpp": '\n\n#include "modules/org/store.h"\n'},
                     "src/modules/customer/store.cpp:3: api-only:")
        self.flagged({"src/flows/erase.cpp": '#include "modules/org/store.h"\n'}, "src/flows/erase.cpp:1: api-only:")

    def test_a_kernel_reaching_into_a_module(self):
        self.flagged({"src/kernel/rules.cpp": '#include "modules/org/api.h"\n'}, "src/kernel/rules.cpp:1: arrows:")

    def test_registration_headers_are_for_flows_and_app(self):
        module = {"src/modules/org/module.h": "#pragma once\n"}
        self.passes(dict(module, **{"src/app/list.cpp": '#include "modules/org/module.h"\n'}))
        self.flagged(dict(module, **{"src/modules/customer/x.cpp": '#include "modules/org/module.h"\n'}), "api-only:")

    def test_third_party_headers_outside_platform(self):
        self.flagged({"src/kernel/vault.cpp": "#include <sodium.h>\n"}, "src/kernel/vault.cpp:1: third-party:")
        self.flagged({"src/platform/json/json.h": "#include <boost/json.hpp>\n"}, "json/json.h:1: third-party:")
        self.flagged({"src/modules/org/x.cpp": "#include <gtest/gtest.h>\n"}, "third-party:")
        self.passes({"src/platform/json/describe.h": "#include <boost/describe/class.hpp>\n"})

    def test_the_operating_system_outside_platform(self):
        self.flagged({"src/kernel/journal.cpp": "#include <sys/stat.h>\n"}, "src/kernel/journal.cpp:1: third-party:")

    def test_a_room_and_a_module_nobody_knows(self):
        self.flagged({"src/utils/x.h": "#pragma once\n"}, "rooms: src/utils")
        self.flagged({"src/modules/helpers/api.h": "#pragma once\n"}, "rooms: module helpers")

    def test_clock_and_chance(self):
        for words in ("auto t = std::chrono::system_clock::now();", "auto t = std::chrono::steady_clock::now();",
                      "auto t = time(nullptr);", "int r = rand();", "std::random_device d;"):
            self.flagged({"src/kernel/x.cpp": f"void f() {{\n    {words}\n}}\n"}, "src/kernel/x.cpp:2: clock:")
        self.passes({"src/base/clock.cpp": "auto t = std::chrono::system_clock::now();\n"})
        self.passes({"src/kernel/x.cpp": '// steady_clock\nauto t = event.time(0); const char* s = "system_clock";\n'})

    def test_forbidden_calls(self):
        for words in ("std::regex r;", 'int r = system("ls");', "using namespace std;", "try { g(); } catch (...) { }"):
            self.flagged({"src/kernel/x.cpp": f"void f() {{\n    {words}\n}}\n"}, "src/kernel/x.cpp:2: calls:")
        self.passes({"src/kernel/x.h": "static Context system(TenantId tenant);\n"})

    def test_sizes(self):
        self.flagged({"src/kernel/x.cpp": "\n" * 601}, "601 lines; a file")
        self.flagged({"src/kernel/x.cpp": "// " + "x" * 118 + "\n"}, "121 columns")
        body = "    g();\n" * 70
        self.flagged({"src/kernel/x.cpp": f"namespace a {{\n\nint f(int x) {{\n{body}}}\n}}\n"},
                     "src/kernel/x.cpp:3: sizes: f() has 72 lines")
        self.flagged({"src/kernel/x.cpp": f"A::A(int b)\n    : b_{{b}}, c_{{2}} {{\n{body}}}\n"}, "A::A() has 73 lines")
        self.flagged({"src/kernel/x.h": f"class A final : public B {{\npublic:\n    int f() const override {{\n{body}"
                                        "    }\n};\n"}, "f() has 72 lines")
        fits = "    g();\n" * 68
        self.passes({"src/kernel/x.cpp": f"void f() {{\n{fits}}}\nvoid h() {{\n{fits}}}\n"})
        self.passes({"src/kernel/x.cpp": "const Table kTable[] = {\n" + "    {1, f(2)},\n" * 200 + "};\n"})

    def test_tables_without_a_tenant(self):
        self.flagged({"src/kernel/sql/0002_x.sql": "CREATE TABLE x (\n    id id16 NOT NULL PRIMARY KEY\n);\n"},
                     "src/kernel/sql/0002_x.sql:1: tenant: table x")
        self.passes({"src/kernel/sql/0002_x.sql": "CREATE TABLE schema_migration (module txt NOT NULL);\n"})

    def test_the_dialect(self):
        head = "CREATE TABLE x (tenant_id id16 NOT NULL, "
        self.flagged({"src/kernel/sql/0002_x.sql": head + "n integer NOT NULL);\n"}, "column n of x is integer")
        self.flagged({"src/kernel/x.cpp": 'auto q = "SELECT a FROM b "\n         "WHERE c LIKE ?1";\n'},
                     "x.cpp:1: dialect: LIKE")
        self.flagged({"src/kernel/x.cpp": 'auto q = R"(SELECT date(a) FROM b)";\n'}, "dialect: date(")
        self.passes({"src/kernel/x.cpp": 'auto words = "I LIKE it"; auto q = "SELECT \'LIKE\' FROM b";\n'})

    def test_routes_that_ask_nobody(self):
        route = 'void f() {\n    api.query<A, B>(Method::Get, "/api/v1/all", kPublic,\n        [] {});\n}\n'
        self.flagged({"src/modules/org/module.cpp": route}, "src/modules/org/module.cpp:2: routes: GET /api/v1/all")
        listed = (ROOT / "tools/arrows.toml").read_text().split("[routes]")[0]
        self.passes({"src/modules/org/module.cpp": route,
                     "tools/arrows.toml": listed + '[routes]\ndoors = []\npublic = ["GET /api/v1/all"]\n'})
        self.flagged({"tools/arrows.toml": listed + '[routes]\ndoors = []\npublic = ["GET /api/v1/gone"]\n'},
                     "GET /api/v1/gone is listed")

    def test_routes_beside_the_api(self):
        route = 'auto r = http::route(http::Method::Get, "/all", handler);\n'
        self.flagged({"src/modules/org/module.cpp": route}, "src/modules/org/module.cpp:1: routes: a route without")
        document = '{"paths": {"/api/v1/all": {"get": {"x-permission": "public"}}}}'
        readme = CLEAN["README.md"].replace("tools/ ", "web/  words\ntools/ ")
        self.flagged({"web/api/openapi.json": document, "README.md": readme}, "routes: GET /api/v1/all asks nobody")
        self.passes({"web/api/openapi.json": document.replace("public", "order.read"), "README.md": readme})

    def test_rows_nobody_knows(self):
        table = {"docs/requirements.csv": "id,group,starred,title\nCDP-01,CDP,1,x\n",
                 "README.md": CLEAN["README.md"].replace("tools/ ", "docs/  words\ntools/ ")}
        self.passes(dict(table, **{"src/kernel/x.cpp": 'auto d = Doc{.rows = {"CDP-01"}};\n'}))
        self.flagged(dict(table, **{"src/kernel/x.cpp": '\nauto d = Doc{.rows = {"CDP-01", "CDP-1"}};\n'}),
                     "src/kernel/x.cpp:2: rows: CDP-1 ")
        self.flagged(dict(table, **{"src/kernel/x.cpp": 'if (hooks::is_off("X-1")) return;\n'}), "rows: X-1 ")

    def test_a_map_that_lies(self):
        readme = CLEAN["README.md"]
        self.flagged({"README.md": readme.replace("tools/ ", "cellar/  words\ntools/ ")}, "map: cellar does not exist")
        self.flagged({"README.md": readme.replace("src/flows/   words\n", "")}, "map: src/flows/ is missing")
        self.flagged({"README.md": readme.replace("<!-- map -->", "")}, "map: no folder map")
        self.flagged({"src/base/README.md": "See [that](../gone.md#there) and [this](https://example.com/).\n"},
                     "src/base/README.md:1: map: ../gone.md does not exist")


if __name__ == "__main__":
    unittest.main()
