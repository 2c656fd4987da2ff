"""`forebay info`: tables and their storage."""

import cli_case


class Info(cli_case.CliCase):
    def test_says_what_is_in_the_file(self):
        self.load(self.file("a.txt", "".join(f"{i} 0.5\n" for i in range(10))), "--chunk-rows", 4)
        text = self.succeeds("info", self.out)
        for part in (str(self.out), "1 table", "data", "a:", "b:", "10 of 12 bytes", "3 of 4 rows"):
            self.assertIn(part, text)

    def test_json_has_the_same_facts(self):
        self.load(self.file("a.txt", "".join(f"{i} 0.5\n" for i in range(10))), "--chunk-rows", 4)
        info = self.info()
        self.assertEqual((info["path"], info["bytes"]), (str(self.out), self.out.stat().st_size))
        table = info["tables"][0]
        self.assertEqual((table["name"], table["rows"], table["row_bytes"]), ("data", 10, 12))
        self.assertEqual((table["rank"], table["chunk_rows"], table["chunks"]), (1, 4, 3))
        self.assertGreaterEqual(table["stored_bytes"], 120)

    def test_dtype_can_be_given_to_load_again(self):
        dtype = "k:S4,t:f4[2,3],d:M8[ns],n:>i8,f:?"
        source = self.file("a.txt", "a 1 2 3 4 5 6 2020-01-01 7 0\n")
        self.load(source, dtype=dtype)
        again = self.table("data")["dtype"]
        self.succeeds("load", source, "-o", self.out, "--append", "--again", "--dtype", again)
        self.assertEqual(self.table("data")["rows"], 2)

    def test_incomplete_sources_are_shown(self):
        bad = self.file("bad.txt", "1 2\nx 3\n")
        self.fails(2, "load", bad, "-o", self.out, "--dtype", "a:i4,b:i4")
        text = self.succeeds("info", self.out)
        self.assertIn("incomplete", text)
        self.assertIn(str(bad), text)

    def test_incomplete_sources_of_several_runs_add_up(self):
        bad = [self.file(f"bad{i}.txt", "1 2\nx 3\n") for i in range(2)]
        for path in bad:
            self.fails(2, "load", path, "-o", self.out, "--append", "--dtype", "a:i4,b:i4")
        attributes = self.table("data")["attributes"]
        self.assertEqual(attributes["forebay_incomplete"].splitlines(), [str(path) for path in bad])


if __name__ == "__main__":
    cli_case.main()
