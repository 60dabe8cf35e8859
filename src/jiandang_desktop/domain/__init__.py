"""What a clinic talks about: people, records, staff, codes. Standard library only."""
