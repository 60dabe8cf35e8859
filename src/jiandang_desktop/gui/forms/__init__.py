"""A form on the screen: the printed form's sections, order, wording and option numbers, operated by keys."""
