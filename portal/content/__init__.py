"""Reads `questionnaires/` into core values, or says file, line, what is wrong and what would be right."""
