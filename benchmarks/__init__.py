"""Our figures beside the same work done with the libraries alone."""
