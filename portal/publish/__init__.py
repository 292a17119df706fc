"""The summary site: a Flask application that is given only a `Summary`, frozen to files and swapped in whole.

It never sees the store, so it cannot show what the summary has no field for.
"""

from portal.publish.publication import Publication, publish
from portal.publish.site import create_site

__all__ = ["Publication", "create_site", "publish"]
