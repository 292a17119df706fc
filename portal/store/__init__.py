"""The only code that keeps records: one protocol, engines behind it."""
