"""The questionnaire as a workbook: laid out to be filled in without a network, read again, and taken."""
