"""Which rule takes a node."""

from ismbench.engine.graph import is_plain
from ismbench.engine.rules import RULES, Moves, Query, Rule, Step, WholeLayer
from ismbench.engine.rules.rule import Call

__all__ = ["choose_step", "first_rule"]


def choose_step(query: Query) -> tuple[Step, str]:
    """The step of the first rule that takes the node; else the whole layer, and why."""
    reason = getattr(query.node.operation, "reason", "no rule is registered for it")
    for rule in RULES.get(query.node.kind, ()):
        refusal = _refusal(rule, query)
        step = None if refusal else rule.plan(query)
        if step is not None:
            return step, ""
        reason = refusal or "it mixes what the window would keep apart"
    return WholeLayer().plan(query), reason


def first_rule(call: Call) -> Rule | None:
    """The first rule that takes this configuration of the layer, whatever the window; None where none does."""
    return next((rule for rule in RULES.get(call.node.kind, ()) if _refusal(rule, call) is None), None)


def _refusal(rule: Rule, call: Call) -> str | None:
    if rule.one_input and len(call.node.inputs) != 1:
        return "it reads a second tensor, such as a mask"
    if not is_plain(call.node.layer):
        return "it is quantized, or has a call of its own"
    if call.node.whole_numbers and not isinstance(rule, Moves):
        return "its result is a whole number"
    return rule.accepts(call)
