#!/usr/bin/env python3
"""Loads beside other work on an event loop of asyncio."""

import asyncio
import os

import support
from support import DTYPE, SAMPLE

import forebay


class Async(support.Case):
    def test_loads_run_side_by_side_on_one_thread(self):
        async def rows_of(paths):
            return [len(rows) async for rows in forebay.load(paths, DTYPE, batch_rows=3000)]

        async def both():
            return await asyncio.gather(rows_of(SAMPLE), rows_of(SAMPLE[:1]))

        first, second = asyncio.run(both())
        self.assertEqual((sum(first), sum(second)), (40000, 20000))

    def test_other_work_goes_on_while_a_load_waits(self):
        """The rows come from the other task, so that waiting for them in the loop would hang."""
        reader, writer = os.pipe()
        self.addCleanup(os.close, reader)

        async def write():
            for line in (b"1\n", b"2\n", b"3\n"):
                os.write(writer, line)
                await asyncio.sleep(0)
            os.close(writer)

        async def read():
            loader = forebay.Loader("pos:i4", batch_rows=1)
            loader.add_open(reader, "pipe")
            started = asyncio.get_running_loop().create_task(write())
            values = [int(rows["pos"][0]) async for rows in loader]
            await started
            return values

        self.assertEqual(asyncio.run(read()), [1, 2, 3])

    def test_failure_comes_out_of_the_loop(self):
        async def read():
            async for _ in forebay.load("missing.txt", DTYPE):
                pass

        self.assertRaises(FileNotFoundError, asyncio.run, read())

    def test_task_that_is_cancelled_lets_the_loader_go(self):
        reader, writer = os.pipe()
        self.addCleanup(os.close, reader)
        self.addCleanup(os.close, writer)

        async def read():
            loader = forebay.Loader("pos:i4")
            loader.add_open(reader, "pipe")
            with self.assertRaises(asyncio.TimeoutError):
                await asyncio.wait_for(loader.__anext__(), 0.05)
            loader.close()

        asyncio.run(read())


if __name__ == "__main__":
    support.main()
