"""Screens in front of the main one: viewers and dialogs."""
