"""The errors that a user can cause, and the base class that the command line prints in one line."""

__all__ = ["InputError", "UnsupportedError"]


class InputError(ValueError):
    """Input that breaks a rule.

    The message states the rule, what was received and what to do, in one line. The command line prints it and
    exits with code 2.
    """


class UnsupportedError(Exception):
    """Something this method, model or machine cannot do; the message is the reason. Becomes status ``unsupported``."""
