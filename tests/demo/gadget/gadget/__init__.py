"""Gadget: the devices of acme's users."""
