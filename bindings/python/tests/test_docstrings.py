#!/usr/bin/env python3
"""The examples in the docstrings run, and everything public has a docstring."""

import doctest
import importlib
import inspect
import pkgutil

import support

import forebay


class Docstrings(support.Case):
    def test_examples_run(self):
        count = 0
        for found in pkgutil.iter_modules(forebay.__path__, "forebay."):
            if found.name == "forebay._child":
                continue
            module = importlib.import_module(found.name)
            for name in ("rep1.txt", "rep2.txt"):
                self.rows_file(name, 14430632, 20)
            result = doctest.testmod(module)
            self.assertEqual(result.failed, 0, found.name)
            count += result.attempted
        result = doctest.testmod(forebay)
        self.assertEqual(result.failed, 0)
        self.assertGreater(count + result.attempted, 10)

    def test_everything_public_is_documented(self):
        for name in forebay.__all__:
            thing = getattr(forebay, name)
            if isinstance(thing, str):
                continue
            self.assertTrue(inspect.getdoc(thing), name)
            for member, value in vars(thing).items() if inspect.isclass(thing) else ():
                is_own = inspect.isfunction(value) or isinstance(value, property)
                if is_own and not member.startswith("_"):
                    shown = value.fget if isinstance(value, property) else value
                    documented = inspect.getdoc(shown) or inspect.getdoc(getattr(thing, member))
                    self.assertTrue(documented or member in ("name", "keys"), f"{name}.{member}")


if __name__ == "__main__":
    support.main()
