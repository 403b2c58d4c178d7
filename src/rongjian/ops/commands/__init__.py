"""Subcommands: each module of this package has `configure(parser)` and `run(args) -> int`."""

from __future__ import annotations

import importlib
import os
import sys
from typing import TYPE_CHECKING

import django
from django.core.exceptions import ValidationError

from rongjian.kernel.content import ContentError
from rongjian.kernel.periods import PeriodError
from rongjian.kernel.sheets import SheetError

if TYPE_CHECKING:
    import argparse


class Refused(Exception):
    """The command cannot do what was asked; the text says why, in Chinese."""


# What a user can put right: printed as one sentence, never as a traceback.
_EXPECTED = (Refused, ContentError, PeriodError, SheetError, ValidationError, LookupError)


def run(name: str, parser: argparse.ArgumentParser, arguments: list[str]) -> int:
    """Start Django and run the subcommand; a fault that its user can mend becomes one sentence."""
    try:
        django.setup()
        # Its models exist only now.
        importlib.import_module("rongjian.ops.start").read_content()
        module = "import_" if name == "import" else name
        command = importlib.import_module(f"rongjian.ops.commands.{module}")
        command.configure(parser)
        return int(command.run(parser.parse_args(arguments)))
    except BrokenPipeError:
        # Whoever read us (head, less) has seen enough; nothing may be flushed into the pipe.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except (KeyError, IndexError):
        # Look-ups of our own that fail are faults of ours and keep their traceback.
        raise
    except _EXPECTED as error:
        sys.stderr.write(f"{_sentence(error)}\n")
        return 2


def _sentence(error: Exception) -> str:
    if isinstance(error, ValidationError):
        return "；".join(error.messages)
    return str(error) or type(error).__name__
