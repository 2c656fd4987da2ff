"""A pseudo terminal as standard error of the command."""

import fcntl
import os
import pty
import re
import struct
import subprocess
import termios

import cli_case


class TerminalRun:
    """The command with its standard error on a terminal of `width` columns."""

    def __init__(self, *arguments, width=100, height=30, term="xterm"):
        self.master, slave = pty.openpty()
        fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", height, width, 0, 0))
        self.process = subprocess.Popen(
            [cli_case.COMMAND, *map(str, arguments)],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=slave,
            env={**os.environ, "TERM": term},
        )
        os.close(slave)
        self.text = ""

    def read_more(self):
        """Adds what the command wrote to `text`. False once it has closed the terminal."""
        try:
            piece = os.read(self.master, 65536)
        except OSError:
            return False
        self.text += piece.decode()
        return bool(piece)

    def read_until(self, pattern):
        while not re.search(pattern, self.text):
            if not self.read_more():
                raise AssertionError("the terminal was closed; it shows " + repr(self.text))

    def finish(self):
        """Waits for the end. Returns exit code and standard output."""
        while self.read_more():
            pass
        os.close(self.master)
        output, _ = self.process.communicate(timeout=100)
        return self.process.returncode, output.decode()


def screen_of(text):
    """The lines that a terminal shows after `text`: carriage return, newline, up, erase."""
    lines, row, column = [""], 0, 0
    for token in re.findall(r"\x1b\[\d*[A-Z]|.|\n|\r", text):
        if token == "\r":
            column = 0
        elif token == "\n":
            row += 1
            lines += [""] * (row + 1 - len(lines))
        elif token.endswith("A") and len(token) > 1:
            row -= int(token[2:-1] or 1)
        elif token == "\x1b[K":
            lines[row] = lines[row][:column]
        elif token == "\x1b[J":
            lines[row] = lines[row][:column]
            del lines[row + 1 :]
        else:
            lines[row] = lines[row][:column].ljust(column) + token + lines[row][column + 1 :]
            column += 1
    return lines
