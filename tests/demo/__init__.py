"""The demonstration: generated people and the loop they go through."""
