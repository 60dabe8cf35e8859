"""What people, numbers, places and codes are."""
