"""The catalogues of translations: read, extracted from code and questionnaires, merged, checked."""
