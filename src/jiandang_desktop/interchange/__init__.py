"""Other people's formats: bytes to plain data and back."""
