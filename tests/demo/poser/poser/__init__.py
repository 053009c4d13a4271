"""Poser: mannequins that wear acme's products."""
