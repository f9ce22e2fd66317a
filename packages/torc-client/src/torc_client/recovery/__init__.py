"""Diagnose unsuccessful jobs, correct their requirements and retry them. Decisions are pure; calls come after them."""
