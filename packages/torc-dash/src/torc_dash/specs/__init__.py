"""Specs of the page "New": examples, what a text becomes, and how a workflow is created from it."""
