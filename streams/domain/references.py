"""What definitions may refer to in one another, and how a ``validation_rule`` is found: by id, or written in place.

Knows that a shared rule must fit each use of it; not what a rule says.
"""

from collections.abc import Mapping
from typing import NamedTuple

from streams.domain.definitions import Definition, EventShape, Fault
from streams.domain.faults import Place
from streams.domain.identities import EventName
from streams.domain.rule_expressions import is_expression
from streams.domain.rules import Context, ValidationRule, compile_rule
from streams.domain.templates import CompileTemplate, no_templates
from streams.domain.triggers import Targets, Trigger


class References(NamedTuple):
    """What there is to refer to."""

    targets: Targets
    rules: Mapping[str, Definition | None]
    """Validation rules by id; none for one that is itself at fault."""
    templates: CompileTemplate = no_templates

    def shape(self, trigger: Trigger) -> EventShape | None:
        """The shape of the event that triggers; none for a segment."""
        return self.targets.events.get(EventName(trigger.target)) if trigger.kind == "event" else None

    def context(self, trigger: Trigger) -> Context:
        """What a rule behind this trigger may look at."""
        return Context(self.targets.segments, self.shape(trigger), self.targets.events)


def rule_at(place: Place, body: object, context: Context, references: References) -> ValidationRule | None:
    """The validation rule named or written at a place; none where there is none, or after noting faults.

    A text that names no rule is an expression if it is more than a name. A shared rule is checked for each use, since
    the event that it is about depends on the trigger.
    """
    if body is None:
        return None
    if not isinstance(body, str) or (body not in references.rules and is_expression(body)):
        return compile_rule(place, body, context)
    if body not in references.rules:
        place.unknown("validation rule", body, references.rules)
        return None
    definition = references.rules[body]
    return None if definition is None else _fitted(place, definition, context)


def _fitted(place: Place, definition: Definition, context: Context) -> ValidationRule | None:
    """The shared rule, compiled for one use; what does not fit is noted where it is used."""
    own = Place("validation_rule", definition.id, (), [])
    rule = compile_rule(own, definition.body, context)
    for misfit in own.noted:
        where = f"at {'.'.join(map(str, misfit.path))} of validation_rule {definition.id}"
        hint = f"{where}; {misfit.hint}" if misfit.hint else where
        place.noted.append(Fault(place.kind, place.id, place.path, misfit.expected, misfit.found, hint))
    return rule
