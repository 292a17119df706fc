"""The Partner Security Portal: importers ask their partners about security, and see the answers scored."""
