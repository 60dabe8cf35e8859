"""Generated people and the whole loop on them."""
