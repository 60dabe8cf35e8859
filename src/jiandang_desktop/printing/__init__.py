"""Forms and folders as pages: one display list, replayed to PDF and to the screen."""
