"""What is wrong in a definition file: which file, which line, what, and the cure. For whoever writes definitions."""


class DefinitionFault(ValueError):  # noqa: N818 - reads as a statement about the file
    """A definition file that can't be used. ``line`` counts from 1; 0 = the file as a whole."""

    def __init__(self, file: str, line: int, text: str, cure: str) -> None:
        super().__init__(f"{file}:{line}: {text}. {cure}.")
        self.file = file
        self.line = line
        self.text = text
        self.cure = cure
