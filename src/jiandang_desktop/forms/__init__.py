"""Form definitions, their loader and the one validator."""
