"""Spreadsheets in and out: the only room that knows .xlsx and .csv."""
