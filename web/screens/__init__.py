"""Screens: ask the form, call one action, show or redirect. Each module has its blueprint `bp`."""
