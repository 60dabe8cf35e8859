"""CEL conditions of programme files, each answered once for the same facts."""

from collections.abc import Mapping
from typing import Any

from jiandang_desktop.forms.expressions import CelExpression
from jiandang_desktop.programmes.duties import RESIDENT_FIELDS

_MOST = 20_000


class Condition:
    """A CEL condition over ``visit``, ``before`` (the visit directly before), ``resident`` and ``settings``.

    What isn't known doesn't hold. A condition reads few answers, and the same ones come up in record after record:
    what it said about them is kept, because asking the CEL engine costs more than all the rest of a resident's care.
    """

    __slots__ = ("_known", "_paths", "expression")

    def __init__(self, source: str) -> None:
        """Compiles when first asked (ValueError where it reads what programmes don't see of a resident)."""
        self.expression = CelExpression(source)
        read = {path[1] for path in self.expression.paths if path[0] == "resident" and len(path) > 1}
        unseen = read - RESIDENT_FIELDS
        if unseen:
            raise ValueError(f"resident.{min(unseen)} isn't in RESIDENT_FIELDS: {source}")
        self._paths = tuple(sorted(self.expression.paths))
        self._known: dict[tuple[object, ...], bool] = {}

    def holds(self, variables: Mapping[str, Mapping[str, Any]]) -> bool:
        """Whether it is true of these facts."""
        key = tuple(_value_at(variables, path) for path in self._paths)
        found = self._known.get(key)
        if found is None:
            found = self.expression.value(variables) is True
            if len(self._known) >= _MOST:
                self._known.clear()
            self._known[key] = found
        return found


def _value_at(variables: Mapping[str, Any], path: tuple[str, ...]) -> object:
    value: Any = variables
    for name in path:
        # Nearly everything is a dict, and asking for a Mapping is dear.
        if type(value) is not dict and not isinstance(value, Mapping):
            return None
        value = value.get(name)
    return value if value is None or type(value) in (str, bool, int, float) else repr(value)
