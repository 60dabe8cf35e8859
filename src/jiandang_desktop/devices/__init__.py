"""What is plugged in: drives, readers, printers."""
