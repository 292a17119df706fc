"""When the packs are made, and what somebody typed to break them."""

from datetime import UTC, datetime

NOW = datetime(2026, 11, 24, 9, 30, tzinfo=UTC)
MARKUP = "<script>alert('1')</script><b>&amp;</b>\" onload=\"x"
PLANTED = "cyber-rules"
