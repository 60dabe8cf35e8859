"""Work in steps: setting a station up."""
