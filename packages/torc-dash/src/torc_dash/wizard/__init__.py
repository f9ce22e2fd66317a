"""The wizard: a form of a simple workflow, and the spec that says the same. No part of it knows HTTP."""
