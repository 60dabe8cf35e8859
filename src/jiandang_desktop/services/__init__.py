"""One module per thing a station does; rights are checked here."""
