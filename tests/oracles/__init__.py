"""Readings of the payloads that share no code with the product: what the tests trust."""
