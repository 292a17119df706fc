"""How questionnaires are read and checked."""
