"""The signed, encrypted container in stock formats: bytes in, bytes out."""
