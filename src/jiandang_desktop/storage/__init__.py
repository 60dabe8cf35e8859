"""The encrypted vault behind the ports. SQL lives here and nowhere else."""

from jiandang_desktop.storage.keeper import SqlCipherKeeper

__all__ = ["SqlCipherKeeper"]
