"""The pages: partners answer here, staff work here. A view fetches, calls a use case, redirects."""
