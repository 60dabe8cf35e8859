"""The vault against real files: no part of ours is replaced."""
