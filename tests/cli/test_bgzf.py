"""bgzf: its blocks are read by several children, and the rows are those of the plain text."""

import gzip
import random
import sys

import cli_case

sys.path.insert(0, str(cli_case.SOURCE / "tests" / "support"))
import bgzf  # noqa: E402

SEED = 20240707
DTYPE = "chr:S10,pos:i4,x:f8"
JOBS_AND_SPLITS = [(1, "3K"), (2, "16"), (5, "700"), (2, "4M")]


def text(rows, seed=SEED):
    generator = random.Random(seed)
    lines = []
    for _ in range(rows):
        lines.append(f"chr{generator.randrange(23)}\t{generator.randrange(10**8)}\t{generator.random():.6f}\n")
    return "".join(lines).encode()


class Bgzf(cli_case.CliCase):
    def head(self):
        return self.succeeds("head", self.out, "-n", 10**7)

    def plain_head(self, data, *options, dtype=DTYPE):
        self.load(self.file("plain.txt", data), "--force", *options, dtype=dtype)
        return self.head()

    def same_at_all(self, packed, expected, *options, dtype=DTYPE):
        path = self.file("packed.bgz", packed)
        for jobs, split in JOBS_AND_SPLITS:
            with self.subTest(jobs=jobs, split=split):
                self.load(path, "--force", "--jobs", jobs, "--split", split, *options, dtype=dtype)
                self.assertEqual(self.head(), expected)

    def test_every_size_of_block_and_split_and_any_number_of_children_give_the_same_rows(self):
        data = text(4000)
        expected = self.plain_head(data)
        for size in (61, 997, bgzf.MOST):
            self.same_at_all(bgzf.pack(data, size), expected)

    def test_a_large_file_with_more_splits_than_one_map_holds(self):
        data = text(60_000)
        expected = self.plain_head(data)
        for size, split in ((2000, "2K"), (bgzf.MOST, "64K"), (bgzf.MOST, "4M")):
            path = self.file("large.bgz", bgzf.pack(data, size))
            for jobs in (1, 5):
                self.load(path, "--force", "--jobs", jobs, "--split", split, dtype=DTYPE)
                self.assertEqual(self.head(), expected)

    def test_quotes_headers_and_a_last_row_without_newline(self):
        rows = [f'{i},"a, ""{i}""\nand more",{i * 0.5}\n' for i in range(600)]
        data = ("# made by a test\nnumber,words,half\n" + "".join(rows)).rstrip("\n").encode()
        options = ["--delimiter", ",", "--header", "--comment", "#", "--columns", "half,number,words"]
        dtype = "half:f8,number:i4,words:S24"
        expected = self.plain_head(data, *options, dtype=dtype)
        self.assertEqual(expected.count('""') > 0 or expected.count('"') > 0, True)
        for size in (13, 500):
            self.same_at_all(bgzf.pack(data, size), expected, *options, dtype=dtype)

    def test_stored_blocks_empty_blocks_and_other_extra_fields(self):
        data = text(900)
        expected = self.plain_head(data)
        blocks = [data[i : i + 1111] for i in range(0, len(data), 1111)]
        extra = b"XY\x03\0abc"
        mixed = b"".join(
            bgzf.block(part, level=i % 2 * 9, extra=extra * (i % 3)) + bgzf.END_MARKER * (i % 2)
            for i, part in enumerate(blocks)
        )
        self.same_at_all(mixed + bgzf.END_MARKER, expected)
        # Two files one behind the other are one.
        half = data[: data.index(b"\n", len(data) // 2) + 1]
        self.same_at_all(bgzf.pack(half) + bgzf.pack(data[len(half) :], 300), expected)

    def test_blocks_inside_of_blocks_are_no_blocks(self):
        # Stored blocks that hold whole bgzf files: what looks like a header is text.
        inner = bgzf.pack(text(40), 200)
        self.assertNotIn(b"\n", inner.replace(b"\n", b"N"))
        lines = [inner.replace(b"\n", b"N").replace(b",", b"C").replace(b"\0", b"0")[:200] for _ in range(50)]
        data = b"".join(b"%d,%s\n" % (i, line) for i, line in enumerate(lines))
        dtype = "i:i4,s:S200"
        expected = self.plain_head(data, "--delimiter", ",", dtype=dtype)
        self.same_at_all(bgzf.pack(data, 777, level=0), expected, "--delimiter", ",", dtype=dtype)

    def test_max_rows_ends_before_a_fault_behind_them(self):
        data = text(2000)
        packed = bytearray(bgzf.pack(data, 2000))
        packed[len(packed) * 3 // 4] ^= 0x55
        expected = self.plain_head(data, "--max-rows", 700)
        self.same_at_all(bytes(packed), expected, "--max-rows", 700)

    def fault_at_all(self, packed, says):
        """The same rows and the same words for every way of loading; returns the rows."""
        path = self.file("bad.bgz", packed)
        results = set()
        for jobs, split in JOBS_AND_SPLITS:
            self.out.unlink(missing_ok=True)
            command = ["load", path, "-o", self.out, "--dtype", DTYPE, "--jobs", jobs, "--split", split, "--quiet"]
            error = self.fails(2, *command, says=[path, *says])
            results.add((error, self.head() if self.out.exists() else ""))
        self.assertEqual(len(results), 1, [(error, len(rows)) for error, rows in results])
        return results.pop()[1]

    def test_a_damaged_block_fails_the_file_at_its_offset_and_the_rows_before_it_stay(self):
        data = text(3000)
        parts = [data[i : i + 3000] for i in range(0, len(data), 3000)]
        blocks = [bgzf.block(part) for part in parts]
        for bad in (0, len(blocks) // 2, len(blocks) - 1):
            offset = sum(map(len, blocks[:bad]))
            whole = b"".join(parts[:bad])
            rows = whole[: whole.rfind(b"\n") + 1].count(b"\n")
            for at, says in ((40, "BGZF block"), (-7, "the checksum of a BGZF block is wrong")):
                damaged = bytearray(blocks[bad])
                damaged[at] ^= 0x21
                packed = b"".join(blocks[:bad]) + bytes(damaged) + b"".join(blocks[bad + 1 :]) + bgzf.END_MARKER
                got = self.fault_at_all(packed, [says, f"(compressed byte {offset})"])
                self.assertEqual(max(got.count("\n") - 1, 0), rows)

    def test_a_file_that_is_cut_short_says_where(self):
        data = text(3000)
        packed = bgzf.pack(data, 3000)
        end = len(packed) - len(bgzf.END_MARKER)
        got = self.fault_at_all(packed[:end], ["end marker is missing", f"(compressed byte {end})"])
        self.assertEqual(got.count("\n") - 1, 3000)
        blocks = [bgzf.block(data[i : i + 3000]) for i in range(0, len(data), 3000)]
        begin = sum(map(len, blocks[:5]))
        for cut in (begin + 5, begin + 17, begin + 300):
            got = self.fault_at_all(packed[:cut], ["ends too early", f"(compressed byte {begin})"])
            self.assertEqual(got.count("\n") - 1, data[:15000].count(b"\n"))

    def test_gzip_behind_bgzf_is_told_apart(self):
        data = text(2000)
        begin = len(bgzf.pack(data, 3000))
        got = self.fault_at_all(
            bgzf.pack(data, 3000) + gzip.compress(data), ["not a BGZF block", f"(compressed byte {begin})", "bgzip"]
        )
        self.assertEqual(got.count("\n") - 1, 2000)
        # The other way round it is gzip throughout.
        self.same_at_all(gzip.compress(data) + bgzf.pack(data), self.plain_head(data + data))

    def test_an_error_in_a_row_is_placed_in_the_decoded_text(self):
        lines = text(3000).splitlines(keepends=True)
        lines[2222] = b"chr1\tx12\t1.0\n"
        data = b"".join(lines)
        self.fault_at_all(bgzf.pack(data, 1000), [":2223:2: "])

    def test_files_of_nothing(self):
        good = self.file("good.txt", text(5))
        empty = self.file("empty.bgz", bgzf.END_MARKER)
        many = self.file("many.bgz", bgzf.END_MARKER * 1000)
        for split in ("16", "4M"):
            self.load(empty, good, many, "--force", "--split", split, dtype=DTYPE)
            self.assertEqual(self.head().count("\n") - 1, 5)

    def test_random_changes_to_the_framing_end_in_rows_or_one_line(self):
        generator = random.Random(SEED)
        data = text(600)
        whole = bgzf.pack(data, 700)
        starts, at = [], 0
        while at < len(whole):
            starts.append(at)
            at += int.from_bytes(whole[at + 16 : at + 18], "little") + 1
        paths = []
        for i in range(200):
            changed = bytearray(whole)
            for _ in range(generator.randrange(1, 4)):
                place = generator.choice(starts) + generator.choice([*range(19), -1, -4, -5, -8])
                if 18 <= place < len(changed):
                    changed[place] = generator.choice([0, 1, 0x7F, 0xFF, generator.randrange(256)])
            paths.append(self.file(f"{i}.bgz", bytes(changed)))
        command = ["load", *paths, "-o", self.out, "--dtype", DTYPE, "--split", "1K", "--jobs", 3, "--quiet"]
        done = self.run_command(*command)
        self.assertEqual(done.returncode, 2, done.stderr)
        for line in done.stderr.decode().splitlines():
            self.assertTrue(line.startswith(f"forebay: {self.folder}/"), (SEED, line))
            self.assertNotIn("child process", line, SEED)


cli_case.main()
