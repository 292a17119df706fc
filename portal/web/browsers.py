"""What a browser calls itself, in two words that a person knows again: of all that it tells, no more is kept."""

# The first word found wins: nearly every browser also claims to be others.
BROWSERS = {
    "Edg": "Edge",
    "OPR/": "Opera",
    "SamsungBrowser": "Samsung Internet",
    "Firefox": "Firefox",
    "FxiOS": "Firefox",
    "Chrome": "Chrome",
    "CriOS": "Chrome",
    "Safari": "Safari",
}
SYSTEMS = {
    "Android": "Android",
    "iPhone": "iPhone",
    "iPad": "iPad",
    "Windows": "Windows",
    "Mac OS X": "Mac",
    "CrOS": "ChromeOS",
    "Linux": "Linux",
}


def browser_of(agent: str) -> str:
    """Such as “Firefox on Windows”, or nothing where it is none that we know."""
    found = (next((name for sign, name in words.items() if sign in agent), "") for words in (BROWSERS, SYSTEMS))
    return " on ".join(filter(None, found))
