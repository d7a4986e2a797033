"""The errors that a user can cause, and the base class that the command line prints in one line."""

__all__ = ["InputError", "ModelFailedError", "UnsupportedError", "in_one_line"]


class InputError(ValueError):
    """Input that breaks a rule.

    The message states the rule, what was received and what to do, in one line. The command line prints it and
    exits with code 2.
    """


class ModelFailedError(InputError):
    """The code of a user's model file raised; the message says where, and what."""


class UnsupportedError(Exception):
    """Something this method, model or machine cannot do; the message is the reason. Becomes status ``unsupported``."""


def in_one_line(error: BaseException) -> str:
    """The type and the words of what somebody else's code raised, in one line of at most 500 characters."""
    # A syntax error's text ends in its place, which who reports it knows better.
    words = " ".join(str(error.msg if isinstance(error, SyntaxError) else error).split())
    name = type(error).__name__
    return (f"{name}: {words}" if words else name)[:500]
